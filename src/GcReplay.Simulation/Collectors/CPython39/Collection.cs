using GcReplay.Heaps.Events;
using GcReplay.Heaps.Memory;
using GcReplay.Simulation.Interpreters;
using static GcReplay.Simulation.Collectors.CPython39.ObjectWords;

namespace GcReplay.Simulation.Collectors.CPython39;

/// <summary>One run of the cyclic collector. Invariant from subtract_refs on: an object of the generation with gc_refs above 0 is
/// referred to from outside it; what is not reached from such an object is garbage.</summary>
/// <remarks>Source: Modules/gcmodule.c collect, deduce_unreachable, handle_resurrected_objects, delete_garbage of 3.9.</remarks>
internal sealed class Collection(CPython39Collector collector, Process process, GcLists lists)
{
    /// <summary>gc.collect(generation): 0 when a collection is running.</summary>
    public ulong Collect(int generation, bool isAutomatic, int site = 0)
    {
        var state = collector.State;
        if (process.Journal.Read(state + GcState.Collecting) != 0)
            return 0;
        var (record, begin) = Begin(generation, isAutomatic, site);
        var (collected, uncollectable) = Run(state, record, generation);
        process.Event(EventKind.CollectionEnd, (ulong)begin, collected, uncollectable);
        process.Journal.Write(state + GcState.Collecting, 0);
        process.Journal.WriteOwn(process.Thread + RuntimeWords.Thread.Collection, process.Journal.ReadOwn(record + RecordWords.Outer));
        process.PopCStack(record);
        return collected + uncollectable;
    }

    public void CollectFull(bool isAutomatic) => Collect(GcState.Generations - 1, isAutomatic);

    /// <summary>collect_generations: the oldest generation whose count is above its threshold, unless the long-lived rule puts a
    /// full collection off.</summary>
    public void CollectGenerations()
    {
        var state = collector.State;
        for (var i = GcState.Generations - 1; i >= 0; i--)
        {
            var word = Generation(state, i) + GcState.ThresholdAndCount;
            if (collector.Half(word, true) <= collector.Half(word, false))
                continue;
            if (i == GcState.Generations - 1 && IsPutOff(state))
                continue;
            Collect(i, isAutomatic: true, process.Site("generation-over-threshold"));
            return;
        }
    }

    private static Address Generation(Address state, int generation) => state + generation * GcState.GenerationBytes;

    private bool IsPutOff(Address state) =>
        process.Journal.Read(state + GcState.LongLivedPending) < process.Journal.Read(state + GcState.LongLivedTotal) / 4;

    private (Address Record, long Event) Begin(int generation, bool isAutomatic, int site)
    {
        var interpreter = process.InterpreterId(process.Interpreter);
        var thread = process.Thread;
        var top = process.Journal.ReadOwn(thread + RuntimeWords.Thread.CStack);
        process.Event(EventKind.CollectionBegin, (ulong)generation, (ulong)interpreter, top, isAutomatic ? 1UL : 0, site);
        var begin = process.Journal.LastEvent;
        var record = process.PushCStack(RecordWords.Bytes);
        var journal = process.Journal;
        journal.WriteOwn(record + RecordWords.Interpreter, (ulong)interpreter);
        journal.WriteOwn(record + RecordWords.Generation, (ulong)generation);
        journal.WriteOwn(record + RecordWords.Outer, journal.ReadOwn(thread + RuntimeWords.Thread.Collection));
        journal.WriteOwn(thread + RuntimeWords.Thread.Collection, record.Value);
        journal.Write(collector.State + GcState.Collecting, 1);
        lists.Init(record + RecordWords.Unreachable);
        lists.Init(record + RecordWords.FinalUnreachable);
        lists.Init(record + RecordWords.Finalizers);
        return (record, begin);
    }

    private (ulong Collected, ulong Uncollectable) Run(Address state, Address record, int generation)
    {
        var young = Generation(state, generation);
        var isOldest = generation == GcState.Generations - 1;
        var old = isOldest ? young : Generation(state, generation + 1);
        MergeYounger(state, record, generation, young, old);
        var unreachable = record + RecordWords.Unreachable;
        DeduceUnreachable(record, RecordWords.Young, young, unreachable, Phase.UpdateRefs);
        AgeSurvivors(state, generation, young, old);
        InPhase(record, Phase.LegacyFinalizers, () => ClearUnreachableMask(unreachable));
        // The second pass: what a finalizer brought back. Nothing has finalizers yet, but the pass decides the order of the list.
        var final = record + RecordWords.FinalUnreachable;
        ClearCollecting(unreachable);
        DeduceUnreachable(record, RecordWords.Resurrecting, unreachable, final, Phase.UpdateRefsAgain);
        ClearUnreachableMask(final);
        lists.Merge(unreachable, old);
        var collected = lists.Length(final);
        InPhase(record, Phase.DeleteGarbage, () => DeleteGarbage(record, final, old));
        CountStatistics(state, generation, collected, 0);
        return (collected, 0);
    }

