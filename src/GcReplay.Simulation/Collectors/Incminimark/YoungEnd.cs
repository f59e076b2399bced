using GcReplay.Heaps.Events;
using GcReplay.Heaps.Memory;
using GcReplay.Simulation.Chaos.Faults;

namespace GcReplay.Simulation.Collectors.Incminimark;

/// <summary>The end of a minor collection, when all that lives is out of the nursery or pinned in it: weak references, shadows,
/// young objects outside the nursery, and what is left of the nursery.</summary>
/// <remarks>Source: rpython/memory/gc/incminimark.py, _minor_collection, invalidate_young_weakrefs,
/// record_pinned_object_with_shadow, free_young_rawmalloced_objects.</remarks>
internal sealed class YoungEnd(GcContext gc, OldSpace oldSpace)
{
    private readonly int weakrefs = gc.Site("invalidate_young_weakrefs");
    private readonly int weakrefCleared = gc.Site("young-weakref-cleared");
    private readonly int targetMoved = gc.Site("young-weakref-target-moved");
    private readonly int shadows = gc.Site("nursery_objects_shadows-kept");
    private readonly int shadowVisited = gc.Site("record_pinned_object_with_shadow");
    private readonly int youngRaw = gc.Site("free_young_rawmalloced_objects");
    private readonly int reset = gc.Site("nursery-reset");
    private readonly int notPointing = gc.Site("_reset_flag_old_objects_pointing_to_pinned");
    private readonly int pinnedSurvives = gc.Site("pinned-survives");
    private readonly Fault shadowNotKept = gc.Fault(IncminimarkFaults.ShadowNotKept);
    private readonly Fault shadowNotMarked = gc.Fault(IncminimarkFaults.ShadowNotMarked);
    private readonly Fault youngWeakrefNotCleared = gc.Fault(IncminimarkFaults.YoungWeakrefNotCleared);
    private readonly Fault undo96a224bd967 = gc.Fault(IncminimarkFaults.Undo96a224bd967);

    private GcWords Words => gc.Words;

    public void InvalidateYoungWeakrefs()
    {
        while (!Words.YoungObjectsWithWeakrefs.IsEmpty)
        {
            var weakref = Words.YoungObjectsWithWeakrefs.Pop(weakrefs);
            if (gc.Journal.Read(weakref) != GcFlag.Forwarded)
                continue;
            weakref = new Address(gc.Journal.Read(weakref + 8));
            if (KeepsTarget(weakref))
                Words.OldObjectsWithWeakrefs.Append(weakref, weakrefs);
        }
    }

    public void FreeNursery()
    {
        if (Words.NurseryObjectsShadows.Count > 0)
            KeepShadowsOfPinned();
        if (!Words.YoungRawmallocedObjects.IsEmpty)
            FreeYoungRawmalloced();
        FreeDeadAndLeft();
        MakeBarriers();
        foreach (var reference in Words.OldObjectsPointingToPinned)
        {
            gc.Event(EventKind.Flag, reference.Value, reference.Value, 0, 0, notPointing);
            gc.Objects.Clear(reference, GcFlag.Pinned);
        }
    }

    /// <summary>Whether a weak reference that lives has to be looked at by major collections.</summary>
    private bool KeepsTarget(Address weakref)
    {
        var slot = weakref + Kinds.WeakTarget;
        var target = new Address(gc.Journal.ReadOwn(slot));
        if (target.IsNull)
            return false;
        if (Words.IsInNursery(target))
        {
            if (gc.Journal.Read(target) != GcFlag.Forwarded)
                return ClearTarget(weakref, slot);
            var moved = gc.Journal.Read(target + 8);
            gc.Event(EventKind.Store, weakref.Value, slot.Value, moved, 0, targetMoved);
            gc.Journal.Write(slot, moved);
            return true;
        }

        if (!Words.YoungRawmallocedIndex.Get(target).IsNull)
            return gc.Objects.Has(target, GcFlag.VisitedRmy) || ClearTarget(weakref, slot);
        return !gc.Objects.Has(target, GcFlag.NoHeapPtrs);
    }

