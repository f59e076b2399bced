using GcReplay.Debugging.Timelines;
using GcReplay.Screen;
using GcReplay.Tests.Debugging;

namespace GcReplay.Tests.Screen;

/// <summary>The session that all panes share, without any terminal.</summary>
public sealed class ScreenSessionTests
{
    [Fact]
    public void An_object_born_in_a_script_can_be_chosen_by_its_number()
    {
        var session = new ScreenSession(SimulatedTrace.Of("tests/GcReplay.Tests/Transcripts/nested.heap", "cpython39@7247407", "guard"));

        session.Execute("goto failure");
        session.Execute("object #2.1");

        Assert.Equal("#2.1 plain 'inner'", session.Debugger.Timeline.View.Object(session.Focus.Number)?.ToString());
    }

    [Fact]
    public void A_chosen_object_stays_in_focus_until_events_are_followed_again()
    {
        var session = Open();

        session.FocusOn(1);
        session.Execute("reverse-step");
        Assert.Equal(1UL, session.Focus.Number);

        session.FollowEvents();
        Assert.Equal(2UL, session.Focus.Number);
    }

    [Fact]
    public void Back_returns_to_the_object_before_and_then_to_following_events()
    {
        var session = Open();

        session.FocusOn(1);
        session.FocusOn(2);
        Assert.True(session.Back());
        Assert.Equal(1UL, session.Focus.Number);
        Assert.True(session.Back());
        Assert.False(session.IsChosen);
        Assert.False(session.Back());
    }

    [Fact]
    public void The_word_of_an_object_selects_the_object()
    {
        var session = Open();
        session.Execute("goto 90");
        var address = session.Debugger.Timeline.View.Object(1)!.Address + 8;

        session.Select(address);

        Assert.Equal(new Focus(1, 0, address), session.Focus);
    }

    [Fact]
    public void A_movement_by_a_key_answers_only_what_the_panes_do_not_show()
    {
        var session = Open();

        session.Execute("reverse-step");
        Assert.Empty(session.Output);

        session.Execute("reverse-step", isAsked: true);
        Assert.Contains(session.Output, line => line.Text.StartsWith("event 111 of 113", StringComparison.Ordinal));
        Assert.Equal(-1, session.Travelled);
    }

    [Fact]
    public void A_cancelled_run_leaves_the_session_at_a_whole_position()
    {
        var session = Open();
        using var cancelled = new CancellationTokenSource();
        cancelled.Cancel();
        session.Progress = new Progress(cancelled.Token);

        session.Execute("goto start");

        Assert.Contains("cancelled at event", string.Join('\n', session.Output.Select(l => l.Text)));
        // What the panes ask for afterwards is not cancelled with it.
        Assert.Equal(50, session.Debugger.At(50).Position);
    }

    [Fact]
    public void What_repeats_a_command_ends_when_it_is_cancelled()
    {
        var session = Open();
        session.Execute("reverse-step");
        using var cancelled = new CancellationTokenSource();
        cancelled.Cancel();
        session.Progress = new Progress(cancelled.Token);

        session.Repeat(1_000_000_000_000);

        Assert.Equal(112, session.Debugger.Timeline.Position);
    }

    [Fact]
    public void Every_key_of_the_table_runs_a_command_that_exists()
    {
        var names = new GcReplay.Debugging.Commands.CommandRegistry().Names.ToHashSet();

        Assert.All(KeyTable.All.Where(k => k.Command.Length > 0), k => Assert.Contains(k.Command.Split(' ')[0], names));
        Assert.Equal(KeyTable.All.Count, KeyTable.All.Select(k => k.Key).Distinct().Count());
    }

    private static ScreenSession Open()
    {
        var session = new ScreenSession(HeadlessScreen.Crash());
        session.Open();
        session.ClearOutput();
        return session;
    }
}
