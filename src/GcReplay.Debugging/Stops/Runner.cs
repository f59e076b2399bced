using GcReplay.Debugging.Timelines;
using GcReplay.Heaps;
using GcReplay.Heaps.Events;

namespace GcReplay.Debugging.Stops;

/// <summary>Why a run ended where it did.</summary>
public enum HaltReason
{
    /// <summary>Where it was to go.</summary>
    Arrived = 0,

    /// <summary>At a breakpoint or watchpoint.</summary>
    Stop,

    /// <summary>After a crash, assertion, hang or hazard.</summary>
    Failure,

    /// <summary>After the first corrupt event.</summary>
    Finding,

    /// <summary>At the start of the trace, before anything else stopped it.</summary>
    Start,

    /// <summary>At the end of the trace, before anything else stopped it.</summary>
    End,
}

/// <summary>How a run ended.</summary>
/// <param name="Stops">The breakpoints and watchpoints hit.</param>
public sealed record Halt(HaltReason Reason, IReadOnlyList<Stop> Stops);

/// <summary>Runs a timeline forwards or backwards until something stops it. Every run but <see cref="Step"/> looks for its end in
/// the events, without playing them, and then goes there: what it passes costs a scan.</summary>
/// <remarks>In both directions a run stops just after the event that stopped it.</remarks>
public sealed class Runner(Timeline timeline, StopTable stops)
{
    private static readonly AtFailure Failure = new();

    private readonly EventScan scan = new(timeline.Blocks);

    /// <summary>The first corrupt event, once it is known: runs stop there as well.</summary>
    public AtEvent? Finding { get; set; }

    private long Position => timeline.Position;

    /// <summary>Some events on, of any thread.</summary>
    public Halt Step(long count, bool forward, Progress progress = default)
    {
        var target = forward ? Math.Min(timeline.EventCount, Saturated(Position, count)) : Math.Max(0, Position - count);
        var reaches = Math.Abs(target - Position) == count;
        return Go(reaches ? target : null, forward, progress);
    }

    /// <summary>To the next (previous) event of this thread that is not deeper than the present one: over what a span does, to
    /// where it ends (began).</summary>
    public Halt Next(bool forward, Progress progress = default)
    {
        var thread = timeline.Thread;
        var limit = DepthOfPresent(thread);
        if (forward)
        {
            var test = new NotDeeperForward(thread, timeline.Shadow.Depth(thread), limit);
            return Go(Target(scan.Forward(Position + 1, timeline.EventCount, ref test, progress)), true, progress);
        }

        var before = new NotDeeperBackward(thread, DepthBeforePresent(thread), limit);
        return Go(Target(scan.Backward(Position - 1, 1, ref before, progress)), false, progress);
    }

    /// <summary>To the end (beginning) of the innermost open span of this thread.</summary>
    /// <exception cref="GcReplayException">No span is open.</exception>
    public Halt Finish(bool forward, Progress progress = default)
    {
        var thread = timeline.Thread;
        var open = timeline.Shadow.OpenSpans(thread).ToList();
        // On the event that opened a span, its beginning is here: the one around it is meant.
        if (!forward && open.Count > 0 && open[^1] == Position)
            open.RemoveAt(open.Count - 1);
        if (open.Count == 0)
        {
            throw new GcReplayException(
                $"position {Position}: {ThreadName(thread)} is in no operation, so there is none to {(forward ? "finish. Try: next" : "go back to the beginning of. Try: reverse-next")}");
        }

        if (!forward)
            return Go(open[^1], false, progress);
        var test = new Closes(thread, open[^1]);
        return Go(Target(scan.Forward(Position + 1, timeline.EventCount, ref test, progress)), true, progress);
    }

    /// <summary>To the next (previous) breakpoint, watchpoint, failure or finding.</summary>
    public Halt Continue(bool forward, Progress progress = default) => Go(null, forward, progress);

    private static long? Target(long found) => found == 0 ? null : found;

    private static long Saturated(long position, long count) => count > long.MaxValue - position ? long.MaxValue : position + count;

    /// <summary>Goes to a target, or as far as the trace goes, unless something stops the run earlier.</summary>
    private Halt Go(long? target, bool forward, Progress progress)
    {
        var test = stops.Test(Finding is { } finding ? [Failure, finding] : [Failure]);
        var found = forward
            ? scan.Forward(Position + 1, target ?? timeline.EventCount, ref test, progress)
            : scan.Backward(Position - 1, Math.Max(1, target ?? 1), ref test, progress);
        timeline.MoveTo(found != 0 ? found : target ?? (forward ? timeline.EventCount : 0), progress);
        if (found == 0)
            return new Halt(target is not null ? HaltReason.Arrived : forward ? HaltReason.End : HaltReason.Start, []);
        var e = timeline.EventAt(found);
        var hit = stops.Hit(e);
        var reason = hit.Count > 0 ? HaltReason.Stop : e.Hits(Failure) ? HaltReason.Failure : HaltReason.Finding;
        return new Halt(reason, hit);
    }

    private int DepthOfPresent(int thread)
    {
        var depth = timeline.Shadow.Depth(thread);
        return Position > 0 && timeline.EventAt(Position).Kind.BeginsSpan() ? depth - 1 : depth;
    }

    private int DepthBeforePresent(int thread)
    {
        var depth = timeline.Shadow.Depth(thread);
        if (Position == 0)
            return depth;
        var kind = timeline.EventAt(Position).Kind;
        return kind.BeginsSpan() ? depth - 1 : kind.EndsSpan() ? depth + 1 : depth;
    }

    private string ThreadName(int thread) =>
        thread < timeline.Source.Header.Threads.Length ? $"thread {timeline.Source.Header.Threads[thread]}" : $"thread {thread}";
}
