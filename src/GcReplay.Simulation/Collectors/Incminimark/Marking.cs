using GcReplay.Heaps.Events;
using GcReplay.Heaps.Memory;
using GcReplay.Simulation.Chaos.Faults;

namespace GcReplay.Simulation.Collectors.Incminimark;

/// <summary>Marks incrementally. Invariant while marking: a black object never points to a white one, except to prebuilt objects
/// without heap pointers, to pinned objects, which minor collections visit, and from objects queued to be traced again.</summary>
/// <remarks>Source: rpython/memory/gc/incminimark.py, collect_roots, visit, visit_all_objects_step.</remarks>
internal sealed class Marking(GcContext gc)
{
    private readonly int prebuiltRoot = gc.Site("collect_nonstack_roots");
    private readonly int pendingFinalizer = gc.Site("enum_pending_finalizers");
    private readonly int stackRoot = gc.Site("_collect_ref_stk");
    private readonly int pinnedRoot = gc.Site("_collect_obj-pinned");
    private readonly int pending = gc.Site("visit_all_objects_step");
    private readonly int visitedAlready = gc.Site("visit-visited-already");
    private readonly int cleanPrebuilt = gc.Site("visit-no-heap-ptrs");
    private readonly int visits = gc.Site("visit");
    private readonly int collects = gc.Site("_collect_ref_rec");
    private readonly int pinned = gc.Site("_collect_ref_rec-pinned");
    private readonly Fault rootNotMarked = gc.Fault(IncminimarkFaults.RootNotMarked);
    private readonly Fault greyLost = gc.Fault(IncminimarkFaults.GreyLost);
    private readonly Fault lastReferenceNotVisited = gc.Fault(IncminimarkFaults.LastReferenceNotVisited);

    private GcWords Words => gc.Words;

    /// <summary>Makes the roots grey that lie in no stack slot: prebuilt objects that were written to, and objects whose finalizer waits.</summary>
    public void CollectNonstackRoots()
    {
        foreach (var reference in Words.PrebuiltRootObjects)
            Words.ObjectsToTrace.Append(reference, prebuiltRoot);
        foreach (var reference in Words.RunFinalizers)
            Words.ObjectsToTrace.Append(reference, pendingFinalizer);
    }

    public void CollectRoots()
    {
        CollectNonstackRoots();
        foreach (var slot in gc.Process.RootSlots())
            Collect(slot, Address.Null, stackRoot, pinnedRoot);
    }

    public void VisitAll()
    {
        while (!Words.ObjectsToTrace.IsEmpty)
            VisitStep(long.MaxValue, isSingle: false);
    }

    /// <summary>Visits grey objects until so many bytes are done.</summary>
    /// <returns>What is left of the bytes when nothing is grey any more; 0 when the step ended before.</returns>
    public long VisitStep(long bytes, bool isSingle)
    {
        while (!Words.ObjectsToTrace.IsEmpty)
        {
            var reference = Words.ObjectsToTrace.Pop(pending);
            bytes -= greyLost.Strikes() ? 0 : Visit(reference);
            if (bytes < 0 || isSingle)
                return 0;
        }

        return bytes;
    }

    private long Visit(Address reference)
    {
        var header = gc.Objects.Peek(reference);
        var isBlack = (header & GcFlag.Visited) != 0;
        var isClean = (header & GcFlag.NoHeapPtrs) != 0;
        gc.Event(
            isBlack || isClean ? EventKind.Scan : EventKind.Mark, reference.Value, 0, 0, 0, isBlack ? visitedAlready : isClean ? cleanPrebuilt : visits);
        gc.Journal.Read(reference);
        gc.Assert((header & GcFlag.Pinned) == 0, "pinned-in-trace-list", reference);
        gc.Assert(!Words.IsInNursery(reference), "young-in-trace-list", reference);
        if (isBlack || isClean)
            return 0;
        // GCFLAG_TRACK_YOUNG_PTRS too: what is black must go through the barrier.
        gc.Journal.Write(reference, header | GcFlag.Visited | GcFlag.TrackYoungPtrs);
        var kind = gc.Objects.KindOf(header);
        var count = gc.Objects.ReferenceCount(reference, kind);
        if (count > 0 && lastReferenceNotVisited.Strikes())
            count--;
        for (var i = 0; i < count; i++)
            Collect(ObjectModel.ReferenceAt(reference, i), reference, collects, pinned);
        return gc.Objects.SizeOf(reference, kind);
    }

    /// <summary>_collect_obj: makes what a slot names grey, without a look at it. Pinned objects are left to minor collections.</summary>
    private void Collect(Address slot, Address parent, int site, int pinnedSite)
    {
        var target = new Address(gc.Journal.ReadOwn(slot));
        if (target.IsNull || parent.IsNull && rootNotMarked.Strikes())
            return;
        var isYoung = Words.IsInNursery(target);
        gc.Event(EventKind.Visit, parent.Value, slot.Value, target.Value, isYoung ? 0UL : 1, isYoung ? pinnedSite : site);
        gc.Journal.Read(slot);
        if (!isYoung)
            Words.ObjectsToTrace.Append(target, site);
    }
}
