using GcReplay.Screen;
using GcReplay.Tests.Debugging;

namespace GcReplay.Tests.Screen;

/// <summary>The pane of interpreters, as text.</summary>
public sealed class InterpretersPaneTests
{
    [Fact]
    public void An_interpreter_whose_end_is_under_way_is_ending_and_says_that_it_collects()
    {
        var pane = new OnePane(HeadlessScreen.Crash(), Pane.Interpreters, 80, 30).Run("goto 66");

        Assert.Equal("GIL: main, sub is collecting", pane.Title);
        Assert.StartsWith("◐ sub  ENDING", pane.Rows[0]);
        Assert.Contains("  collecting generation 2, phase move_unreachable, thread main, since event 48", pane.Rows);
        Assert.Contains("  ▶ thread main  has the GIL", pane.Rows);
        Assert.Contains("      main, line 15: end sub  event 46", pane.Rows);
        Assert.Contains("      g1        → [G] #2 method 'compile'", pane.Rows);
        Assert.Contains(pane.Rows, row => row.StartsWith("● main  alive", StringComparison.Ordinal));
    }

    [Fact]
    public void Of_one_that_ended_it_says_who_still_names_its_lists()
    {
        var pane = new OnePane(HeadlessScreen.Crash(), Pane.Interpreters, 80, 30);

        Assert.Contains(pane.Rows, row => row.StartsWith("✗ sub  ENDED, its memory unmapped", StringComparison.Ordinal));
        Assert.Contains("  ! #2 method 'compile'._gc_next names its generation2", pane.Rows);
    }

    [Fact]
    public void Enter_on_an_interpreter_selects_its_state()
    {
        var pane = new OnePane(HeadlessScreen.Crash(), Pane.Interpreters, 80, 30).Run("goto 66").Press("Home", "Enter");

        Assert.Contains(pane.Session.Focus.Address.ToString(), pane.Rows[0]);
    }

    [Fact]
    public void An_ended_interpreter_keeps_its_name_when_its_memory_was_used_again()
    {
        var pane = new OnePane(SimulatedTrace.Of("traces/bpo-46070/reused.heap", "cpython39@7247407", "glibc"), Pane.Interpreters, 80, 30).Run("goto 110");

        Assert.Contains(pane.Rows, row => row.StartsWith("✗ sub  ENDED, its memory reused", StringComparison.Ordinal));
    }

    [Fact]
    public void A_collector_between_increments_shows_its_phase()
    {
        var pane = OnePane.OfGallery("pypy-78bbeb93471/lost", Pane.Interpreters, 80, 30).Run("first-bad");

        Assert.Equal("GIL: main, between increments, marking", pane.Title);
        Assert.Contains("      frame[1]  → [B] #2 list 'target'", pane.Rows);
    }
}
