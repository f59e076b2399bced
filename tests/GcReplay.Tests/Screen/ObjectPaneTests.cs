using GcReplay.Screen;
using GcReplay.Tests.Debugging;

namespace GcReplay.Tests.Screen;

/// <summary>The pane of the object in focus, as text.</summary>
public sealed class ObjectPaneTests
{
    private const string LongList =
        """
        type item = plain
        globals list
        thread main {
          list = new item 1000 "list"
          push = new item 0 "last"
          store list 999 f0
        }
        """;

    [Fact]
    public void The_crash_is_told_by_the_owner_the_list_and_both_links()
    {
        var pane = new OnePane(HeadlessScreen.Crash(), Pane.Object, 60, 40);

        Assert.Equal("#2 method 'compile'", pane.Title);
        Assert.Contains("owner  ! sub, destroyed", pane.Rows);
        Assert.Contains("list   ! sub.generation2, its head lies in unmapped memory", pane.Rows);
        Assert.Contains("    63-1 _gc_next → ! unmapped sub.generation2 head", pane.Rows);
        Assert.Contains("    63-2 _gc_prev → ! unmapped sub.generation2 head", pane.Rows);
        Assert.Contains("_gc_next", pane.Selected);
        Assert.Contains("was sub.generation2 head", string.Join('\n', pane.Rows));
    }

    [Fact]
    public void A_header_word_is_decoded_bit_by_bit()
    {
        var pane = Incminimark();

        Assert.Contains(" word   0   0000000500000008", pane.Rows);
        Assert.Contains("    31-0 type = list", pane.Rows);
        Assert.Contains("      34 ■ 1 GCFLAG_VISITED", pane.Rows);
        Assert.Contains("      35 □ 0 GCFLAG_HAS_SHADOW", pane.Rows);
    }

    [Fact]
    public void The_reference_that_breaks_the_invariant_is_selected_with_the_colour_of_what_it_names()
    {
        var pane = Incminimark();

        Assert.Equal(" items[0]  → [W] #3 node 'item'", pane.Selected);
        Assert.Contains("colour [B] black in phase marking", pane.Rows);
        Assert.Contains("* black-to-white", string.Join('\n', pane.Rows));
    }

    [Fact]
    public void Enter_follows_a_reference_and_the_session_goes_back()
    {
        var pane = Incminimark();

        pane.Press("Enter");
        Assert.Equal("#3 node 'item'", pane.Title);

        pane.Session.Back();
        Assert.Equal("#2 list 'target'", pane.Build().Title);
    }

    [Fact]
    public void Referrers_stand_before_the_links_of_lists_that_name_it()
    {
        var pane = new OnePane(HeadlessScreen.Crash(), Pane.Object, 60, 40).Run("goto 97").Run("object #1");

        pane.Press("r");

        Assert.Equal([" d words [r referrers] p path  B life", " ← g0  root"], pane.Rows[..2]);
        Assert.Contains(" ⇄ main.generation0.next  root", pane.Rows);
    }

    [Fact]
    public void The_path_leads_from_a_root_down_to_the_object()
    {
        var pane = new OnePane(SimulatedTrace.OfText("path.heap", LongList), Pane.Object, 60, 40).Run("goto end").Run("goto 60").Run("object #2");

        pane.Press("p");

        Assert.Contains(pane.Rows, row => row.StartsWith("root ", StringComparison.Ordinal));
        Assert.Contains(pane.Rows, row => row.Contains("└→ #2 item 'last'"));
    }

    [Fact]
    public void In_a_large_heap_the_path_of_an_earlier_position_stays_until_it_is_asked_for_again()
    {
        var pane = new OnePane(SimulatedTrace.OfText("large.heap", LongList.Replace("1000", "60000").Replace("999", "59999")), Pane.Object, 60, 40).Run("goto 30").Run("object #1");
        pane.Press("p");
        Assert.StartsWith("root g0", pane.Rows[1]);

        pane.Run("step");
        Assert.Equal("as of event 30; p looks again", pane.Rows[1]);

        pane.Press("p");
        Assert.StartsWith("root g0", pane.Rows[1]);
    }

