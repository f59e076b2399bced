using GcReplay.Heaps.Sanitizers;
using GcReplay.Simulation.Recording;
using GcReplay.Traces;

namespace GcReplay.Output;

/// <summary>A violation as a run's failure and as a first corrupt event.</summary>
internal static class ViolationText
{
    public static CorruptEvent Corrupt(Violation violation) => new(violation.Event, violation.Code, violation.Message);

    public static RunFailure Failure(Violation violation, ITraceSource trace)
    {
        var block = trace.ReadBlock(trace.BlockOf(violation.Event));
        var e = block[(int)(violation.Event - block.FirstEvent)];
        var site = e.Site == 0 ? "" : trace.Header.Layout.Sites[e.Site].Name;
        return Failure(violation, e.Kind.ToString(), site);
    }

    /// <param name="kind">Kind of the event after which it holds.</param>
    /// <param name="site">Where that event was decided; empty for none.</param>
    public static RunFailure Failure(Violation violation, string kind, string site) => ViolationFailure.Of(violation, kind, site);
}
