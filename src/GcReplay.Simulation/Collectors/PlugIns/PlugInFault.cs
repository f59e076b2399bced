using GcReplay.Heaps.Memory;
using GcReplay.Simulation.Recording;

namespace GcReplay.Simulation.Collectors.PlugIns;

/// <summary>A plug-in's collector did what no collector may: it becomes an event and ends the run, as its error.</summary>
/// <param name="code">Short stable name.</param>
/// <param name="about">What it did it to; null when that is nothing in memory.</param>
public sealed class PlugInFault(string code, string message, Address about = default) : SimulatedFault(message)
{
    /// <summary>The site of the event: only runs of plug-ins have it.</summary>
    public const string Site = "plug-in-error";

    public const string Reason = "the plug-in's collector did what no collector may: its error, not the heap's";

    public string Code { get; } = code;

    public Address About { get; } = about;
}
