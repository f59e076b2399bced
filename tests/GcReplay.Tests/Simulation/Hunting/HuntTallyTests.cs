using GcReplay.Simulation.Hunting;

namespace GcReplay.Tests.Simulation.Hunting;

public sealed class HuntTallyTests
{
    private static readonly HuntTarget Target = new() { Collector = "cpython39@7247407" };

    [Fact]
    public void Parts_put_together_in_any_order_are_the_whole()
    {
        var (first, second) = (Of(1, 60), Of(61, 400));

        Assert.Equal(Text(Of(1, 400)), Text(first.With(second)));
        Assert.Equal(Text(Of(1, 400)), Text(second.With(first)));
    }

    [Fact]
    public void A_group_names_the_seed_with_the_fewest_operations()
    {
        var campaign = new Campaign(Target, []);
        var trials = Enumerable.Range(1, 400).Select(seed => (Seed: (ulong)seed, Trial: campaign.Run((ulong)seed))).Where(t => t.Trial.Failure is not null).ToList();

        foreach (var group in Of(1, 400).Failures.Values)
        {
            var hits = trials.Where(t => t.Trial.Failure!.Signature == group.Signature).ToList();
            Assert.Equal(hits.Count, group.Hits);
            Assert.Equal(hits.Min(t => t.Trial.Run.Operations), group.Operations);
            Assert.Equal(hits.First(t => t.Trial.Run.Operations == group.Operations).Seed, group.Seed);
        }

        Assert.NotEmpty(trials);
    }

    private static HuntTally Of(int first, int last)
    {
        var campaign = new Campaign(Target, []);
        return Enumerable.Range(first, last - first + 1).Aggregate(HuntTally.Empty, (tally, seed) => tally.With((ulong)seed, campaign.Run((ulong)seed)));
    }

    private static string Text(HuntTally tally) =>
        $"{tally.Runs} {tally.Operations} {tally.Events} {tally.OwnFaults} {string.Join(';', tally.Failures.Values)}";
}