    private void MergeYounger(Address state, Address record, int generation, Address young, Address old) =>
        InPhase(record, Phase.MergeYounger, () =>
        {
            process.Journal.WriteOwn(record + RecordWords.Young, young.Value);
            process.Journal.WriteOwn(record + RecordWords.Old, old.Value);
            process.Event(EventKind.Counters, state.Value);
            if (generation + 1 < GcState.Generations)
            {
                var above = Generation(state, generation + 1) + GcState.ThresholdAndCount;
                collector.SetHalf(above, true, unchecked(collector.Half(above, true) + 1));
            }

            for (var i = 0; i <= generation; i++)
                collector.SetHalf(Generation(state, i) + GcState.ThresholdAndCount, true, 0);
            for (var i = 0; i < generation; i++)
                lists.Merge(Generation(state, i), young);
        });

    /// <summary>Splits a list into what is reachable from outside it (stays) and the rest (moves to <paramref name="unreachable"/>).</summary>
    /// <param name="holder">Field of the record that names the list.</param>
    /// <param name="first">Phase of update_refs; the two that follow have the next numbers.</param>
    private void DeduceUnreachable(Address record, int holder, Address list, Address unreachable, Phase first)
    {
        process.Event(EventKind.Counters, record.Value);
        process.Journal.WriteOwn(record + holder, list.Value);
        InPhase(record, first, () => UpdateRefs(list));
        InPhase(record, first + 1, () => SubtractRefs(record, list));
        InPhase(record, first + 2, () => MoveUnreachable(record, list, unreachable));
        process.Event(EventKind.Counters, record.Value);
        process.Journal.WriteOwn(record + RecordWords.Cursor, 0);
    }

    private void UpdateRefs(Address list)
    {
        for (var node = lists.NextOf(list); node != list; node = lists.NextOf(node))
        {
            var reference = GcLists.ObjectOf(node);
            var refs = process.Journal.Space.Peek(reference + RefCount);
            process.Event(EventKind.SetCollectorCount, reference.Value, refs);
            refs = process.Journal.Read(reference + RefCount);
            var flags = process.Journal.Read(reference + GcPrev) & Finalized;
            process.Journal.Write(reference + GcPrev, flags | Collecting | refs << RefsShift);
        }
    }

    private void SubtractRefs(Address record, Address list)
    {
        for (var node = lists.NextOf(list); node != list; node = lists.NextOf(node))
            Traverse(record, GcLists.ObjectOf(node), VisitDecref);
    }

    private void VisitDecref(Address reference, Address slot, Address target)
    {
        var prev = process.Journal.Space.Peek(target + GcPrev);
        var counts = collector.IsCollected(collector.TypeOf(target)) && (prev & Collecting) != 0;
        process.Event(EventKind.Visit, reference.Value, slot.Value, target.Value, counts ? 1UL : 0, counts ? 0 : process.Site("not-collecting"));
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
                lists.MoveUnreachable(reference, prev, unreachable, process.Site("no-refs-left"));
                continue;
            }

