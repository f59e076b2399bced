using CsCheck;
using GcReplay.Simulation.Recording;
using GcReplay.Tests.Heaps.Sanitizers;
using GcReplay.Tests.House;
using GcReplay.Traces.Files;

namespace GcReplay.Tests.Contracts;

/// <summary>What changed since the event before is enough to know what is broken now.</summary>
public sealed class SanitizerContractTests
{
    [Theory]
    [MemberData(nameof(Machines.All), MemberType = typeof(Machines))]
    public void Both_forms_of_all_sanitizers_agree_at_every_event(string collector, string allocator)
    {
        foreach (var seed in Enumerable.Range(1, 3))
            BothForms.Of(TestRun.Options(DeterminismContractTests.Busy, collector, allocator) with { IsChaos = true, Seed = (ulong)seed });
    }

    [Theory]
    [MemberData(nameof(Machines.All), MemberType = typeof(Machines))]
    public void Both_forms_agree_on_any_program(string collector, string allocator) =>
        Gen.Select(SmallPrograms.Texts, Gen.ULong[1, 100]).Sample(
            (text, seed) => BothForms.Of(TestRun.Options(text, collector, allocator) with { IsChaos = seed % 2 == 0, Seed = seed }, eventsMax: 1500) is not null,
            iter: 25);

    [Fact]
    public void Both_forms_agree_on_the_gallery()
    {
        foreach (var row in Stories.GalleryTests.Traces)
        {
            using var trace = TraceReader.Open(Repository.PathOf(row.Data));
            BothForms.Of(RunOptions.Of(trace));
        }
    }

    [Theory]
    [InlineData("cpython39@shared-state")]
    [InlineData("cpython39@gh-92036")]
    [InlineData("marksweep")]
    [InlineData("semispace")]
    [InlineData("generational")]
    [InlineData("incminimark")]
    public void A_collector_without_the_bug_is_never_suspected(string collector)
    {
        foreach (var seed in Enumerable.Range(1, 10))
        {
            var forms = BothForms.Of(TestRun.Options(DeterminismContractTests.Busy, collector) with { IsChaos = true, Seed = (ulong)seed });
            Assert.Equal((0, 0), (forms.First.Count, forms.FalseAlarms));
        }
    }
}
