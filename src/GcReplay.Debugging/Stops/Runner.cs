using GcReplay.Debugging.Expressions;
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

    /// <summary>Backwards at the fence.</summary>
    Fence,
}

/// <summary>How a run ended.</summary>
/// <param name="Stops">The breakpoints and watchpoints hit.</param>
public sealed record Halt(HaltReason Reason, IReadOnlyList<Stop> Stops);

/// <summary>Runs a timeline forwards or backwards until something stops it. Every run but <see cref="Step"/> looks for its end in
/// the events, without playing them, and then goes there: what it passes costs a scan.</summary>
/// <remarks>In both directions a run stops just after the event that stopped it.</remarks>
public sealed class Runner(Timeline timeline, StopTable stops)
{
    private static readonly Stop Failure = new(0, new AtFailure(), false);

    private readonly EventScan scan = new(timeline.Blocks);

    /// <summary>The first corrupt event, once it is known: runs stop there as well.</summary>
    public AtEvent? Finding { get; set; }

    /// <summary>A run backwards that starts at or behind this position does not go below it; 0 for no such limit.</summary>
    public long Fence { get; set; }

    private long Position => timeline.Position;

    /// <summary>Some events on, of any thread.</summary>
    public Halt Step(long count, bool forward, Progress progress = default)
    {
        var target = forward ? Math.Min(timeline.EventCount, Saturated(Position, count)) : Math.Max(timeline.Start, Position - count);
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

    /// <summary>On (back) to the first event at which something holds, unless something else stops the run before.</summary>
    public Halt Until(StopCondition condition, Expression? guard, bool forward, Progress progress = default) =>
        Go(null, forward, progress, new Stop(0, condition, true) { Guard = guard });

    private static long? Target(long found) => found == 0 ? null : found;

    private static long Saturated(long position, long count) => count > long.MaxValue - position ? long.MaxValue : position + count;

    /// <summary>Goes to a target, or as far as the trace goes, unless something stops the run earlier.</summary>
    /// <param name="goal">Where the run ends as well, having arrived.</param>
    private Halt Go(long? target, bool forward, Progress progress, Stop? goal = null)
    {
        var fence = !forward && Position >= Fence ? Fence : 0;
        var last = forward ? target ?? timeline.EventCount : Math.Max(Math.Max(target ?? 0, timeline.Start), fence);
        var start = Position;
        var reached = start;
        var watched = new Progress(progress.Cancel, number => Report(reached = number, progress));
        Stop[] all = [.. stops.All, .. Others(goal)];
        var test = new StopTest(all);
        Halt? halt = null;
        using (var state = StateRun.Of(timeline, all))
        {
            try
            {
                while (halt is null && Candidate(reached, last, forward, watched, ref test, state) is var number and not 0)
                    halt = HaltAt(reached = number, goal);
            }
            catch (OperationCanceledException)
            {
                // What was passed so far was looked at: going on from there misses nothing.
                timeline.MoveTo(forward ? Math.Max(reached - 1, start) : Math.Min(reached, start));
                throw;
            }
        }

        timeline.MoveTo(halt is null ? last : reached, progress);
        if (halt is not null)
            return halt;
        var reason = target == last ? HaltReason.Arrived
            : forward ? HaltReason.End
            : fence > 0 ? HaltReason.Fence
            : HaltReason.Start;
        return new Halt(reason, []);
    }

    private static void Report(long number, Progress progress) => progress.Report?.Invoke(number);

    /// <summary>What stops a run beside breakpoints and watchpoints.</summary>
    private IEnumerable<Stop> Others(Stop? goal)
    {
        yield return Failure;
        if (Finding is { } finding)
            yield return new Stop(0, finding, false);
        if (goal is not null)
            yield return goal;
    }

    /// <summary>The next event behind (before) one that stops the run; 0 when there is none.</summary>
    private long Candidate(long behind, long last, bool forward, Progress progress, ref StopTest test, StateRun? state)
    {
        if (state is null)
            return Scan(behind, last, forward, progress, ref test);
        while (forward ? behind < last : behind > FirstOf(last))
        {
            var isWithin = forward ? behind >= state.From - 1 && behind < state.To : behind > state.From && behind <= state.To + 1;
            if (!isWithin)
                state.Look(behind, forward ? last : FirstOf(last), forward, progress);
            var found = Scan(behind, forward ? state.To : state.From, forward, new Progress(progress.Cancel), ref test);
            if (found != 0)
                return found;
            behind = forward ? state.To : state.From;
        }

        return 0;
    }

    private long Scan(long behind, long last, bool forward, Progress progress, ref StopTest test) => forward
        ? scan.Forward(behind + 1, last, ref test, progress)
        : scan.Backward(behind - 1, FirstOf(last), ref test, progress);

    /// <summary>The first event that a run backwards looks at: what is known of those before a window stops no run.</summary>
    private long FirstOf(long last) => Math.Max(timeline.Start + 1, last);

    /// <summary>Whether a run halts at an event that hits a stop, and why.</summary>
    private Halt? HaltAt(long number, Stop? goal)
    {
        var e = timeline.EventAt(number);
        var hit = stops.Hit(e);
        return hit.Count > 0 ? new Halt(HaltReason.Stop, hit)
            : e.Hits(Failure) ? new Halt(HaltReason.Failure, hit)
            : Finding is { } finding && e.Hits(finding) ? new Halt(HaltReason.Finding, hit)
            : goal is not null && e.Hits(goal) ? new Halt(HaltReason.Arrived, hit)
            : null;
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
