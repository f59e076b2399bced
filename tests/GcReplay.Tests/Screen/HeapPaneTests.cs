using GcReplay.Screen;

namespace GcReplay.Tests.Screen;

/// <summary>The map of the address space, as text.</summary>
public sealed class HeapPaneTests
{
    [Fact]
    public void The_freed_interpreter_is_on_the_map_with_the_word_that_is_still_named()
    {
        var pane = new OnePane(HeadlessScreen.Crash(), Pane.Heap, 60, 24).Run("goto 97");

        Assert.Contains("f44000 ·:░░░░░░░░░░░░░░░░░░░░░░░!░░░░░░", pane.Rows);
        Assert.Contains("⋮      ░░░ 375.8 KiB freed, interpreter sub's state", pane.Rows);
        Assert.Contains("757100 ====·:o=========·:o======:······", pane.Rows);
        Assert.Contains("! gone, still named", string.Join('\n', pane.Rows));
    }

    [Fact]
    public void Unmapped_memory_is_an_area_that_says_whose_it_was()
    {
        var pane = new OnePane(HeadlessScreen.Crash(), Pane.Heap, 80, 24);

        Assert.Contains(pane.Rows, row => row.StartsWith("─ mmap UNMAPPED, once interpreter sub's state 0x7ffff6f44000", StringComparison.Ordinal));
    }

    [Fact]
    public void Letters_tell_the_colours_of_objects()
    {
        var pane = OnePane.OfGallery("pypy-78bbeb93471/lost", Pane.Heap, 60, 30).Run("first-bad");

        Assert.Contains("000000 ·####G===B===W===···············", pane.Rows);
        Assert.Contains("B black  G grey  W white", string.Join('\n', pane.Rows));
    }

    [Fact]
    public void One_key_switches_to_owners_and_ages()
    {
        var pane = new OnePane(HeadlessScreen.Crash(), Pane.Heap, 60, 24);

        Assert.StartsWith("by owner", pane.Press("v").Title);
        Assert.Contains("757100 ====·:M=========·:s======:······", pane.Rows);
        Assert.Contains("s sub, destroyed", string.Join('\n', pane.Rows));

        Assert.StartsWith("by age", pane.Press("v").Title);
        Assert.Contains("757100 ====·:3=========·:0======:······", pane.Rows);
    }

    [Fact]
    public void What_the_event_changed_stands_out()
    {
        var pane = new OnePane(HeadlessScreen.Crash(), Pane.Heap, 60, 24).Run("goto 102");

        Assert.Contains(pane.Rows, row => row.StartsWith("757100", StringComparison.Ordinal) && row.Contains('*'));
        Assert.Contains("* changed now", string.Join('\n', pane.Rows));
    }

    [Fact]
    public void The_cursor_goes_from_cell_to_cell_and_takes_the_focus_along()
    {
        var pane = new OnePane(HeadlessScreen.Crash(), Pane.Heap, 60, 24).Run("goto 97").Run("object #1");

        pane.Press("Right");
        Assert.Equal(2UL, pane.Session.Focus.Number);

        pane.Press("Left");
        Assert.Equal(1UL, pane.Session.Focus.Number);

        pane.Press("Right", "Right");
        pane.Session.Back();
        Assert.Equal(1UL, pane.Session.Focus.Number);
    }

    [Fact]
    public void A_click_selects_the_object_under_it()
    {
        var pane = new OnePane(HeadlessScreen.Crash(), Pane.Heap, 60, 24).Run("goto 97");
        var row = Array.FindIndex(pane.Rows, r => r.StartsWith("757100", StringComparison.Ordinal));

        pane.Click(row, 7 + 8);

        Assert.Equal(1UL, pane.Session.Focus.Number);
    }

    [Fact]
    public void Zooming_changes_how_many_bytes_a_sign_stands_for()
    {
        var pane = new OnePane(HeadlessScreen.Crash(), Pane.Heap, 60, 24);

        Assert.EndsWith("8 bytes a sign", pane.Title);
        Assert.EndsWith("16 bytes a sign", pane.Press("-").Title);
        Assert.EndsWith("8 bytes a sign", pane.Press("+").Title);
        Assert.Contains(pane.Keys, k => k is { Key: "+", Refusal: "a sign is one word already" });
    }

    [Fact]
    public void Search_goes_to_the_next_object_of_a_name()
    {
        var pane = new OnePane(HeadlessScreen.Crash(), Pane.Heap, 60, 24).Run("goto 97");

        Assert.True(pane.Find("sys"));
        Assert.Equal(1UL, pane.Session.Focus.Number);
        Assert.False(pane.Find("no such object"));
    }
}
