using GcReplay.Debugging.Timelines;
using GcReplay.Heaps.Events;
using GcReplay.Heaps.Sanitizers;
using GcReplay.Traces;

namespace GcReplay.Debugging.Provenance;

/// <summary>Whether the collector or its own assertion was wrong, when a run ended with one although no promise is broken.</summary>
/// <remarks>Heaps that say nothing about tracing get no verdict.</remarks>
public static class AssertionVerdict
{
    /// <summary>What the ground truth says; null when there is nothing to judge.</summary>
    /// <param name="violations">Found in the whole trace.</param>
    public static string? Of(ITraceSource trace, IReadOnlyCollection<Violation> violations, Progress progress = default)
    {
        if (violations.Count > 0 || trace.Header.Layout.Tracing is null || trace.Outcome?.Failure is not { Kind: "assertion" } failure)
            return null;
        var timeline = new Timeline(trace);
        timeline.MoveTo(failure.Event, progress);
        if (timeline.EventAt(failure.Event).Event.Kind != EventKind.Assertion)
            return null;
        var name = $"assertion {failure.Code} failed at event {failure.Event}";
        if (!GroundTruth.IsKnown(timeline.View))
            return $"{name}, and no promise was broken before";
        var (kept, lost) = GroundTruth.Ask(timeline.View);
        return lost.Count == 0
            ? $"{name}, and nothing is lost: all {kept} objects that the program can reach are marked or will be"
            : $"{name}, and marking will not find {lost.Count} of {kept} objects that the program can reach, {timeline.View.Object(lost[0].Number)} first";
    }
}
