using GcReplay.Heaps.Events;
using GcReplay.Heaps.Memory;
using GcReplay.Simulation.Chaos.Faults;

namespace GcReplay.Simulation.Collectors.Incminimark;

/// <summary>What a minor collection does with one reference: a young object that it names leaves the nursery, or is known to survive.</summary>
/// <remarks>Source: rpython/memory/gc/incminimark.py, _trace_drag_out, _visit_young_rawmalloced_object.</remarks>
internal sealed class DragOut(GcContext gc, OldSpace oldSpace)
{
    private readonly int notYoung = gc.Site("drag-out-not-young");
    private readonly int forwarded = gc.Site("drag-out-forwarded");
    private readonly int pinned = gc.Site("drag-out-pinned");
    private readonly int pinnedSeen = gc.Site("drag-out-pinned-seen");
    private readonly int youngRaw = gc.Site("_visit_young_rawmalloced_object");
    private readonly int youngRawSeen = gc.Site("drag-out-young-rawmalloced-seen");
    private readonly int moves = gc.Site("drag-out-moves");
    private readonly int movesIntoShadow = gc.Site("drag-out-moves-into-shadow");
    private readonly int dead = gc.Site("drag-out-dead");
    private readonly Fault rootNotDraggedOut = gc.Fault(IncminimarkFaults.RootNotDraggedOut);
    private readonly Fault slotNotUpdated = gc.Fault(IncminimarkFaults.SlotNotUpdated);
    private readonly Fault movedNotTraced = gc.Fault(IncminimarkFaults.MovedNotTraced);
    private readonly Fault headerNotCopied = gc.Fault(IncminimarkFaults.HeaderNotCopied);
    private readonly Fault lastWordNotCopied = gc.Fault(IncminimarkFaults.LastWordNotCopied);
    private readonly Fault rawNotSeen = gc.Fault(IncminimarkFaults.RawNotSeen);
    private readonly Fault pinnedParentNotListed = gc.Fault(IncminimarkFaults.PinnedParentNotListed);
    private readonly Fault pinnedNotSeen = gc.Fault(IncminimarkFaults.PinnedNotSeen);
    private readonly Fault undo2c891735f94 = gc.Fault(IncminimarkFaults.Undo2c891735f94);

    private GcWords Words => gc.Words;

    /// <summary>Looks at all references of an object outside the nursery.</summary>
    public void Trace(Address parent)
    {
        var count = gc.Objects.ReferenceCount(parent, gc.Objects.KindOf(parent));
        TracePartial(parent, 0, count);
    }

    public void TracePartial(Address parent, int from, int end)
    {
        for (var i = from; i < end; i++)
            Reference(ObjectModel.ReferenceAt(parent, i), parent);
    }

    /// <summary>Looks at one reference.</summary>
    /// <param name="parent">The object that holds it; null for a root.</param>
    public void Reference(Address slot, Address parent)
    {
        var target = new Address(gc.Journal.ReadOwn(slot));
        if (target.IsNull)
            return;
        if (!Words.IsInNursery(target))
        {
            OutsideNursery(slot, parent, target);
            return;
        }

        if (parent.IsNull && rootNotDraggedOut.Strikes())
            return;
        var header = gc.Objects.Peek(target);
        if ((header & (GcFlag.HasShadow | GcFlag.Pinned)) != 0)
            Special(slot, parent, target, header);
        else
            Move(slot, parent, target);
    }

    private void OutsideNursery(Address slot, Address parent, Address target)
    {
        if (Words.YoungRawmallocedIndex.Get(target).IsNull)
        {
            Visit(slot, parent, target, false, notYoung);
            return;
        }

        var isSeen = (gc.Objects.Peek(target) & GcFlag.VisitedRmy) != 0;
        Visit(slot, parent, target, !isSeen, isSeen ? youngRawSeen : youngRaw);
        var header = gc.Journal.Read(target);
        if (isSeen)
            return;
        if (!rawNotSeen.Strikes())
            gc.Journal.Write(target, header | GcFlag.VisitedRmy);
        Words.SizeObjectsMadeOld = unchecked(Words.SizeObjectsMadeOld + gc.Objects.SizeOf(target));
        if ((header & GcFlag.TrackYoungPtrs) == 0)
            Words.OldObjectsPointingToYoung.Append(target, youngRaw);
        if ((header & GcFlag.HasCards) != 0)
        {
            gc.Assert((header & GcFlag.CardsSet) != 0, "cards-list-without-cards-set", target);
            Words.OldObjectsWithCardsSet.Append(target, youngRaw);
        }
    }