    [Fact]
    public void After_a_cancelled_command_everything_can_still_be_shown()
    {
        var pane = new OnePane(HeadlessScreen.Crash(), Pane.Object, 60, 40);
        using var cancelled = new CancellationTokenSource();
        cancelled.Cancel();

        pane.Session.Progress = new GcReplay.Debugging.Timelines.Progress(cancelled.Token);
        pane.Run("goto start").Run("goto end");

        Assert.Contains("Allocate #2", string.Join('\n', pane.Run("object #2").Press("B").Rows));
    }

    [Fact]
    public void Its_life_is_a_list_of_events_to_go_to()
    {
        var pane = new OnePane(HeadlessScreen.Crash(), Pane.Object, 80, 40);

        pane.Press("B").Press("Down", "Enter");

        Assert.Contains("Allocate #2 method 'compile'", pane.Selected);
        Assert.Equal(38, pane.Session.Debugger.Timeline.Position);
    }

    [Fact]
    public void Of_many_slots_only_those_in_view_are_made()
    {
        var pane = new OnePane(SimulatedTrace.OfText("slots.heap", LongList), Pane.Object, 60, 20).Run("goto 30").Run("object #1");

        pane.Press("End");

        Assert.StartsWith(" slot[999] →", pane.Selected);
        Assert.True(pane.Shown.Total > 1000);
        Assert.True(pane.Rows.Length <= 20);
    }

    [Fact]
    public void A_link_word_that_holds_gc_refs_is_shown_as_the_count()
    {
        var pane = new OnePane(HeadlessScreen.Crash(), Pane.Object).Run("goto start").Run("break SetCollectorCount").Run("continue");

        Assert.Contains(pane.Rows, row => row.Contains("_gc_prev") && row.Contains("gc_refs, no link now"));
        Assert.Contains(pane.Rows, row => row.Contains("[G] grey in phase update_refs"));
    }

    [Fact]
    public void What_destroyed_a_header_is_shown_with_the_object()
    {
        var session = new ScreenSession(SimulatedTrace.Of("tests/GcReplay.Tests/Transcripts/header.heap", "cpython39@7247407", "glibc"));
        var pane = new OnePane(session, Pane.Object);

        pane.Run("break line 16").Run("continue").Run("#3");

        Assert.Contains(pane.Rows, row => row.Contains("its header no longer decodes"));
    }

    [Fact]
    public void An_object_that_was_freed_is_said_to_be_so_with_the_way_to_where_it_lives()
    {
        var pane = new OnePane(HeadlessScreen.Crash("cpython39@shared-state"), Pane.Object).Run("goto end").Run("object #2");

        Assert.Contains("freed", string.Join('\n', pane.Rows));
    }

    [Fact]
    public void An_object_that_is_not_born_yet_is_said_to_be_so()
    {
        var pane = new OnePane(HeadlessScreen.Crash(), Pane.Object).Run("goto start");
        pane.Session.FocusOn(2);

        Assert.Contains("#2 is not born yet", pane.Build().Rows[1]);
    }

    [Fact]
    public void Search_goes_through_rows_and_slots()
    {
        var pane = new OnePane(SimulatedTrace.OfText("slots.heap", LongList), Pane.Object, 60, 20).Run("goto 30").Run("object #1");

        Assert.True(pane.Find("slot[777]"));
        Assert.StartsWith(" slot[777]", pane.Selected);
        Assert.True(pane.Find("ob_type"));
    }

    [Fact]
    public void A_write_through_a_link_that_is_0_selects_the_link()
    {
        var pane = OnePane.OfGallery("gh-92036/crash", Pane.Object, 60, 12);

        Assert.Equal("    63-1 _gc_next → 0, no list", pane.Selected);
        Assert.Contains("! Crash write to 0x0 (0)", new OnePane(pane.Session, Pane.Object, 60, 40).Rows);
    }

    private static OnePane Incminimark() =>
        OnePane.OfGallery("pypy-78bbeb93471/lost", Pane.Object, 60, 40).Run("first-bad");
}
