using GcReplay.Heaps.Events;
using GcReplay.Heaps.Memory;
using GcReplay.Simulation.Chaos.Faults;

namespace GcReplay.Simulation.Collectors.Incminimark;

/// <summary>A minor collection: what lives leaves the nursery, unless it is pinned, and the nursery is free again.</summary>
/// <remarks>Source: rpython/memory/gc/incminimark.py, _minor_collection, in its order.</remarks>
internal sealed class MinorCollection(GcContext gc, DragOut dragOut, RememberedObjects remembered, YoungEnd youngEnd, ConsistencyCheck check)
{
    /// <summary>Accesses that a visit to an object makes which is black already, rounded up.</summary>
    private const int VisitAccesses = 16;

    private readonly int greyAgain = gc.Site("_add_to_more_objects_to_trace");
    private readonly int whiteRoot = gc.Site("_trace_drag_out1_marking_phase");
    private readonly int youngArray = gc.Site("remove_young_arrays_from_old_objects_pointing_to_young");
    private readonly int youngFinalizer = gc.Site("deal_with_young_objects_with_finalizers");
    private readonly int ignoresFinalizer = gc.Site("ignore-finalizer");
    private readonly Fault modifiedNotGreyAgain = gc.Fault(IncminimarkFaults.ModifiedNotGreyAgain);
    private readonly Fault whiteRootNotListed = gc.Fault(IncminimarkFaults.WhiteRootNotListed);

    private GcWords Words => gc.Words;

    public void Run(bool isAutomatic)
    {
        gc.Event(EventKind.CollectionBegin, 0, (ulong)gc.Process.InterpreterId(gc.Process.Interpreter), Words.Address.Value, isAutomatic ? 1UL : 0);
        var begin = gc.Journal.LastEvent;
        var freed = Words.Freed;
        Words.NurseryBarriers.Delete();
        Words.SurvivingPinnedObjects.Delete();
        Words.PinnedObjectsInNursery = 0;
        Words.NurserySurvivingSize = 0;
        if (!Words.YoungRawmallocedObjects.IsEmpty)
            RemoveYoungArrays();
        var isMarking = Words.State == GcState.Marking;
        if (isMarking)
            MakeModifiedGreyAgain();
        Phase(GcPhase.MinorRoots, () => DragOutRoots(isMarking));
        Phase(GcPhase.MinorRemembered, DragOutRemembered);
        Phase(GcPhase.MinorWeakrefs, youngEnd.InvalidateYoungWeakrefs);
        Phase(GcPhase.MinorFree, youngEnd.FreeNursery);
        Words.Counters();
        Words.SizeObjectsMadeOld = unchecked(Words.SizeObjectsMadeOld + Words.NurserySurvivingSize);
        if (gc.Settings.Debug >= 2)
            check.Run();
        gc.Event(EventKind.CollectionEnd, (ulong)begin, (ulong)unchecked(Words.Freed - freed));
    }

    /// <summary>Dying arrays must not be traced: those that survive will be put on a list again.</summary>
    private void RemoveYoungArrays()
    {
        var has = false;
        foreach (var reference in Words.OldObjectsPointingToYoung)
            has |= IsYoungRaw(reference);
        if (!has)
            return;
        while (!Words.OldObjectsPointingToYoung.IsEmpty)
        {
            var reference = Words.OldObjectsPointingToYoung.Pop(youngArray);
            if (!IsYoungRaw(reference))
                Words.TmpStack.Append(reference, youngArray);
        }

        while (!Words.TmpStack.IsEmpty)
            Words.OldObjectsPointingToYoung.Append(Words.TmpStack.Pop(youngArray), youngArray);
    }

    private bool IsYoungRaw(Address reference) => !Words.YoungRawmallocedIndex.Get(reference).IsNull;