            Traverse(record, reference, (from, slot, target) => VisitReachable(young, from, slot, target));
            process.Event(EventKind.Mark, reference.Value, 0, 0, 0, process.Site("refs-left"));
            process.Journal.Write(reference + GcPrev, prev.Value | (process.Journal.Read(reference + GcPrev) & Finalized));
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
        var prev = space.Peek(target + GcPrev);
        var isCandidate = collector.IsCollected(collector.TypeOf(target)) && (prev & Collecting) != 0;
        var isUnreachable = isCandidate && (space.Peek(target + GcNext) & NextUnreachable) != 0;
        var isWaiting = isCandidate && !isUnreachable && prev >> RefsShift == 0;
        var acts = isUnreachable || isWaiting;
        process.Event(EventKind.Visit, reference.Value, slot.Value, target.Value, acts ? 1UL : 0, isCandidate ? 0 : process.Site("not-collecting"));
        process.Journal.Read(slot);
        if (isUnreachable)
        {
            lists.Move(target, young, 0, process.Site("back-to-reachable"));
            SetRefs(target, 1);
        }
        else if (isWaiting)
        {
            SetRefs(target, 1);
        }
    }

    private void SetRefs(Address reference, ulong refs) =>
        process.Journal.Write(reference + GcPrev, (process.Journal.Read(reference + GcPrev) & PrevFlags) | refs << RefsShift);

    private void Traverse(Address record, Address reference, Action<Address, Address, Address> visit)
    {
        process.Event(EventKind.Scan, reference.Value);
        process.Journal.WriteOwn(record + RecordWords.Cursor, reference.Value);
        var count = collector.SlotCount(reference);
        for (var i = 0; i < count; i++)
        {
            var slot = collector.SlotAddress(reference, i);
            var target = new Address(process.Journal.Read(slot));
            if (!target.IsNull)
                visit(reference, slot, target);
        }
    }

    /// <summary>Survivors join the older generation; in a full collection they become the long-lived ones.</summary>
    private void AgeSurvivors(Address state, int generation, Address young, Address old)
    {
        process.Event(EventKind.Counters, state.Value);
        if (young == old)
        {
            process.Journal.Write(state + GcState.LongLivedPending, 0);
            process.Journal.Write(state + GcState.LongLivedTotal, lists.Length(young));
            return;
        }

        if (generation == GcState.Generations - 2)
            process.Journal.Write(state + GcState.LongLivedPending, unchecked(process.Journal.Read(state + GcState.LongLivedPending) + lists.Length(young)));
        lists.Merge(young, old);
    }

    private void ClearUnreachableMask(Address list)
    {
        for (var node = lists.NextOf(list); node != list; node = lists.NextOf(node))
        {
            process.Event(EventKind.Flag, GcLists.ObjectOf(node).Value, node.Value);
            process.Journal.Write(node, process.Journal.Read(node) & ~NextUnreachable);
        }
    }

    private void ClearCollecting(Address list)
    {
        for (var node = lists.NextOf(list); node != list; node = lists.NextOf(node))
        {
            process.Event(EventKind.Flag, GcLists.ObjectOf(node).Value, (node + 8).Value);
            process.Journal.Write(node + 8, process.Journal.Read(node + 8) & ~Collecting);
        }
    }

    private void DeleteGarbage(Address record, Address list, Address old)
    {
        while (!lists.IsEmpty(list))
        {
            var node = lists.NextOf(list);
            var reference = GcLists.ObjectOf(node);
            collector.Retain(reference, record + RecordWords.Held);
            ClearSlots(reference);
            collector.Release(reference, record + RecordWords.Held);
            if (lists.IsEmpty(list) || lists.NextOf(list) != node)
                continue;
            process.Event(EventKind.Flag, reference.Value, (node + 8).Value);
            process.Journal.Write(node + 8, process.Journal.Read(node + 8) & ~Collecting);
            lists.Move(reference, old);
        }
    }

    private void ClearSlots(Address reference)
    {
        var count = collector.SlotCount(reference);
        for (var i = 0; i < count; i++)
        {
            var slot = collector.SlotAddress(reference, i);
            if (process.Journal.Read(slot) != 0)
                collector.StoreSlot(reference, slot, Address.Null);
        }
    }

    private void CountStatistics(Address state, int generation, ulong collected, ulong uncollectable)
    {
        process.Event(EventKind.Counters, state.Value);
        var at = state + GcState.Statistics + generation * GcState.StatisticsBytes;
        process.Journal.Write(at, unchecked(process.Journal.Read(at) + 1));
        process.Journal.Write(at + 8, unchecked(process.Journal.Read(at + 8) + collected));
        process.Journal.Write(at + 16, unchecked(process.Journal.Read(at + 16) + uncollectable));
    }

    private void InPhase(Address record, Phase phase, Action body)
    {
        process.Event(EventKind.PhaseBegin, (ulong)phase, record.Value);
        process.Journal.WriteOwn(record + RecordWords.Phase, (ulong)phase);
        var begin = process.Journal.LastEvent;
        body();
        process.Event(EventKind.PhaseEnd, (ulong)begin);
        process.Journal.WriteOwn(record + RecordWords.Phase, (ulong)Phase.None);
    }
}
