using GcReplay.Debugging.Explaining;
using GcReplay.Heaps.Layouts;
using GcReplay.Tests.Simulation.Chaos.Faults;

namespace GcReplay.Tests.Debugging.Explaining.Links;

public sealed class LinkReasonerTests
{
    [Theory]
    [InlineData("cpython39", "next-not-restored", 1)]
    [InlineData("cpython39", "next-not-restored", 2)]
    [InlineData("cpython39", "prev-not-restored", 1)]
    [InlineData("cpython39", "prev-not-restored", 2)]
    [InlineData("cpython39", "tail-not-updated", 1)]
    [InlineData("cpython39", "tail-not-updated", 2)]
    [InlineData("cpython39", "splice-tail-not-updated", 1)]
    [InlineData("cpython39", "splice-source-not-emptied", 1)]
    [InlineData("cpython39", "untrack-forgotten", 1)]
    [InlineData("cpython39", "collecting-not-cleared", 1)]
    [InlineData("cpython39", "refs-not-replaced", 2)]
    [InlineData("marksweep", "sweep-link-not-restored", 1)]
    public void A_broken_list_leads_to_the_event_that_left_a_link_wrong(string collector, string fault, int occurrence)
    {
        var run = PlantedRun.Of(collector, fault, occurrence);

        var cause = run.Explain().Cause!;

        Assert.Equal(ChainRole.Decision, cause.Role);
        Assert.InRange(cause.Event, run.Struck, run.Struck + 1);
    }

    [Fact]
    public void A_link_that_was_left_out_is_named_with_what_it_should_hold()
    {
        var explanation = PlantedRun.Of("cpython39", "next-not-restored").Explain();

        Assert.Contains("leaves next of #1 plain as it was: it names #2 plain instead of #3 plain", explanation.Summary, StringComparison.Ordinal);
        Assert.Equal([1UL, 2UL], explanation.Cause!.Objects);
    }

    [Fact]
    public void A_link_is_named_through_the_lists_it_belongs_to_where_there_are_others()
    {
        var others = new LinkedList("others", 0, 16, 24, 64, 0, true, []);
        var options = FaultPrograms.Of("cpython39", "next-not-restored").Options("next-not-restored@1");

        var run = PlantedRun.Of(options, layout => layout with { Structs = [new StructLayout("pool", StructRole.Plain, 16, [], [others]), .. layout.Structs] });

        Assert.Contains("leaves next of #1 plain as it was: it names #2 plain instead of #3 plain", run.Explain().Summary, StringComparison.Ordinal);
        Assert.Equal([1UL, 2UL], run.Explain().Cause!.Objects);
    }

    [Fact]
    public void What_other_events_of_a_kind_do_shows_what_this_one_left_out()
    {
        var cause = PlantedRun.Of("cpython39", "collecting-not-cleared").Explain().Cause!;

        Assert.Contains("leaves COLLECTING set; 2 other events of this kind clear it", cause.Message, StringComparison.Ordinal);
    }
}