    /// <summary>An object with a shadow, a pinned one, or one that moved already: its header then has all flags.</summary>
    private void Special(Address slot, Address parent, Address target, ulong header)
    {
        if (header == GcFlag.Forwarded)
        {
            Visit(slot, parent, target, true, forwarded);
            gc.Journal.Read(target);
            if (!slotNotUpdated.Strikes())
                gc.Journal.Write(slot, gc.Journal.Read(target + 8));
        }
        else if ((header & GcFlag.Pinned) != 0)
        {
            Pinned(slot, parent, target, header);
        }
        else
        {
            Move(slot, parent, target);
        }
    }

    private void Pinned(Address slot, Address parent, Address target, ulong header)
    {
        var isSeen = (header & GcFlag.Visited) != 0;
        Visit(slot, parent, target, !isSeen, isSeen ? pinnedSeen : pinned);
        gc.Journal.Read(target);
        if (!isSeen)
        {
            gc.Objects.Set(target, GcFlag.Visited);
            Words.PinnedObjectsInNursery++;
            if (!pinnedNotSeen.Strikes())
                Words.SurvivingPinnedObjects.Append(target, pinned);
        }

        // Each parent is kept, not only the first: that one may die before the pinned object does.
        if (parent.IsNull || gc.Objects.Has(parent, GcFlag.Pinned) || pinnedParentNotListed.Strikes())
            return;
        Words.OldObjectsPointingToPinned.Append(parent, pinned);
        Words.UpdatedPointingToPinned = true;
        gc.Objects.Set(parent, GcFlag.Pinned);
    }

    private void Move(Address slot, Address parent, Address target)
    {
        var isLive = gc.Objects.IsLive(target);
        var hasShadow = (gc.Objects.Peek(target) & GcFlag.HasShadow) != 0;
        Visit(slot, parent, target, isLive, !isLive ? dead : hasShadow ? movesIntoShadow : moves);
        var header = gc.Journal.Read(target);
        // Upstream would copy what lies there. The access is a hazard already, and there is no object that could move.
        if (!isLive)
            return;
        var kind = gc.Objects.KindOf(header);
        var bytes = gc.Objects.SizeOf(target, kind);
        var isBlack = false;
        Address room;
        if (hasShadow)
        {
            room = Words.NurseryObjectsShadows.Get(target);
            gc.Assert(!room.IsNull, "shadow-missing", target);
            isBlack = gc.Revision.MovesKeepVisited && gc.Objects.Has(room, GcFlag.Visited);
            gc.Journal.Keep(gc.Journal.Shadow.CellAt(room)!.Value);
            gc.Journal.Allocate(room, (ulong)bytes, 0, 0);
        }
        else
        {
            room = oldSpace.MallocOutOfNursery(bytes, 0, 0);
        }

        gc.Event(EventKind.Move, target.Value, room.Value, (ulong)bytes, 0, hasShadow ? movesIntoShadow : moves);
        Words.NurserySurvivingSize += bytes;
        var flags = headerNotCopied.Strikes() ? header & uint.MaxValue : header;
        gc.Journal.Write(room, flags | (isBlack && !undo2c891735f94.Strikes() ? GcFlag.Visited : 0));
        var end = lastWordNotCopied.Strikes() ? bytes - 8 : bytes;
        for (var offset = 8L; offset < end; offset += 8)
            gc.Journal.Write(room + offset, gc.Journal.Read(target + offset));
        gc.Journal.Write(target, GcFlag.Forwarded);
        gc.Journal.Write(target + 8, room.Value);
        gc.Journal.Write(slot, room.Value);
        if (kind.HasGcPtr() && !movedNotTraced.Strikes())
            Words.OldObjectsPointingToYoung.Append(room, moves);
    }

    private void Visit(Address slot, Address parent, Address target, bool acts, int site)
    {
        gc.Event(EventKind.Visit, parent.Value, slot.Value, target.Value, acts ? 1UL : 0, site);
        gc.Journal.Read(slot);
    }
}
