using GcReplay.Benchmarks;
using GcReplay.Debugging;
using GcReplay.Debugging.Explaining;
using GcReplay.Tests.House;
using GcReplay.Traces.Files;

namespace GcReplay.Tests.Stories;

/// <summary>Where each trace of the gallery goes wrong was found by hand; <c>explain</c> must come to the same.</summary>
public sealed class GalleryCausesTests
{
    private static readonly IReadOnlyList<GalleryCauses> Rows = GalleryCauses.Read(Repository.Root);

    public static TheoryData<string> Traces => new(Rows.Select(row => row.Path));

    [Theory]
    [MemberData(nameof(Traces))]
    public void The_chain_ends_at_the_event_that_a_person_found(string trace)
    {
        var byHand = Rows.Single(row => row.Path == trace);
        using var reader = TraceReader.Open(Repository.PathOf(trace));

        AssertEndsAt(byHand, Explainer.Of(new Debugger(reader)));
    }

    [Theory]
    [MemberData(nameof(Traces))]
    public void It_ends_there_also_when_the_collector_gave_no_reasons(string trace)
    {
        var byHand = Rows.Single(row => row.Path == trace);
        using var reader = TraceReader.Open(Repository.PathOf(trace));

        AssertEndsAt(byHand, Explainer.Of(new Debugger(new WithoutReasons(reader))));
    }

    [Fact]
    public void Every_trace_of_the_gallery_has_a_row() =>
        Assert.Equal(GalleryTests.Traces.Select(row => (string)row).Order(StringComparer.Ordinal), Rows.Select(row => row.Path).Order(StringComparer.Ordinal));

    private static void AssertEndsAt(GalleryCauses byHand, Explanation explanation)
    {
        Assert.Equal(byHand.FirstCorrupt, explanation.Corruption?.Event);
        Assert.Equal(byHand.Cause, explanation.Cause?.Event);
    }
}
