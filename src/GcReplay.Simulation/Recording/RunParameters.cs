using System.Collections.Immutable;
using GcReplay.Simulation.Chaos.Strategies;
using GcReplay.Simulation.Collectors;

namespace GcReplay.Simulation.Recording;

/// <summary>Keys that <c>--set</c> knows with every collector: they are of the run.</summary>
public static class RunParameters
{
    /// <summary>How <c>--chaos</c> answers.</summary>
    public const string Strategy = "chaos.strategy";

    public static readonly ImmutableArray<Parameter> All =
    [
        new(Strategy, "how --chaos answers", ChaosStrategies.All[0].Name, Words: [.. ChaosStrategies.All.Select(s => s.Name)]),
    ];

    /// <summary>The strategy of a run.</summary>
    internal static IChaosStrategy StrategyOf(RunOptions options) =>
        options.Parameters.TryGetValue(Strategy, out var name) ? ChaosStrategies.Find(name) : ChaosStrategies.All[0];
}
