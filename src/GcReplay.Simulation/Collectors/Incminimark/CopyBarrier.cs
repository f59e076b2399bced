using GcReplay.Heaps.Memory;
using GcReplay.Simulation.Chaos.Faults;

namespace GcReplay.Simulation.Collectors.Incminimark;

/// <summary>The barrier in front of a copy of items: tries to record the destination once, instead of once for each item. Five of
/// the fixes are of this one.</summary>
/// <remarks>Source: rpython/memory/gc/incminimark.py, writebarrier_before_copy, manually_copy_card_bits.</remarks>
internal sealed class CopyBarrier(GcContext gc, WriteBarriers barriers, Cards cards)
{
    private readonly int pointsToPinned = gc.Site("copy-old-object-pointing-to-pinned");
    private readonly int destinationRecorded = gc.Site("copy-destination-not-tracking");
    private readonly int sourceRecorded = gc.Site("copy-source-with-cards-not-tracking");
    private readonly int withoutCards = gc.Site("copy-destination-without-cards");
    private readonly int nothingYoung = gc.Site("copy-source-without-cards-set");
    private readonly int nothingYoungWhileMarking = gc.Site("copy-source-without-cards-set-marking");
    private readonly int misaligned = gc.Site("copy-misaligned");
    private readonly int copiesCards = gc.Site("manually_copy_card_bits");
    private readonly int sourceMayBeYoung = gc.Site("copy-source-not-tracking");
    private readonly int marking = gc.Site("copy-while-marking");
    private readonly int sourceIsOld = gc.Site("copy-source-tracking");
    private readonly Fault lastCardByteNotCopied = gc.Fault(IncminimarkFaults.LastCardByteNotCopied);
    private readonly Fault copyNotRecorded = gc.Fault(IncminimarkFaults.CopyNotRecorded);
    private readonly Fault undo78bbeb93471 = gc.Fault(IncminimarkFaults.Undo78bbeb93471);
    private readonly Fault undo94529a6d2d0 = gc.Fault(IncminimarkFaults.Undo94529a6d2d0);
    private readonly Fault undo3fb1b086ef5 = gc.Fault(IncminimarkFaults.Undo3fb1b086ef5);
    private readonly Fault undo345aaf9970e = gc.Fault(IncminimarkFaults.Undo345aaf9970e);

    private GcWords Words => gc.Words;

    private bool IsMarking => Words.State == GcState.Marking;

    /// <returns>True when the items can be copied without a barrier.</returns>
    public bool BeforeCopy(Address source, Address target, int from, int to, int count)
    {
        if (Words.UpdatedPointingToPinned)
            RememberObjectsPointingToPinned();
        if ((gc.Objects.Peek(target) & GcFlag.TrackYoungPtrs) == 0)
            return Decide(target, target, destinationRecorded, isDone: true);
        if (gc.Settings.CardPageIndices > 0 && (gc.Objects.Peek(source) & GcFlag.HasCards) != 0)
            return BeforeCopyFromCards(source, target, from, to, count);
        if ((gc.Objects.Peek(source) & GcFlag.TrackYoungPtrs) == 0)
            Record(source, target, sourceMayBeYoung);
        else if (IsMarking && gc.Revision.CopyRecordsWhileMarking && !undo78bbeb93471.Strikes())
            Record(source, target, marking);
        else
            Decide(target, source, sourceIsOld, isDone: true);
        if (gc.Objects.Has(target, GcFlag.NoHeapPtrs) && !gc.Objects.Has(source, GcFlag.NoHeapPtrs))
            barriers.MakePrebuiltRoot(target);
        return true;
    }

    /// <summary>_wb_old_object_pointing_to_pinned, for each: what follows relies on GCFLAG_TRACK_YOUNG_PTRS alone.</summary>
    private void RememberObjectsPointingToPinned()
    {
        foreach (var reference in Words.OldObjectsPointingToPinned)
            barriers.WriteBarrier(reference, Address.Null);
        Words.Counters(pointsToPinned);
        Words.UpdatedPointingToPinned = false;
    }

    private bool BeforeCopyFromCards(Address source, Address target, int from, int to, int count)
    {
        var header = gc.Objects.Peek(source);
        var targetHasCards = (gc.Objects.Peek(target) & GcFlag.HasCards) != 0;
        if ((header & GcFlag.TrackYoungPtrs) == 0)
            return Decide(target, source, sourceRecorded, isDone: false);
        if (gc.Revision.CardCopyAsksDestinationFirst && !targetHasCards && !undo3fb1b086ef5.Strikes())
            return Decide(target, target, withoutCards, isDone: false);
        if ((header & GcFlag.CardsSet) == 0)
            return BeforeCopyFromNoCardSet(source, target);
        if (!targetHasCards)
            return Decide(target, target, withoutCards, isDone: false);
        if (from != 0 || to != 0)
            return Decide(target, source, misaligned, isDone: false);
        CopyCardBits(source, target, count);
        return true;
    }

    /// <summary>No young pointer is copied. While marking, a black destination still has to be traced again.</summary>
    private bool BeforeCopyFromNoCardSet(Address source, Address target)
    {
        if (!IsMarking || !gc.Revision.CardCopyRecordsWhileMarking || (gc.Objects.Peek(target) & GcFlag.CardsSet) != 0
            || undo94529a6d2d0.Strikes())
            return Decide(target, source, nothingYoung, isDone: true);
        barriers.Barrier(target, Address.Null, true, nothingYoungWhileMarking);
        cards.Remember(target, nothingYoungWhileMarking);
        return true;
    }

    private void CopyCardBits(Address source, Address target, int count)
    {
        barriers.Barrier(target, Address.Null, true, copiesCards);
        byte any = 0;
        var end = cards.BytesFor(count) - (lastCardByteNotCopied.Strikes() ? 1 : 0);
        for (var i = 0; i < end; i++)
        {
            var bits = cards.ReadByte(source, i);
            any |= bits;
            if (bits == 0)
                continue;
            gc.Event(GcReplay.Heaps.Events.EventKind.Card, target.Value, (ulong)i * 8, 0, 0, copiesCards);
            cards.Or(target, i, bits);
        }

        if (any != 0 && !gc.Objects.Has(target, GcFlag.CardsSet))
            cards.Remember(target, copiesCards);
    }

    /// <summary>The destination is recorded as by the plain barrier.</summary>
    private void Record(Address source, Address target, int site)
    {
        barriers.Barrier(target, Address.Null, true, site);
        gc.Journal.Read(source);
        if (!copyNotRecorded.Strikes())
            Words.OldObjectsPointingToYoung.Append(target, site);
        gc.Objects.Clear(target, GcFlag.TrackYoungPtrs);
        if (gc.Revision.CopyMakesPrebuiltRoots && gc.Objects.Has(target, GcFlag.NoHeapPtrs) && !undo345aaf9970e.Strikes())
            barriers.MakePrebuiltRoot(target);
    }

    /// <summary>Nothing is recorded.</summary>
    /// <param name="read">The object whose header decided.</param>
    private bool Decide(Address target, Address read, int site, bool isDone)
    {
        gc.Event(GcReplay.Heaps.Events.EventKind.Barrier, target.Value, read.Value, 0, 0, site);
        gc.Journal.Read(target);
        gc.Journal.Read(read);
        return isDone;
    }
}
