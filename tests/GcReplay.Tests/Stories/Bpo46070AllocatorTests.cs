using GcReplay.Tests.Contracts;
using GcReplay.Tests.House;

namespace GcReplay.Tests.Stories;

/// <summary>The allocator decides whether the same bug is silent.</summary>
public sealed class Bpo46070AllocatorTests
{
    /// <summary>Offset of that list's head in 3.9's interpreter struct.</summary>
    private const long Generation2 = 688;

    private static readonly string Program = Repository.Read("traces/bpo-46070/bpo-46070.heap");

    [Fact]
    public void On_a_Windows_like_heap_it_is_a_matter_of_place_whether_it_crashes()
    {
        var alone = Crashes("windows");
        var below = Crashes("pymalloc:windows");

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
        var generation2 = run.Heap.Instances("PyInterpreterState").Single(state => state.HasEnded).Address + Generation2;

        Assert.Equal("hazard", run.Result.Failure?.Kind);
        Assert.Equal(
            [generation2.Value, generation2.Value + 1],
            new[] { 0, 8 }.Select(offset => run.Heap.TryRead(generation2 + offset, out var word) ? word : 0));
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
