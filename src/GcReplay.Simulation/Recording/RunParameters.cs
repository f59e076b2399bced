using System.Collections.Immutable;
using System.Globalization;
using GcReplay.Heaps;
using GcReplay.Simulation.Chaos.Faults;
using GcReplay.Simulation.Chaos.Strategies;
using GcReplay.Simulation.Collectors;

namespace GcReplay.Simulation.Recording;

/// <summary>Keys that <c>--set</c> knows with every collector: they are of the run.</summary>
public static class RunParameters
{
    /// <summary>How <c>--chaos</c> answers.</summary>
    public const string Strategy = "chaos.strategy";

    /// <summary>Which fault the run has: <c>NAME</c>, <c>NAME@K</c> or <c>NAME@1-K</c>.</summary>
    public const string Fault = "fault";

    /// <summary>How much memory the process gets.</summary>
    public const string Memory = "memory_bytes_max";

    /// <summary>Site of the assertion that ends a run which asks for more.</summary>
    internal const string OutOfMemory = "out-of-memory";

    public static readonly ImmutableArray<Parameter> All =
    [
        new(Strategy, "how --chaos answers", ChaosStrategies.All[0].Name, Words: [.. ChaosStrategies.All.Select(s => s.Name)]),
        new(Memory, "bytes of pages that the process gets beside what it starts with; 0: as many as there are", "0"),
    ];

    /// <exception cref="GcReplayException">A key is unknown, or its value can not be.</exception>
    internal static void Check(RunOptions options, CollectorFamily family)
    {
        foreach (var (key, value) in options.Parameters.Where(p => p.Key != Fault))
        {
            var known = family.Parameters.Concat(All);
            var parameter = known.FirstOrDefault(p => p.Key == key) ?? throw new GcReplayException(
                $"--set {key}: {family.Name} has no such parameter. Parameters: {string.Join(", ", known.Select(p => p.Key))}.");
            if (!parameter.Allows(value))
                throw new GcReplayException($"--set {key}={value}: expected {parameter.Expected}.");
        }
    }

    /// <summary>The fault of a run; null for none.</summary>
    /// <exception cref="GcReplayException">The family declares no such fault.</exception>
    internal static FaultSetting? FaultOf(RunOptions options, CollectorFamily family) =>
        options.Parameters.TryGetValue(Fault, out var text) ? FaultSetting.Parse(text, family) : null;

    /// <summary>How much memory the process gets; null for as much as there is.</summary>
    internal static long? MemoryOf(RunOptions options) =>
        options.Parameters.TryGetValue(Memory, out var bytes) && uint.Parse(bytes, CultureInfo.InvariantCulture) is var max and > 0 ? max : null;

    /// <summary>The strategy of a run.</summary>
    internal static IChaosStrategy StrategyOf(RunOptions options) =>
        options.Parameters.TryGetValue(Strategy, out var name) ? ChaosStrategies.Find(name) : ChaosStrategies.All[0];
}