    private bool ClearTarget(Address weakref, Address slot)
    {
        gc.Event(EventKind.Store, weakref.Value, slot.Value, 0, 0, weakrefCleared);
        if (!youngWeakrefNotCleared.Strikes())
            gc.Journal.Write(slot, 0);
        return false;
    }

    private void KeepShadowsOfPinned()
    {
        Words.Counters(shadows);
        var kept = new List<(Address Pinned, Address Shadow)>();
        foreach (var pinned in Words.SurvivingPinnedObjects)
        {
            if (Words.NurseryObjectsShadows.Get(pinned) is { IsNull: false } shadow)
                kept.Add((pinned, shadow));
        }

        Words.NurseryObjectsShadows.Clear();
        foreach (var (pinned, shadow) in kept)
        {
            if (!shadowNotKept.Strikes())
                Words.NurseryObjectsShadows.Set(pinned, shadow);
        }

        if (Words.State != GcState.Marking && gc.Revision.MarksShadowsOnlyWhileMarking && (kept.Count == 0 || !undo96a224bd967.Strikes()))
            return;
        foreach (var (_, shadow) in kept)
        {
            if (shadowNotMarked.Strikes())
                continue;
            gc.Event(EventKind.Mark, shadow.Value, 0, 0, 0, shadowVisited);
            gc.Objects.Set(shadow, GcFlag.Visited);
        }
    }

    private void FreeYoungRawmalloced()
    {
        foreach (var reference in Words.YoungRawmallocedObjects.OldestFirst())
            oldSpace.FreeIfUnvisited(reference, GcFlag.VisitedRmy);
        Words.Counters(youngRaw);
        Words.YoungRawmallocedObjects.Delete();
        Words.YoungRawmallocedIndex.Clear();
    }

    /// <summary>Upstream only resets the pointer: that dead objects are gone, and moved ones, is said here by an event for each.</summary>
    private void FreeDeadAndLeft()
    {
        foreach (var word in gc.Journal.Space.NonZeroWords(Windows.CellWord(Words.Nursery), (ulong)Words.NurserySize))
        {
            var start = new Address(word.Value & ~Windows.Cells);
            var cell = Cell.Decode(start, gc.Journal.Space.Peek(word));
            if (cell.State == CellState.Live && !IsSurvivor(start))
            {
                var isPinned = gc.Journal.Space.Peek(start) is var header && (header & GcFlag.Pinned) != 0;
                gc.Journal.Free(cell);
                // It died pinned: the program's entry for it is one without an object from now on.
                if (isPinned)
                    Words.Pins.Empty(start);
                Words.Freed++;
            }
            else if (cell.State == CellState.Forwarded)
            {
                gc.Journal.Free(cell);
            }
        }
    }

    private bool IsSurvivor(Address reference) =>
        (gc.Objects.Peek(reference) & (GcFlag.Pinned | GcFlag.Visited)) == (GcFlag.Pinned | GcFlag.Visited);

    /// <summary>Free memory of the nursery is what lies between pinned objects.</summary>
    private void MakeBarriers()
    {
        var pinned = Words.SurvivingPinnedObjects.OldestFirst();
        pinned.Sort();
        gc.Assert(Words.PinnedObjectsInNursery == pinned.Count, "pinned-count-mismatch", Words.Address);
        foreach (var reference in pinned)
        {
            Words.NurseryBarriers.Append(reference, pinnedSurvives);
            gc.Objects.Clear(reference, GcFlag.Visited);
        }

        Words.NurseryBarriers.Append(Words.NurseryEnd, reset);
        var first = Words.NurseryBarriers.PopLeft(reset);
        Words.SurvivingPinnedObjects.Delete();
        Words.NurseryFree = Words.Nursery;
        Words.NurseryTop = first;
    }
}
