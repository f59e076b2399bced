using GcReplay.Heaps.Events;
using GcReplay.Heaps.Memory;
using GcReplay.Simulation.Chaos.Faults;
using GcReplay.Simulation.Interpreters;
using static GcReplay.Simulation.Collectors.CPython39.ObjectWords;

namespace GcReplay.Simulation.Collectors.CPython39;

/// <summary>Splits a list into what is reachable from outside it and the rest. Invariant from subtract_refs on: an object of the list with
/// gc_refs above 0 is referred to from outside it; what is not reached from such an object is garbage.</summary>
/// <remarks>Source: Modules/gcmodule.c deduce_unreachable, update_refs, subtract_refs, move_unreachable, visit_decref, visit_reachable
/// of 3.9.</remarks>
internal sealed class Reachability(CPython39Collector collector, Process process, GcLists lists, ReferenceWords references, PhaseSpans phases)
{
    // Looked up once: these are asked for at every visit.
    private readonly int notCollecting = process.Site("not-collecting");
    private readonly int noRefsLeft = process.Site("no-refs-left");
    private readonly int refsLeft = process.Site("refs-left");
    private readonly int backToReachable = process.Site("back-to-reachable");
    private readonly Fault refsOffByOne = process.Fault(CPython39Faults.RefsOffByOne);
    private readonly Fault lastSlotNotSubtracted = process.Fault(CPython39Faults.LastSlotNotSubtracted);
    private readonly Fault reachableNotMovedBack = process.Fault(CPython39Faults.ReachableNotMovedBack);
    private readonly Fault waitingNotNoted = process.Fault(CPython39Faults.WaitingNotNoted);
    private readonly Fault collectingNotCleared = process.Fault(CPython39Faults.CollectingNotCleared);
    private readonly Fault refsNotReplaced = process.Fault(CPython39Faults.RefsNotReplaced);

    /// <summary>What is reachable stays in the list, the rest moves to <paramref name="unreachable"/>, marked on its links.</summary>
    /// <param name="holder">Field of the record that names the list.</param>
    /// <param name="first">Phase of update_refs; the two that follow have the next numbers.</param>
    public void Deduce(Address record, int holder, Address list, Address unreachable, Phase first)
    {
        process.Event(EventKind.Counters, record.Value);
        process.Journal.WriteOwn(record + holder, list.Value);
        phases.Run(record, first, () => UpdateRefs(list));
        phases.Run(record, first + 1, () => SubtractRefs(record, list));
        phases.Run(record, first + 2, () => MoveUnreachable(record, list, unreachable));
        process.Event(EventKind.Counters, record.Value);
        process.Journal.WriteOwn(record + RecordWords.Cursor, 0);
    }

    /// <summary>Begins the traverse of an object: what it visits follows.</summary>
    public References Scan(Address record, Address reference)
    {
        process.Event(EventKind.Scan, reference.Value);
        process.Journal.WriteOwn(record + RecordWords.Cursor, reference.Value);
        return references.Traversed(reference, collector.KindOf(reference));
    }

    private void UpdateRefs(Address list)
    {
        for (var node = lists.NextOf(list); node != list; node = lists.NextOf(node))
        {
            var reference = GcLists.ObjectOf(node);
            var error = refsOffByOne.Strikes() ? 1UL : 0;
            var refs = unchecked(process.Journal.Space.Peek(reference + RefCount) - error);
            process.Event(EventKind.SetCollectorCount, reference.Value, refs);
            refs = unchecked(process.Journal.Read(reference + RefCount) - error);
            var flags = process.Journal.Read(reference + GcPrev) & Finalized;
            process.Journal.Write(reference + GcPrev, flags | Collecting | refs << RefsShift);
        }
    }

    private void SubtractRefs(Address record, Address list)
    {
        for (var node = lists.NextOf(list); node != list; node = lists.NextOf(node))
        {
            var reference = GcLists.ObjectOf(node);
            var visited = Scan(record, reference);
            var count = visited.Count > 0 && lastSlotNotSubtracted.Strikes() ? visited.Count - 1 : visited.Count;
            for (var i = 0; i < count; i++)
            {
                if (new Address(process.Journal.Read(visited.At(i))) is { IsNull: false } target)
                    VisitDecref(reference, visited.At(i), target);
            }
        }
    }

    private void VisitDecref(Address reference, Address slot, Address target)
    {
        var counts = IsCollecting(target);
        process.Event(EventKind.Visit, reference.Value, slot.Value, target.Value, counts ? 1UL : 0, counts ? 0 : notCollecting);
        process.Journal.Read(slot);
        if (counts)
            process.Journal.Write(target + GcPrev, unchecked(process.Journal.Read(target + GcPrev) - (1UL << RefsShift)));
    }

    private void MoveUnreachable(Address record, Address young, Address unreachable)
    {
        var prev = young;
        for (var node = lists.NextOf(young); node != young; node = lists.NextOf(prev))
        {
            var reference = GcLists.ObjectOf(node);
            if (process.Journal.Read(reference + GcPrev) >> RefsShift == 0)
            {
                lists.MoveUnreachable(reference, prev, unreachable, noRefsLeft);
                continue;
            }

            var visited = Scan(record, reference);
            for (var i = 0; i < visited.Count; i++)
            {
                if (new Address(process.Journal.Read(visited.At(i))) is { IsNull: false } target)
                    VisitReachable(young, reference, visited.At(i), target);
            }

            process.Event(EventKind.Mark, reference.Value, 0, 0, 0, refsLeft);
            var flags = process.Journal.Read(reference + GcPrev) & (collectingNotCleared.Strikes() ? PrevFlags : Finalized);
            if (!refsNotReplaced.Strikes())
                process.Journal.Write(reference + GcPrev, prev.Value | flags);
            prev = node;
        }

        process.Event(EventKind.Counters, young.Value);
        lists.SetPrev(young, prev);
        // The mark on the unreachable list's own head is there only while links are put behind it.
        lists.SetNext(unreachable, process.Journal.Read(unreachable) & ~NextUnreachable);
    }

    private void VisitReachable(Address young, Address reference, Address slot, Address target)
    {
        var space = process.Journal.Space;
        var isCandidate = IsCollecting(target);
        var isUnreachable = isCandidate && (space.Peek(target + GcNext) & NextUnreachable) != 0;
        var isWaiting = isCandidate && !isUnreachable && space.Peek(target + GcPrev) >> RefsShift == 0;
        var site = isUnreachable ? backToReachable : isCandidate ? 0 : notCollecting;
        process.Event(EventKind.Visit, reference.Value, slot.Value, target.Value, isCandidate ? 1UL : 0, site);
        process.Journal.Read(slot);
        if (isUnreachable && !reachableNotMovedBack.Strikes())
        {
            lists.Move(target, young, 0, site);
            SetRefs(target, 1);
        }
        else if (isWaiting && !waitingNotNoted.Strikes())
        {
            SetRefs(target, 1);
        }
    }

    private bool IsCollecting(Address target) =>
        collector.KindOf(target).IsCollected() && (process.Journal.Space.Peek(target + GcPrev) & Collecting) != 0;

    private void SetRefs(Address reference, ulong refs) =>
        process.Journal.Write(reference + GcPrev, (process.Journal.Read(reference + GcPrev) & PrevFlags) | refs << RefsShift);
}
