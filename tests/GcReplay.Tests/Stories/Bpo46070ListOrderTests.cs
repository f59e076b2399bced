using GcReplay.Heaps.Events;
using GcReplay.Simulation.Recording;
using GcReplay.Tests.Contracts;
using GcReplay.Tests.House;
using GcReplay.Traces;

namespace GcReplay.Tests.Stories;

public sealed class Bpo46070ListOrderTests
{
    private static readonly string Program = File.ReadAllText(Repository.PathOf("traces/bpo-46070/list-order.heap"));

    [Fact]
    public void Whether_it_crashes_is_a_matter_of_list_position_and_every_seed_repeats()
    {
        var first = Enumerable.Range(1, 100).Select(seed => Run((ulong)seed)).ToList();
        var second = Enumerable.Range(1, 100).Select(seed => Run((ulong)seed)).ToList();

        var crashes = first.Count(r => r.Failure?.Kind == "crash");
        Assert.InRange(crashes, 1, 99);
        Assert.Contains($"{crashes} crash and {100 - crashes} do not", Repository.Read("traces/bpo-46070/README.md"));
        Assert.DoesNotContain(first, r => r.Failure is { Kind: not "crash" });
        Assert.Equal(first.Select(r => (r.Events, r.StateHash)), second.Select(r => (r.Events, r.StateHash)));
    }

    [Fact]
    public void Without_chaos_the_victim_is_first_and_crashes() =>
        Assert.Equal("crash", TestRun.Of(TestRun.Options(Program, "cpython39@gh-94673")).Result.Failure?.Kind);

    [Theory]
    [InlineData(0, 1)]
    [InlineData(1, 0)]
    [InlineData(2, 0)]
    [InlineData(3, 0)]
    [InlineData(4, 1)]
    public void Only_the_first_and_the_last_of_the_list_write_into_the_freed_struct(int position, int writes)
    {
        var chosen = new RecordedChoice(0, "main/3", 0, "program.choose", 0, 5, position);
        var options = TestRun.Options(Program) with { IsChaos = true, Choices = [chosen] };

        var run = TestRun.Of(options, checks: true);

        Assert.Equal(writes, run.Kinds.Count(kind => kind == EventKind.Hazard));
    }

    private static RunResult Run(ulong seed) =>
        TestRun.Of(TestRun.Options(Program, "cpython39@gh-94673") with { IsChaos = true, Seed = seed }).Result;
}