    /// <summary>Objects that were written to may point at white ones; those that point at pinned ones will, when these are moved.</summary>
    private void MakeModifiedGreyAgain()
    {
        foreach (var reference in Words.OldObjectsPointingToYoung)
            MakeGreyIfBlack(reference);
        foreach (var reference in Words.OldObjectsPointingToPinned)
            MakeGreyIfBlack(reference);
    }

    private void MakeGreyIfBlack(Address reference)
    {
        if ((gc.Objects.Peek(reference) & GcFlag.Visited) == 0 || modifiedNotGreyAgain.Strikes())
            return;
        Words.MoreObjectsToTrace.Append(reference, greyAgain);
        gc.Objects.Clear(reference, GcFlag.Visited);
    }

    private void DragOutRoots(bool isMarking)
    {
        // Each of many steps looks at all roots. That is no endless loop, nor are the visits to what it queues.
        var (accesses, max) = gc.Journal.Counting;
        foreach (var slot in gc.Process.RootSlots())
        {
            dragOut.Reference(slot, Address.Null);
            if (!isMarking)
                continue;
            // A conservative approximation: what was white before is recorded too, at each minor collection once more.
            var reference = new Address(gc.Journal.ReadOwn(slot));
            if (reference.IsNull || (gc.Journal.Read(reference) & (GcFlag.Visited | GcFlag.Pinned)) != 0 || whiteRootNotListed.Strikes())
                continue;
            Words.MoreObjectsToTrace.Append(reference, whiteRoot);
            max = Math.Max(max, unchecked(max + VisitAccesses));
        }

        gc.Journal.Counting = (accesses, max);
    }

    private void DragOutRemembered()
    {
        if (!Words.OldObjectsPointingToPinned.IsEmpty)
            VisitObjectsPointingToPinned();
        while (!Words.ProbablyYoungObjectsWithFinalizers.IsEmpty)
            DealWithYoungObjectWithFinalizer();
        do
        {
            if (gc.Settings.CardPageIndices > 0)
                remembered.CollectCardrefs();
            remembered.CollectOldrefs();
        }
        while (gc.Settings.CardPageIndices > 0 && !Words.OldObjectsWithCardsSet.IsEmpty);
    }

    /// <summary>Finds the pinned objects that only old ones name, and which old ones still do: those are listed anew.</summary>
    private void VisitObjectsPointingToPinned()
    {
        Words.Counters();
        Words.OldObjectsPointingToPinned.Swap(Words.CurrentPointingToPinned.Address);
        foreach (var reference in Words.CurrentPointingToPinned)
            dragOut.Trace(reference);
        Words.Counters();
        Words.CurrentPointingToPinned.Delete();
    }

    private void DealWithYoungObjectWithFinalizer()
    {
        var reference = Words.ProbablyYoungObjectsWithFinalizers.PopLeft(youngFinalizer);
        // The flags of one that moved already are where it is now: the header that it left has all of them.
        var isForwarded = Words.IsInNursery(reference) && gc.Journal.Read(reference) == GcFlag.Forwarded;
        if (gc.Objects.Has(isForwarded ? new Address(gc.Journal.Read(reference + 8)) : reference, GcFlag.IgnoreFinalizer))
        {
            Words.Counters(ignoresFinalizer);
            return;
        }

        gc.Journal.WriteOwn(Words.SingleAddr, reference.Value);
        dragOut.Reference(Words.SingleAddr, Address.Null);
        var moved = new Address(gc.Journal.ReadOwn(Words.SingleAddr));
        Words.OldObjectsWithFinalizers.Append(moved, youngFinalizer);
        gc.Journal.WriteOwn(Words.SingleAddr, 0);
    }

    private void Phase(GcPhase phase, Action body)
    {
        gc.Event(EventKind.PhaseBegin, (ulong)phase, Words.Address.Value);
        var begin = gc.Journal.LastEvent;
        body();
        gc.Event(EventKind.PhaseEnd, (ulong)begin);
    }
}
