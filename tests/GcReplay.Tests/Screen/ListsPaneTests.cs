using GcReplay.Screen;
using GcReplay.Tests.Debugging;

namespace GcReplay.Tests.Screen;

/// <summary>The pane of lists, as text.</summary>
public sealed class ListsPaneTests
{
    private const string Many =
        """
        type item = plain
        globals head
        thread main {
          head = new item 1 "first"
          loop 2000 {
            push = new item 1
            store f0 0 head
            head = copy f0
            drop f0
          }
        }
        """;

    [Fact]
    public void Links_into_freed_memory_are_crosses_and_say_whose_it_was()
    {
        var pane = new OnePane(HeadlessScreen.Crash(), Pane.Lists, 60, 20).Run("goto 97");

        Assert.Equal("sub.generation2, 1 member, ! head freed", pane.Title);
        Assert.Equal(
            ["┌✗✗ head ! FREED: interpreter sub's state", "│✗✗ > 0 #2 method 'compile'", "  ✗ next → freed sub.generation2 head", "  ✗ prev → freed sub.generation2 head", "└──→ back to the freed head"],
            pane.Rows[..5]);
        Assert.Contains("! next 0x7ffff6f440c8 was sub.generation2 head, of sub,", pane.Rows);
    }

    [Fact]
    public void Of_a_list_whose_head_is_unmapped_its_members_still_tell()
    {
        var pane = new OnePane(HeadlessScreen.Crash(), Pane.Lists, 60, 20);

        Assert.Equal("    head ! UNMAPPED: interpreter sub's state", pane.Rows[0]);
        Assert.Equal(" ✗✗ > 0 #2 method 'compile'", pane.Selected);
        Assert.Contains("  ✗ next → unmapped sub.generation2 head", pane.Rows);
    }

    [Theory]
    [InlineData(112)]
    [InlineData(113)]
    public void An_unlink_that_a_crash_interrupted_leaves_the_object_on_its_list(int position)
    {
        var session = new OnePane(HeadlessScreen.Crash(), Pane.Object).Run($"goto {position}").Session;

        Assert.Contains(new OnePane(session, Pane.Object).Rows, row => row.EndsWith("sub, destroyed", StringComparison.Ordinal));
        Assert.Contains(new OnePane(session, Pane.Lists).Rows, row => row.Contains("✗ next → unmapped sub.generation2 head"));
    }

    [Fact]
    public void A_healthy_list_is_a_ring_with_arrows_both_ways()
    {
        var pane = new OnePane(HeadlessScreen.Crash(), Pane.Lists, 60, 20).Run("goto 97").Run("object #1");

        Assert.Equal("main.generation0, 1 member, whole", pane.Title);
        Assert.Equal(["┌↓↑ head of main.generation0", "│↓↑ > 0 #1 module 'sys'", "└──→ back to the head"], pane.Rows[..3]);
    }

    [Fact]
    public void While_prev_words_hold_counts_they_are_no_arrows()
    {
        var pane = new OnePane(HeadlessScreen.Crash(), Pane.Lists, 60, 20).Run("goto start").Run("break SetCollectorCount").Run("continue");

        Assert.Contains(pane.Rows, row => row.StartsWith("│↓·*> 0 [G] #2 method 'compile'  refs 1", StringComparison.Ordinal));
        Assert.Contains("prev words are no links now", pane.Title);
    }

    [Fact]
    public void A_long_list_is_shown_at_any_place_and_stays_so_when_others_change()
    {
        var pane = new OnePane(SimulatedTrace.OfText("many.heap", Many), Pane.Lists, 60, 20).Run("goto end").Run("goto 40000");
        pane.Press("a").Press("Home", "Enter");
        var total = pane.Shown.Total;

        pane.Press("End");
        Assert.Equal("└──→ back to the head", pane.Selected);

        pane.Press("PageUp").Press("PageUp");
        Assert.Equal(total, pane.Shown.Total);
        Assert.True(pane.Rows.Length <= 20);
        Assert.Contains(pane.Rows, row => row.StartsWith("│↓↑ ", StringComparison.Ordinal));
    }

    [Fact]
    public void Stepping_over_list_actions_shows_what_a_fresh_pane_shows()
    {
        var pane = new OnePane(SimulatedTrace.OfText("many.heap", Many), Pane.Lists, 60, 20).Run("goto 3000");
        pane.Press("a", "Enter");
        for (var i = 0; i < 60; i++)
        {
            pane.Run("step").Press("Home");
            var fresh = new OnePane(pane.Session, Pane.Lists, 60, 20).Press("a", "Enter", "Home");
            Assert.Equal((fresh.Title, fresh.Shown.Total), (pane.Title, pane.Shown.Total));
        }
    }

    [Fact]
    public void The_table_puts_what_is_broken_first()
    {
        var pane = new OnePane(HeadlessScreen.Crash(), Pane.Lists, 60, 20).Press("a").Press("Home");

        Assert.Equal(">!     1 sub.generation2  head unmapped", pane.Selected);
        Assert.Contains("       1 main.generation0", pane.Rows);

        pane.Press("Down", "Enter");
        Assert.StartsWith("main.generation0, 1 member", pane.Title);
    }

    [Fact]
    public void Mark_stacks_are_containers_among_the_lists()
    {
        var pane = OnePane.OfGallery("pypy-78bbeb93471/lost", Pane.Lists, 80, 20).Run("first-bad");

        Assert.Contains("       1 IncrementalMiniMarkGC.objects_to_trace", pane.Rows);
        Assert.True(pane.Find("GC.objects_to_trace"));
        pane.Press("Enter");
        Assert.Equal("IncrementalMiniMarkGC.objects_to_trace, 1 item", pane.Title);
        Assert.Contains(pane.Rows, row => row.Contains("[G] #1 list 'source'"));
    }

    [Fact]
    public void Search_and_the_next_fault_go_through_all_members()
    {
        var pane = new OnePane(SimulatedTrace.OfText("many.heap", Many), Pane.Lists, 60, 20).Run("goto 40000");
        pane.Press("a", "Enter", "End", "Up", "Up");
        var last = pane.Selected[(pane.Selected.IndexOf('#', StringComparison.Ordinal))..];

        pane.Press("Home");
        Assert.True(pane.Find(last));
        Assert.EndsWith(last, pane.Selected);
        Assert.Contains(pane.Keys, k => k is { Key: "e", Refusal: "no link of what is shown is broken" });
    }

    [Fact]
    public void What_still_holds_a_freed_object_is_broken()
    {
        var pane = OnePane.OfGallery("pypy-78bbeb93471/lost", Pane.Lists, 80, 20);

        Assert.Equal(">!     3 main.frame  holds freed #3 node 'item'", pane.Selected);

        pane.Press("Enter");
        Assert.Contains(pane.Rows, row => row.Contains("! freed #3 node 'item'"));
    }

    [Fact]
    public void An_object_that_is_on_no_list_is_said_to_be_so() =>
        Assert.Equal("all: #1 function 'progress_handler' is on no list", OnePane.OfGallery("gh-92036/crash", Pane.Lists).Title);
}
