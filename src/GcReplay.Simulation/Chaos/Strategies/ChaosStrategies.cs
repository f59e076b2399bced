using System.Collections.Immutable;
using GcReplay.Heaps;

namespace GcReplay.Simulation.Chaos.Strategies;

/// <summary>All strategies, by name. The first is what <c>--chaos</c> means by itself.</summary>
public static class ChaosStrategies
{
    public static readonly ImmutableArray<IChaosStrategy> All =
        [new RandomStrategy(), new SwarmStrategy(), new PriorityStrategy(), new StarvationStrategy(), new EverywhereStrategy()];

    /// <exception cref="GcReplayException">There is none of that name.</exception>
    public static IChaosStrategy Find(string name) => All.FirstOrDefault(s => s.Name == name) ?? throw new GcReplayException(
        $"there is no strategy '{name}'{(Spelling.Suggest(name, All.Select(s => s.Name)) is { Length: > 0 } hint ? hint : ".")} Strategies: {string.Join(", ", All.Select(s => s.Name))}.");
}
