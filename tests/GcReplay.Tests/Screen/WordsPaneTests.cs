using GcReplay.Screen;

namespace GcReplay.Tests.Screen;

/// <summary>Raw memory, as text.</summary>
public sealed class WordsPaneTests
{
    [Fact]
    public void A_word_has_its_field_beside_it_and_what_it_names()
    {
        var pane = new OnePane(HeadlessScreen.Crash(), Pane.Words, 80, 20).Run("goto 97");

        Assert.Equal(" o┌555555757190!00007ffff6f440c8 #2 method 'compile' _gc_next → freed sub.generation2 head", pane.Rows[0]);
        Assert.Equal(" o│5555557571a0 0000000000000001 ob_refcnt", pane.Selected);
        Assert.Equal(" o└5555557571c0 0000000000000000 slot[0]", pane.Rows[6]);
    }

    [Fact]
    public void What_the_event_changed_is_marked_with_what_it_was()
    {
        var pane = new OnePane(HeadlessScreen.Crash(), Pane.Words, 80, 20).Run("goto 101").Run("object #2");

        Assert.Equal("*o│5555557571a0 0000000000000002 ob_refcnt", pane.Selected);
        Assert.Contains("* before event 101: 0x0000000000000001", pane.Rows);
    }

    [Fact]
    public void Fillings_of_the_debug_hooks_are_known()
    {
        var pane = new OnePane(HeadlessScreen.Record("traces/bpo-46070/bpo-46070.heap", "cpython39@7247407", "debug"), Pane.Words, 100, 40);

        Assert.Contains(pane.Rows, row => row.Contains("= 0xFD guard around a cell"));

        pane.Run("first-bad").Press("Up", "Up", "Enter");
        Assert.Contains(pane.Rows, row => row.Contains("= 0xDD freed"));
    }

    [Fact]
    public void Enter_goes_to_the_memory_that_a_word_names_and_the_session_back()
    {
        var pane = new OnePane(HeadlessScreen.Crash(), Pane.Words, 80, 20).Run("goto 97");

        pane.Press("Up", "Up", "Enter");
        Assert.StartsWith("sub", pane.Title);
        Assert.Contains(pane.Rows, row => row.Contains("7ffff6f440c8"));

        pane.Session.Back();
        Assert.Equal("#2 method 'compile'", pane.Build().Title);
    }

    [Fact]
    public void Unmapped_memory_is_said_to_be_so()
    {
        var pane = new OnePane(HeadlessScreen.Crash(), Pane.Words, 80, 20);
        pane.Session.Select(new GcReplay.Heaps.Memory.Address(0x7ffff6f440c8));

        Assert.Contains("×", pane.Build().Selected);
        Assert.Contains("-- unmapped --", pane.Selected);
    }

    [Fact]
    public void Search_goes_to_the_next_word_whose_row_has_the_text()
    {
        var pane = new OnePane(HeadlessScreen.Crash(), Pane.Words, 80, 20).Run("goto 97");

        Assert.True(pane.Find("ob_type"));
        Assert.Contains("ob_type", pane.Selected);
        Assert.False(pane.Find("no such text"));
    }
}
