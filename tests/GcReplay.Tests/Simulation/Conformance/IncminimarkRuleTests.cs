using System.Text.Json.Nodes;
using GcReplay.Simulation.Conformance;

namespace GcReplay.Tests.Simulation.Conformance;

/// <summary>Rules that the measured programs do not reach, in programs written by hand.</summary>
public sealed class IncminimarkRuleTests
{
    [Fact]
    public void A_threshold_can_have_a_fraction()
    {
        var program = IncminimarkTexts.With(["""["set_threshold",127.75]"""]);
        program["expect"]![0] = JsonNode.Parse("""{"a":{"threshold":127.75}}""");

        AssertAgrees(program);
    }

    [Theory]
    [InlineData("72.0", null)]
    [InlineData("71.75", """["m",[0,1],"m",[1,2]]""")]
    public void A_fraction_of_a_byte_decides_whether_an_array_starts_a_major_collection(string threshold, string? events)
    {
        var program = IncminimarkTexts.With([$"""["set_threshold",{threshold}]""", """["malloc_array",[null,null,null,null,null,null,null]]"""], 1);

        Assert.Equal(events, FoundIn(program, 1, "ev")?.ToJsonString());
    }

    [Fact]
    public void A_prebuilt_object_that_was_written_to_keeps_its_finalizer()
    {
        var program = IncminimarkTexts.With(["""["write",-1,"next",-2]""", """["finalizer",-1]""", """["collect"]"""]);

        Assert.Equal("[-1]", FoundIn(program, 2, "l")?["fin_old"]?.ToJsonString());
        Assert.DoesNotContain(Run(program), difference => difference.Field == "outcome");
    }

    [Fact]
    public void A_clean_prebuilt_object_with_a_finalizer_is_never_visited_which_is_asserted_against()
    {
        var program = IncminimarkTexts.With(["""["finalizer",-1]""", """["collect"]"""]);

        Assert.Equal("finalization-state@1/op/1", (string?)FoundIn(program, 1, "outcome"));
    }

    private static void AssertAgrees(JsonObject program) => Assert.Empty(Run(program));

    /// <summary>What the run has in a field of which the program expects nothing; null when that is so.</summary>
    private static JsonNode? FoundIn(JsonObject program, int operation, string field) =>
        Run(program).FirstOrDefault(difference => (difference.Operation, difference.Field) == (operation, field))?.Actual;

    private static IReadOnlyList<Difference> Run(JsonObject program) =>
        ConformanceRun.Execute(Assert.Single(ConformanceData.Read(program.ToJsonString())), "test").Differences.Kept;
}
