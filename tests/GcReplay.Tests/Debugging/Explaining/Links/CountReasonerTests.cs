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
        Assert.Contains("that nothing counted: count 1, and 2 references", cause.Message, StringComparison.Ordinal);
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

    [Fact]
    public void A_reference_that_is_given_back_while_it_stays_is_named()
    {
        var cause = PlantedRun.Of("cpython39", "old-released-first").Explain().Cause!;

        Assert.Contains("gives a reference to #2 plain back too early: count 0, and 1 reference (#1 plain.slot[0])", cause.Message, StringComparison.Ordinal);
    }
}
