using GcReplay.Screen;
using GcReplay.Tests.Debugging;

namespace GcReplay.Tests.Screen;

/// <summary>The outline of events as text.</summary>
public sealed class EventsPaneTests
{
    private const string TwoThreads = """
        thread main {
          spawn worker
          g0 = new plain 1
          collect full
          join worker
        }
        thread worker {
          g1 = new plain 1
          g2 = new plain 1
          drop g1
        }
        """;

    [Fact]
    public void What_the_position_is_in_is_open_and_all_else_is_one_row()
    {
        var pane = Open().Run("goto 57");

        Assert.Contains(pane.Rows, row => row.Contains("46 -line 15: end sub"));
        Assert.Contains(pane.Rows, row => row.Contains("48  -collection of generation 2 in sub"));
        Assert.Contains(pane.Rows, row => row.Contains("+line 13: compile = new method 1 \"compile\"  ("));
        Assert.StartsWith("> 57", pane.Selected.Replace("   ", " ").Replace("  ", " "));
    }

    [Fact]
    public void A_folded_collection_says_how_many_events_it_held_and_what_it_collected()
    {
        var pane = Open().Run("goto 97");

        Assert.Contains(pane.Rows, row => row.Contains("+collection of generation 2 in sub  (46 events, collected 0)"));
    }

    [Fact]
    public void Right_unfolds_and_Left_folds_or_goes_to_what_is_around()
    {
        var pane = Open().Run("goto 97").Press("Up", "Up");
        Assert.Contains("48  +collection", pane.Selected);

        pane.Press("Right");
        Assert.Contains("48  -collection", pane.Selected);
        pane.Press("Down");
        Assert.Contains("49", pane.Selected);
        pane.Press("Left");
        Assert.Contains("48  -collection", pane.Selected);
        pane.Press("Left");
        Assert.Contains("48  +collection", pane.Selected);
        pane.Press("Left");
        Assert.Contains("46 -line 15", pane.Selected);
    }

    [Fact]
    public void Enter_goes_to_the_selected_event()
    {
        var pane = Open().Press("Up", "Up", "Enter");

        Assert.Equal(111, pane.Session.Debugger.Timeline.Position);
    }

    [Fact]
    public void The_first_corrupt_event_and_the_failure_are_marked_also_when_they_are_folded()
    {
        var pane = Open().Run("goto 20");

        Assert.Contains(pane.Rows, row => row.StartsWith(" * 46 +line 15", StringComparison.Ordinal));
        Assert.Contains(pane.Rows, row => row.StartsWith(" !108 +line 18", StringComparison.Ordinal) && row.Contains("never ends, 1 CRASH"));
    }

    [Fact]
    public void The_selected_event_says_which_words_it_changed()
    {
        var pane = Open().Run("goto 106");

        Assert.Contains(pane.Rows, row => row.Contains("ob_refcnt 2 -> 1"));
    }

    [Fact]
    public void All_spans_can_be_open()
    {
        var pane = Open(height: 300).Press("e");

        Assert.Equal(Enumerable.Range(1, 113).Select(n => n.ToString()), pane.Rows.Take(113).Select(r => r[2..5].Trim()));
    }

    [Fact]
    public void Home_and_End_show_the_ends_of_the_trace_without_going_there()
    {
        var pane = Open().Press("Home");
        Assert.Contains("  1 ", pane.Rows[0]);
        Assert.Equal(113, pane.Session.Debugger.Timeline.Position);

        pane.Press("End");
        Assert.StartsWith(">!113", pane.Selected);
    }

    [Fact]
    public void A_search_finds_folded_events_and_says_when_there_are_no_more()
    {
        var pane = Open().Run("goto start");

        Assert.True(pane.Find("allocate #2"));
        Assert.Contains(" 38 ", pane.Selected);
        Assert.False(pane.Find("allocate #2"));
        Assert.True(pane.Find("Map", forward: false));
    }

    [Fact]
    public void One_thread_after_the_other_can_be_shown()
    {
        var pane = new OnePane(SimulatedTrace.OfText("threads.heap", TwoThreads, "cpython39@7247407"), Pane.Events, height: 60).Run("goto 60%");
        Assert.Contains(pane.Rows, row => row.Contains(" worker "));
        Assert.Contains(pane.Rows, row => row.Contains(" main "));

        pane.Press("t", "t");
        Assert.Equal("of worker", pane.Title);
        Assert.DoesNotContain(pane.Rows, row => row.Contains(" main "));
    }

    private static OnePane Open(int height = 40) => new(HeadlessScreen.Crash(), Pane.Events, 100, height);
}
