using GcReplay.Screen;
using GcReplay.Tests.Debugging;

namespace GcReplay.Tests.Screen;

/// <summary>The panes that show an object and its list, as text.</summary>
public sealed class ObjectAndListTests
{
    [Fact]
    public void A_link_word_that_holds_gc_refs_is_shown_as_the_count()
    {
        var pane = AtTheFirstCount(Pane.Object);

        Assert.Contains(pane.Rows, row => row.Contains("_gc_prev") && row.Contains("gc_refs, no link now"));
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
    public void Colours_are_told_by_letters_during_a_collection()
    {
        Assert.Contains(AtTheFirstCount(Pane.Object).Rows, row => row.Contains("[G] grey"));
        Assert.Contains(AtTheFirstCount(Pane.Lists).Rows, row => row.Contains("[G] #"));
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

    [Theory]
    [InlineData(112)]
    [InlineData(113)]
    public void An_unlink_that_a_crash_interrupted_leaves_the_object_on_its_list(int position)
    {
        var session = new OnePane(HeadlessScreen.Crash(), Pane.Object).Run($"goto {position}").Session;

        Assert.Contains(new OnePane(session, Pane.Object).Rows, row => row.EndsWith("sub, destroyed", StringComparison.Ordinal));
        Assert.Contains(new OnePane(session, Pane.Lists).Rows, row => row.Contains("✗ next → unmapped sub.generation2 head"));
    }

    private static OnePane AtTheFirstCount(Pane pane) =>
        new OnePane(HeadlessScreen.Crash(), pane).Run("goto start").Run("break SetCollectorCount").Run("continue");
}
