using GcReplay.Heaps.Events;
using GcReplay.Heaps.Memory;
using GcReplay.Simulation.Chaos.Faults;

namespace GcReplay.Simulation.Collectors.Incminimark;

/// <summary>The barriers in front of stores. Invariant: an object with GCFLAG_TRACK_YOUNG_PTRS holds no young pointer that is not
/// recorded by its cards; any other old object that may hold one is on old_objects_pointing_to_young.</summary>
/// <remarks>No barrier looks at the value stored. Source: rpython/memory/gc/incminimark.py, write_barrier, write_barrier_from_array,
/// remember_young_pointer, remember_young_pointer_from_array2.</remarks>
internal sealed class WriteBarriers(GcContext gc, Cards cards)
{
    private readonly int notTracking = gc.Site("write_barrier-not-tracking");
    private readonly int remembers = gc.Site("remember_young_pointer");
    private readonly int makesRoot = gc.Site("prebuilt-becomes-root");
    private readonly int cardSetAlready = gc.Site("card-set-already");
    private readonly int setsCard = gc.Site("remember_young_pointer_from_array2");
    private readonly Fault storeNotRemembered = gc.Fault(IncminimarkFaults.StoreNotRemembered);
    private readonly Fault trackFlagNotCleared = gc.Fault(IncminimarkFaults.TrackFlagNotCleared);
    private readonly Fault prebuiltNotQueued = gc.Fault(IncminimarkFaults.PrebuiltNotQueued);
    private readonly Fault cardOffByOne = gc.Fault(IncminimarkFaults.CardOffByOne);
    private readonly Fault cardArrayNotListed = gc.Fault(IncminimarkFaults.CardArrayNotListed);

    /// <summary>The barrier of a store into an object's field.</summary>
    public void WriteBarrier(Address reference, Address value)
    {
        var acts = (gc.Objects.Peek(reference) & GcFlag.TrackYoungPtrs) != 0;
        Barrier(reference, value, acts, acts ? remembers : notTracking);
        if (acts)
            RememberYoungPointer(reference);
    }

    /// <summary>The barrier of a store into an item of an array.</summary>
    public void WriteBarrierFromArray(Address array, int index, Address value)
    {
        var header = gc.Objects.Peek(array);
        if ((header & GcFlag.TrackYoungPtrs) == 0 || gc.Settings.CardPageIndices == 0 || (header & GcFlag.HasCards) == 0)
            WriteBarrier(array, value);
        else
            SetCard(array, index / gc.Settings.CardPageIndices, value);
    }

    /// <summary>Records an object that tracks: it may hold young pointers from now on, and a prebuilt one pointers at all.</summary>
    public void RememberYoungPointer(Address reference)
    {
        if (!storeNotRemembered.Strikes())
            gc.Words.OldObjectsPointingToYoung.Append(reference, remembers);
        if (!trackFlagNotCleared.Strikes())
            gc.Objects.Clear(reference, GcFlag.TrackYoungPtrs);
        if (gc.Objects.Has(reference, GcFlag.NoHeapPtrs))
            MakePrebuiltRoot(reference);
    }

    public void MakePrebuiltRoot(Address reference)
    {
        if (!prebuiltNotQueued.Strikes())
            gc.Words.PrebuiltRootObjects.Append(reference, makesRoot);
        gc.Objects.Clear(reference, GcFlag.NoHeapPtrs);
    }

    /// <summary>Opens the event of a barrier's decision, which is taken by the header.</summary>
    public void Barrier(Address reference, Address value, bool acts, int site)
    {
        gc.Event(EventKind.Barrier, reference.Value, reference.Value, value.Value, acts ? 1UL : 0, site);
        gc.Journal.Read(reference);
    }

    private void SetCard(Address array, int card, Address value)
    {
        var isSet = cards.IsSetUnasked(array, card);
        Barrier(array, value, !isSet, isSet ? cardSetAlready : setsCard);
        if (isSet)
            return;
        if (cardOffByOne.Strikes())
            card++;
        gc.Event(EventKind.Card, array.Value, (ulong)card, 0, 0, setsCard);
        cards.Set(array, card);
        if (!gc.Objects.Has(array, GcFlag.CardsSet) && !cardArrayNotListed.Strikes())
            cards.Remember(array, setsCard);
    }
}
