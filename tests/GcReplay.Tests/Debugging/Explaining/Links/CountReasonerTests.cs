using GcReplay.Debugging.Explaining;

namespace GcReplay.Tests.Debugging.Explaining.Links;

public sealed class CountReasonerTests
{
    [Theory]
    [InlineData("store-not-counted", 1)]
    [InlineData("root-not-counted", 1)]
    public void A_count_that_is_too_low_leads_to_the_reference_that_nothing_counted(string fault, int occurrence)
    {
        var run = PlantedRun.Of("cpython39", fault, occurrence);

        var cause = run.Explain().Cause!;

        Assert.InRange(cause.Event, run.Struck, run.Struck + 1);
        Assert.Contains("that nothing counted: its count is 1, but 2 references name it", cause.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("old-released-first")]
    [InlineData("dying-not-held")]
    [InlineData("garbage-not-held")]
    [InlineData("weakrefs-not-cleared")]
    [InlineData("weakref-not-unlinked")]
    [InlineData("trashcan-keeps-first")]
    public void A_use_after_a_death_leads_to_what_let_the_object_die_or_left_its_name(string fault)
    {
        var run = PlantedRun.Of("cpython39", fault);

        var cause = run.Explain().Cause!;

        Assert.Equal(ChainRole.Decision, cause.Role);
        Assert.InRange(cause.Event, run.Struck, run.Struck + 1);
    }

    [Theory]
    [InlineData("refs-off-by-one", "begins to count with 0, while ob_refcnt is 1")]
    [InlineData("reachable-not-moved-back", "comes to #1 plain from #2 plain.slot[0], which is reachable, and does not move it back")]
    [InlineData("waiting-not-noted", "comes to #2 plain from #1 plain.slot[0], which is reachable, and does not note that it is reachable")]
    [InlineData("legacy-not-followed", "comes to #2 plain from #1 legacy.slot[1], which is reachable, and does not move it back")]
    public void What_is_taken_for_garbage_while_it_is_used_leads_to_the_step_that_the_collection_left_out(string fault, string fact)
    {
        var run = PlantedRun.Of("cpython39", fault);

        var cause = run.Explain().Cause!;

        Assert.InRange(cause.Event, run.Struck, run.Struck + 1);
        Assert.Equal(fact, cause.Message);
    }

    [Fact]
    public void A_reference_that_is_given_back_while_it_stays_is_named()
    {
        var cause = PlantedRun.Of("cpython39", "old-released-first").Explain().Cause!;

        Assert.Contains("gives a reference to #2 plain back too early: its count is 0, but 1 reference names it (#1 plain.slot[0])", cause.Message, StringComparison.Ordinal);
    }
}
