using GcReplay.Heaps.Memory;
using GcReplay.Heaps.Sanitizers;

namespace GcReplay.Simulation.Hunting;

/// <summary>Memory that trials one after the other use again; no trial knows anything of the one before.</summary>
public sealed class TrialMemory
{
    internal AddressSpace Space { get; } = new();

    /// <summary>Of the last trial.</summary>
    internal SanitizerRun? Sanitizers { get; set; }
}
