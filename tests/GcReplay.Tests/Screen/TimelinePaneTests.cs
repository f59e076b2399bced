using GcReplay.Screen;

namespace GcReplay.Tests.Screen;

/// <summary>The strip of the whole trace as text.</summary>
public sealed class TimelinePaneTests
{
    [Fact]
    public void Every_kind_of_fact_has_a_row()
    {
        var pane = Open(121, 5);

        Assert.Equal("all 113 events", pane.Title);
        Assert.StartsWith("writes ", pane.Rows[0], StringComparison.Ordinal);
        Assert.Contains("untrack_containers", Open(121 * 12, 5).Rows[1]);
        Assert.Equal("interp         [main───", pane.Rows[2][..23]);
        Assert.Contains("[sub──", pane.Rows[3]);
        Assert.Contains("──]", pane.Rows[3]);
        Assert.Equal(8 + 112, pane.Rows[4].IndexOf('!'));
        Assert.Equal(8 + 96, pane.Rows[4].IndexOf('*'));
        Assert.Equal(8 + 47, pane.Rows[4].IndexOf('c'));
    }

    [Fact]
    public void Where_there_is_less_room_phases_and_marks_are_the_last_to_go()
    {
        Assert.Equal(["gc", "marks"], Open(80, 2).Rows.Select(r => r.Split(' ')[0]));
        Assert.Equal(["marks"], Open(80, 1).Rows.Select(r => r.Split(' ')[0]));
    }

    [Fact]
    public void Marks_and_notes_are_shown_by_a_letter_and_a_sign()
    {
        var pane = Open(121, 4).Run("goto 20").Run("mark before").Run("goto 30").Run("note look here").Run("goto 40");

        Assert.Equal('b', pane.Rows[3][8 + 19]);
        Assert.Equal('~', pane.Rows[3][8 + 29]);
        Assert.Equal('^', pane.Rows[3][8 + 39]);
    }

    [Fact]
    public void A_click_travels_and_finds_what_its_column_shows()
    {
        var pane = Open(121, 4);

        pane.Click(1, 8 + 30);
        Assert.Equal(31, pane.Session.Debugger.Timeline.Position);

        var narrow = Open(58, 4);
        narrow.Click(3, narrow.Rows[3].IndexOf('*'));
        Assert.Equal(97, narrow.Session.Debugger.Timeline.Position);
    }

    [Fact]
    public void Arrows_travel_by_columns()
    {
        var pane = Open(58, 4).Run("goto 50").Press("Left");
        Assert.InRange(pane.Session.Debugger.Timeline.Position, 47, 49);

        pane.Press("Right", "Right");
        Assert.InRange(pane.Session.Debugger.Timeline.Position, 50, 54);

        pane.Press("Home", "Left", "Left");
        Assert.Equal(0, pane.Session.Debugger.Timeline.Position);
    }

    [Fact]
    public void Zooming_shows_a_stretch_around_the_position_that_follows_it()
    {
        var pane = Open(80, 4).Run("goto 60").Press("+");
        Assert.Equal("events 46 to 73 of 113", pane.Title);

        pane.Run("goto 100");
        Assert.Equal("events 86 to 113 of 113", pane.Title);

        pane.Press("+", "+");
        Assert.Equal("+: this is as near as it goes: 16 events", pane.Session.Refusal);
        pane.Press("-", "-", "-");
        Assert.Equal("all 113 events, 2 a column", pane.Title);
    }

    private static OnePane Open(int width, int height) => new(HeadlessScreen.Crash(), Pane.Timeline, width, height);
}
