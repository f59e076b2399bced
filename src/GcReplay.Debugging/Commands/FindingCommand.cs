using GcReplay.Debugging.Stops;
using GcReplay.Debugging.Timelines;
using GcReplay.Heaps;
using GcReplay.Heaps.Events;
using GcReplay.Traces;

namespace GcReplay.Debugging.Commands;

/// <summary>From finding to finding, over breakpoints and everything else.</summary>
public sealed class FindingCommand(bool forward) : Movement(forward)
{
    private const ulong Failures = 1UL << (int)EventKind.Hazard | 1UL << (int)EventKind.Crash | 1UL << (int)EventKind.Assertion | 1UL << (int)EventKind.Hang;

    public override string Name => Forward ? "finding" : "reverse-finding";

    public override string Summary => Forward
        ? "on to the next crash, assertion, hang or hazard, or first failure of an invariant, whatever lies between"
        : "back to the last crash, assertion, hang or hazard, or first failure of an invariant, whatever lies between";

    public override string Example => Forward ? "finding" : "reverse-finding";

    protected override Halt Move(Debugger debugger, long count)
    {
        for (var i = 0L; i < count; i++)
            MoveOnce(debugger);
        return new Halt(HaltReason.Arrived, []);
    }

    private void MoveOnce(Debugger debugger)
    {
        var (timeline, from) = (debugger.Timeline, debugger.Timeline.Position);
        var scan = new EventScan(timeline.Blocks);
        var test = new FailureTest();
        var failure = Forward
            ? scan.Forward(from + 1, timeline.EventCount, ref test, debugger.Progress)
            : scan.Backward(from - 1, timeline.Start + 1, ref test, debugger.Progress);
        // Sanitizers look forwards: as far as the failure, and to the end when there is none.
        var violations = debugger.Corruption.Check(Forward ? failure > 0 ? failure : timeline.EventCount : from, debugger.Progress);
        if (debugger.Corruption.Known is [var first, ..])
            debugger.Runner.Finding = new AtEvent(first.Event, $"{first.Code}: {first.Message}");
        var events = violations.Select(v => v.Event).Append(failure).Where(e => Forward ? e > from : e < from && e > timeline.Start).ToList();
        if (events.Count == 0)
            throw new GcReplayException($"there is no finding {(Forward ? "behind" : "before")} position {from}: no failure, and no invariant that first fails there");
        timeline.MoveTo(Forward ? events.Min() : events.Max(), debugger.Progress);
    }

    private readonly struct FailureTest : IEventTest
    {
        public bool Hits(EventBlock block, int index) => (Failures >> block.Kinds[index] & 1) != 0;

        public bool MayHit(BlockSummary summary) => (summary.Kinds & Failures) != 0;
    }
}
