using GcReplay.Heaps.Events;
using GcReplay.Heaps.Memory;
using GcReplay.Simulation.Chaos.Faults;

namespace GcReplay.Simulation.Collectors.Incminimark;

/// <summary>The old objects that barriers recorded: a minor collection looks for young ones in them.</summary>
/// <remarks>Source: rpython/memory/gc/incminimark.py, collect_cardrefs_to_nursery, collect_oldrefs_to_nursery.</remarks>
internal sealed class RememberedObjects(GcContext gc, DragOut dragOut, Cards cards)
{
    private readonly int withCards = gc.Site("collect_cardrefs_to_nursery");
    private readonly int tracedWhole = gc.Site("cards-of-array-traced-whole");
    private readonly int greyAgain = gc.Site("array-with-cards-grey-again");
    private readonly int pointingToYoung = gc.Site("collect_oldrefs_to_nursery");
    private readonly Fault cardEndsEarly = gc.Fault(IncminimarkFaults.CardEndsEarly);
    private readonly Fault trackFlagNotRestored = gc.Fault(IncminimarkFaults.TrackFlagNotRestored);
    private readonly Fault cardArrayNotGreyAgain = gc.Fault(IncminimarkFaults.CardArrayNotGreyAgain);

    private GcWords Words => gc.Words;

    public void CollectCardrefs()
    {
        while (!Words.OldObjectsWithCardsSet.IsEmpty)
            CollectCardrefs(Words.OldObjectsWithCardsSet.Pop(withCards));
    }

    public void CollectOldrefs()
    {
        while (!Words.OldObjectsPointingToYoung.IsEmpty)
        {
            var reference = Words.OldObjectsPointingToYoung.Pop(pointingToYoung);
            gc.Assert(!gc.Objects.Has(reference, GcFlag.TrackYoungPtrs), "remembered-set-flag-mismatch", reference);
            if (!trackFlagNotRestored.Strikes())
                gc.Objects.Set(reference, GcFlag.TrackYoungPtrs);
            dragOut.Trace(reference);
        }
    }

    /// <summary>The event of the pop is open.</summary>
    private void CollectCardrefs(Address array)
    {
        if (gc.Revision.CardCopyAsksDestinationFirst)
            gc.Assert(gc.Objects.Has(array, GcFlag.HasCards), "cards-list-without-has-cards", array);
        gc.Assert(gc.Objects.Has(array, GcFlag.CardsSet), "cards-list-without-cards-set", array);
        gc.Objects.Clear(array, GcFlag.CardsSet);
        var length = gc.Objects.LengthOf(array, gc.Objects.KindOf(array));
        if (!gc.Objects.Has(array, GcFlag.TrackYoungPtrs))
        {
            ForgetCards(array, length);
            return;
        }

        for (var index = 0; index < cards.BytesFor(length); index++)
            TraceCards(array, index, cards.ReadByte(array, index), length);
        if (Words.State != GcState.Marking || cardArrayNotGreyAgain.Strikes())
            return;
        // All of it is traced once more by the end of marking.
        Words.MoreObjectsToTrace.Append(array, greyAgain);
        gc.Objects.Clear(array, GcFlag.Visited);
    }

    /// <summary>The array is on old_objects_pointing_to_young, too, and will be traced whole.</summary>
    private void ForgetCards(Address array, int length)
    {
        for (var index = 0; index < cards.BytesFor(length); index++)
        {
            if (cards.ReadByte(array, index) == 0)
                continue;
            gc.Event(EventKind.Card, array.Value, (ulong)index * 8, 0, 0, tracedWhole);
            cards.ClearByte(array, index);
        }
    }

    private void TraceCards(Address array, int index, byte bits, int length)
    {
        for (var bit = 0; bit < 8; bit++)
        {
            if ((bits >> bit & 1) == 0)
                continue;
            var card = index * 8 + bit;
            gc.Event(EventKind.Card, array.Value, (ulong)card, 0, 0, withCards);
            cards.Clear(array, card);
            var from = card * gc.Settings.CardPageIndices;
            var end = Math.Min(from + gc.Settings.CardPageIndices, length);
            dragOut.TracePartial(array, from, cardEndsEarly.Strikes() ? end - 1 : end);
        }
    }
}
