using GcReplay.Heaps.Sanitizers;
using GcReplay.Traces;

namespace GcReplay.Simulation.Recording;

/// <summary>A violation as the failure of a run: with the signature that groups it.</summary>
public static class ViolationFailure
{
    /// <param name="kind">Kind of the event after which it holds.</param>
    /// <param name="site">Where that event was decided; empty for none.</param>
    public static RunFailure Of(Violation violation, string kind, string site) => new(
        "violation", violation.Code, violation.Event, violation.Message,
        $"violation {violation.Code} | {kind} | {violation.Phase} | {site} | {violation.ObjectType}");
}
