using GcReplay.Heaps.Events;
using GcReplay.Heaps.Memory;
using GcReplay.Simulation.Allocators;
using GcReplay.Tests.Contracts;
using GcReplay.Tests.House;

namespace GcReplay.Tests.Stories;

/// <summary>The allocator decides whether the same bug is silent.</summary>
public sealed class Bpo46070AllocatorTests
{
    private static readonly string Program = Repository.Read("traces/bpo-46070/bpo-46070.heap");

    [Fact]
    public void On_a_Windows_like_heap_it_is_a_matter_of_place_whether_it_crashes()
    {
        var alone = Crashes("windows");
        var below = Crashes("pymalloc:windows");

        Assert.Contains(
            $"of the seeds 1 to 100, {alone} crash and {100 - alone} do not (with `pymalloc:windows` {below} and {100 - below})",
            Repository.Read("src/GcReplay.Simulation/Allocators/README.md").ReplaceLineEndings(" "));
        Assert.Contains(
            $"Of the seeds 1 to 100, {alone} crash with `--allocator windows` and {below} with `--allocator pymalloc:windows`",
            Repository.Read("traces/bpo-46070/README.md").ReplaceLineEndings(" "));
        Assert.InRange(alone, 1, 99);
        Assert.InRange(below, 1, 99);
    }

    /// <summary>Measured on CPython with PYTHONMALLOC=debug: the flag bits of the head's prev word, 01 of 0xDD, are kept.</summary>
    [Fact]
    public void The_debug_hooks_fill_the_struct_and_the_unlink_keeps_two_bits_of_it()
    {
        var run = TestRun.Of(TestRun.Options(Program, "cpython39@7247407", "debug"), checks: true);
        var about = run.Violations[0].About;

        Assert.Equal("hazard", run.Result.Failure?.Kind);
        Assert.Equal(2, run.Kinds.Count(kind => kind == EventKind.Hazard));
        Assert.Fail($"{about} {run.Violations[0]}");
    }

    private static int Crashes(string allocator)
    {
        var kinds = Enumerable.Range(1, 100)
            .Select(seed => TestRun.Of(TestRun.Options(Program, "cpython39@7247407", allocator) with { IsChaos = true, Seed = (ulong)seed }))
            .Select(run => run.Result.Failure?.Kind).ToList();
        Assert.All(kinds, kind => Assert.Contains(kind, new[] { "crash", "hazard" }));
        return kinds.Count(kind => kind == "crash");
    }
}
