using GcReplay.Debugging.Timelines;
using GcReplay.Heaps;
using GcReplay.Screen;
using GcReplay.Tests.Debugging;
using GcReplay.Traces.Files;

namespace GcReplay.Tests.Screen;

/// <summary>What the screen says and does, without any terminal.</summary>
public sealed class ScreenModelTests
{
    [Fact]
    public void A_link_word_that_holds_gc_refs_is_shown_as_the_count()
    {
        var model = Open();

        model.Execute("goto start", default);
        model.Execute("break SetCollectorCount", default);
        model.Execute("continue", default);

        Assert.Contains(Rows(model, Pane.Object), row => row.StartsWith("_gc_prev", StringComparison.Ordinal) && row.Contains("gc_refs, no link now"));
    }

    [Fact]
    public void An_object_born_in_a_script_can_be_chosen_by_its_number()
    {
        var model = new ScreenModel(SimulatedTrace.Of("tests/GcReplay.Tests/Transcripts/nested.heap", "cpython39@7247407", "guard"));

        model.Execute("goto failure", default);
        model.Execute("object #2.1", default);

        Assert.Equal("#2.1 plain 'inner'", model.Content[Pane.Object].Title);
    }

    [Fact]
    public void What_destroyed_a_header_is_shown_with_the_object()
    {
        var model = new ScreenModel(SimulatedTrace.Of("tests/GcReplay.Tests/Transcripts/header.heap", "cpython39@7247407", "glibc"));

        model.Execute("break line 16", default);
        model.Execute("goto start", default);
        model.Execute("continue", default);
        model.Execute("#3", default);

        Assert.Contains(Rows(model, Pane.Object), row => row.Contains("its header no longer decodes: .ob_type"));
    }

    [Fact]
    public void Colours_are_told_by_letters_during_a_collection()
    {
        var model = Open();

        model.Execute("goto start", default);
        model.Execute("break SetCollectorCount", default);
        model.Execute("continue", default);

        Assert.Contains(Rows(model, Pane.Object), row => row.Contains("[G] grey"));
        Assert.Contains(Rows(model, Pane.List), row => row.Contains("[G] #"));
    }

    [Fact]
    public void An_object_that_was_freed_is_said_to_be_so_with_the_way_to_where_it_lives()
    {
        var model = Open("cpython39@shared-state");

        model.Execute("goto end", default);
        model.FocusOn(2, default);

        Assert.Contains("freed", string.Join('\n', Rows(model, Pane.Object)));
    }

    [Fact]
    public void An_object_that_is_not_born_yet_is_said_to_be_so()
    {
        var model = Open();

        model.Execute("goto start", default);
        model.FocusOn(2, default);

        Assert.Contains("#2 is not born yet", Rows(model, Pane.Object)[0]);
    }

    [Theory]
    [InlineData(112)]
    [InlineData(113)]
    public void An_unlink_that_a_crash_interrupted_leaves_the_object_on_its_list(int position)
    {
        var model = Open();

        model.Execute($"goto {position}", default);

        Assert.Contains(Rows(model, Pane.Object), row => row.EndsWith("sub, destroyed", StringComparison.Ordinal));
        Assert.Contains(Rows(model, Pane.List), row => row.Contains("! next of #2 method 'compile' names"));
    }

    [Fact]
    public void A_chosen_object_stays_in_focus_until_events_are_followed_again()
    {
        var model = Open();

        model.FocusOn(1, default);
        model.Execute("reverse-step", default);
        Assert.Equal("#1 module 'sys'", model.Content[Pane.Object].Title);

        model.FollowEvents(default);
        Assert.Equal("#2 method 'compile'", model.Content[Pane.Object].Title);
    }

    [Fact]
    public void Every_key_of_the_table_runs_a_command_that_exists()
    {
        var names = new GcReplay.Debugging.Commands.CommandRegistry().Names.ToHashSet();

        Assert.All(KeyTable.Commands, k => Assert.Contains(k.Command.Split(' ')[0], names));
    }

    [Fact]
    public void Looking_at_far_events_does_not_move_the_position()
    {
        var model = Open();

        model.LookAt(long.MinValue / 2, default);

        Assert.StartsWith("event 113 of 113", model.Content.Run.Text);
        Assert.Equal(0, model.Content[Pane.Events].Lines[0].Event);
    }

    [Fact]
    public void A_cancelled_run_leaves_the_screen_at_a_whole_position()
    {
        var model = Open();
        using var cancelled = new CancellationTokenSource();
        cancelled.Cancel();

        model.Execute("goto start", new Progress(cancelled.Token));

        Assert.Contains("cancelled at event", string.Join('\n', Rows(model, Pane.Output)));
        Assert.NotEmpty(model.Content[Pane.Events].Lines);
    }

    [Fact]
    public void An_action_beside_the_drawing_thread_is_cancelled_by_Esc()
    {
        using var began = new ManualResetEventSlim();
        using var ended = new ManualResetEventSlim();
        using var jobs = new Jobs(action => Task.Run(action), action => action());
        jobs.Start(
            "waiting",
            progress =>
            {
                began.Set();
                progress.Cancel.WaitHandle.WaitOne();
                progress.At(7);
            },
            ended.Set);
        began.Wait(TestContext.Current.CancellationToken);

        Assert.True(jobs.IsBusy);
        new ScreenController(new ScreenModel(HeadlessScreen.Crash()), jobs, () => { }).Press("Esc");

        ended.Wait(TestContext.Current.CancellationToken);
        Assert.False(jobs.IsBusy);
        Assert.Null(jobs.Defect);
    }

    [Fact]
    public void A_defect_in_an_action_is_kept_for_the_caller()
    {
        using var jobs = new Jobs(action => action(), action => action());

        jobs.Start("failing", _ => throw new BrokenAssumptionException("two and two"), () => { });

        Assert.Throws<BrokenAssumptionException>(() => jobs.Defect!.Throw());
    }

    [Theory]
    [InlineData(100, 30, 4)]
    [InlineData(80, 24, 4)]
    [InlineData(60, 50, 4)]
    [InlineData(79, 24, 1)]
    [InlineData(40, 10, 1)]
    [InlineData(29, 10, 0)]
    [InlineData(80, 5, 0)]
    public void Panes_are_as_many_as_fit_and_never_overlap(int width, int height, int panes)
    {
        var layout = ScreenLayout.Of(width, height, Pane.List);

        Assert.Equal(panes, layout.Panes.Length);
        Assert.All(layout.Panes, p => Assert.True(p.Area.Right <= width && p.Area.Bottom <= height - 1 && p.Area.Top >= ScreenLayout.StatusRows));
        Assert.All(layout.Panes, p => Assert.DoesNotContain(layout.Panes, q => q.Pane != p.Pane && q.Area.IntersectsWith(p.Area)));
    }

    private static ScreenModel Open(string collector = "cpython39@gh-94673")
    {
        MemoryTrace trace = HeadlessScreen.Crash(collector);
        var model = new ScreenModel(trace);
        model.Open(default);
        return model;
    }

    private static string[] Rows(ScreenModel model, Pane pane) => [.. model.Content[pane].Lines.Select(l => l.Text)];
}
