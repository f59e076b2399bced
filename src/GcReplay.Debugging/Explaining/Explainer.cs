using GcReplay.Debugging.Cutting;
using GcReplay.Debugging.Explaining.Ends;
using GcReplay.Debugging.Explaining.Links;
using GcReplay.Debugging.Explaining.Tracing;
using GcReplay.Debugging.Provenance;
using GcReplay.Debugging.Timelines;
using GcReplay.Heaps;
using GcReplay.Heaps.Memory;
using GcReplay.Heaps.Sanitizers;
using GcReplay.Traces;

namespace GcReplay.Debugging.Explaining;

/// <summary>Walks from the failure of a trace back to its cause, without a hint.</summary>
public static class Explainer
{
    /// <summary>In the order in which they are asked.</summary>
    private static readonly IReasoner[] Reasoners =
    [
        new DeadMemberReasoner(),
        new LinkReasoner(),
        new CountReasoner(),
        new GarbageReasoner(),
        new LostObjectReasoner(),
        new LostEdgeReasoner(),
        new StaleMarkReasoner(),
        new ShadowReasoner(),
        new StaleReasoner(),
        new CrashReasoner(),
        new MemoryReasoner(),
        new AssertionReasoner(),
        new HangReasoner(),
    ];

    /// <summary>Checks the trace and reasons about what it finds. Cost: playing all events once, and a few scans.</summary>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public static Explanation Of(Debugger debugger, Progress progress = default) => debugger.Ask(progress, () => Explain(debugger));

    private static Explanation Explain(Debugger debugger)
    {
        var timeline = debugger.Timeline;
        var violations = debugger.Corruption.Check(timeline.EventCount, debugger.Progress);
        var inquiry = new Inquiry(debugger, timeline.Source.Outcome?.Failure, violations);
        Begin(inquiry);
        if (inquiry.Corruption is { } corruption)
            inquiry.Add(corruption.Event, ChainRole.Corruption, $"{corruption.Code}: {corruption.Message}", Numbers(corruption));
        Reason(inquiry);
        if (inquiry.Why.Length > 0 && OtherMatter.Of(inquiry, Reason) is { } other)
            other.Tell(inquiry);
        return new Explanation
        {
            Failure = inquiry.Failure,
            Corruption = inquiry.Corruption,
            Summary = inquiry.Summary.Length > 0 ? inquiry.Summary : Plain(inquiry),
            Chain = inquiry.Chain,
        };
    }

    /// <summary>A part of a trace that can not be played, or is not in it, ends the reasoning: what is known by then is told.</summary>
    private static void Reason(Inquiry inquiry)
    {
        try
        {
            Reasoners.FirstOrDefault(r => r.Takes(inquiry))?.Explain(inquiry);
        }
        catch (GcReplayException e) when (e is not UnreadablePageException)
        {
            inquiry.Summary = "";
        }
    }

    /// <summary>The failure, and what the sanitizers saw between it and the first corrupt event, the latest first.</summary>
    private static void Begin(Inquiry inquiry)
    {
        if (inquiry.Failure is { } failure)
            inquiry.Add(failure.Event, ChainRole.Failure, $"{failure.Kind}: {Message(inquiry, failure)}");
        foreach (var later in inquiry.Violations.Skip(1).Reverse())
            inquiry.Add(later.Event, ChainRole.Consequence, $"{later.Code}: {later.Message}", Numbers(later));
    }

    /// <summary>What the run ended with; where that was taken out of the trace, what the event itself says.</summary>
    private static string Message(Inquiry inquiry, RunFailure failure)
    {
        if (failure.Message != Redaction.Gone || !Telling.IsKnown(inquiry, failure.Event))
            return failure.Message;
        var (kind, what) = ($"{inquiry.Debugger.Timeline.EventAt(failure.Event).Kind} ", inquiry.What(failure.Event));
        return what.StartsWith(kind, StringComparison.Ordinal) ? what[kind.Length..] : what;
    }

    /// <summary>What can be said when no reasoner knows more.</summary>
    private static string Plain(Inquiry inquiry)
    {
        var source = inquiry.Debugger.Timeline.Source;
        if (inquiry.Corruption is { } corruption)
        {
            var end = inquiry.Failure is { } failure ? $"The run ended with {Telling.With(failure.Kind)}: {failure.Message}"
                : Telling.Cut(source) == TraceEnd.OfRun ? "The run ended without noticing anything"
                : Telling.Unnoticed(inquiry);
            return $"{end}. The heap was first corrupt after event {corruption.Event}, {inquiry.What(corruption.Event)}: {corruption.Message}.";
        }

        if (AssertionVerdict.Of(source, [], inquiry.Progress) is { } verdict)
            return $"The {verdict}. No event is corrupt.";
        return inquiry.Failure is { } ended
            ? $"The run ended with {Telling.With(ended.Kind)}: {ended.Message}. No event is corrupt: every sanitizer holds after each of {Checked(inquiry)}."
            : Well(inquiry);
    }

    /// <summary>No event is corrupt, and nothing is known to have failed.</summary>
    private static string Well(Inquiry inquiry)
    {
        var (source, start, held) = (inquiry.Debugger.Timeline.Source, inquiry.Debugger.Timeline.Start, $"every sanitizer holds after each of {Checked(inquiry)}");
        var last = source.EventCount;
        return Telling.Cut(source) switch
        {
            _ when last == start => "Nothing is known of this run: no event of it can be read.",
            TraceEnd.Interrupted => $"The recording was interrupted after event {last}, and nothing had gone wrong by then: {held}. How the run would have ended is not known.",
            TraceEnd.OfPart => $"Nothing went wrong up to event {last}, where this trace ends: {held}. How the run went on is not in it.",
            _ when start > 0 => $"Nothing went wrong from event {start + 1} on, where this trace begins: {held}. What the run did before is not in it.",
            _ => $"Nothing went wrong. E{held[1..]}.",
        };
    }

    private static string Checked(Inquiry inquiry) => Events(inquiry.Debugger.Timeline.EventCount - inquiry.Debugger.Timeline.Start);

    private static string Events(long count) => count == 1 ? "1 event" : $"{count} events";

    private static ulong[] Numbers(Violation violation) => violation.Object == 0 ? [] : [violation.Object];
}
