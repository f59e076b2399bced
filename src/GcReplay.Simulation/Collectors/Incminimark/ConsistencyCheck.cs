using GcReplay.Heaps.Events;
using GcReplay.Heaps.Memory;
using GcReplay.Simulation.Chaos.Faults;

namespace GcReplay.Simulation.Collectors.Incminimark;

/// <summary>Upstream's own consistency check, with debug 1 and 2: walks all that is reachable and asserts what must hold in the
/// present state. Its lists are no words: it begins and ends within one collection, and nothing is decided by it.</summary>
/// <remarks>Source: rpython/memory/gc/incminimark.py, debug_check_consistency, debug_check_object; rpython/memory/gc/base.py,
/// debug_check_consistency.</remarks>
internal sealed class ConsistencyCheck(GcContext gc)
{
    private readonly int checks = gc.Site("debug_check_object");
    private readonly Fault undo853ec5c72eb = gc.Fault(IncminimarkFaults.Undo853ec5c72eb);

    private GcWords Words => gc.Words;

    public void Run()
    {
        var state = Words.State;
        // It looks at the whole heap, at each step of a collection: that is no endless loop.
        var counting = gc.Journal.Counting;
        Words.Counters(checks);
        gc.Assert(Words.YoungRawmallocedObjects.IsEmpty && Words.YoungObjectsWithWeakrefs.IsEmpty, "young-after-minor", Words.Address);
        gc.Assert(state == GcState.Sweeping || Words.RawMallocMightSweep.IsEmpty, "raw_malloc_might_sweep-not-empty", Words.Address);
        var queued = state == GcState.Marking ? new Queued(Grey(), PrebuiltRoots()) : new Queued([], []);
        var seen = new HashSet<ulong>();
        var pending = new Stack<Address>();
        foreach (var root in RootObjects())
        {
            if (!root.IsNull && seen.Add(root.Value))
                pending.Push(root);
            while (pending.TryPop(out var reference))
                Check(reference, state, queued, seen, pending);
            gc.Journal.Counting = counting;
        }
    }

    /// <summary>What a black object may point to although it is white: it is queued.</summary>
    private HashSet<ulong> Grey()
    {
        var grey = new HashSet<ulong>();
        AddGrey(Words.ObjectsToTrace);
        AddGrey(Words.MoreObjectsToTrace);
        return grey;

        void AddGrey(AddressStack stack)
        {
            foreach (var reference in stack)
            {
                gc.Assert(!Words.IsInNursery(reference), "young-in-trace-list", reference);
                grey.Add(reference.Value);
            }
        }
    }

    private IEnumerable<Address> RootObjects()
    {
        foreach (var slot in gc.Process.RootSlots())
            yield return new Address(gc.Journal.ReadOwn(slot));
        for (var i = 0; i < gc.Process.Code.Program.Prebuilts.Length; i++)
        {
            var prebuilt = new Address(gc.Journal.ReadOwn(gc.Process.PrebuiltSlot(i)));
            var count = gc.Objects.ReferenceCount(prebuilt, gc.Objects.KindOf(prebuilt));
            for (var k = 0; k < count; k++)
                yield return new Address(gc.Journal.Read(ObjectModel.ReferenceAt(prebuilt, k)));
        }

        foreach (var reference in Words.PrebuiltRootObjects)
            yield return reference;
        foreach (var reference in Words.ProbablyYoungObjectsWithFinalizers)
            yield return reference;
        foreach (var reference in Words.OldObjectsWithFinalizers)
            yield return reference;
        foreach (var reference in Words.RunFinalizers)
            yield return reference;
    }

    /// <summary>What else a black object may point to: it is scanned once more at the end of marking.</summary>
    private HashSet<ulong> PrebuiltRoots()
    {
        var roots = new HashSet<ulong>();
        foreach (var reference in Words.PrebuiltRootObjects)
            roots.Add(reference.Value);
        return gc.Revision.CheckAcceptsPrebuiltRoots ? roots : [];
    }

    private void Check(Address reference, GcState state, Queued queued, HashSet<ulong> seen, Stack<Address> pending)
    {
        gc.Event(EventKind.Scan, reference.Value, 0, 0, 0, checks);
        var header = gc.Journal.Read(reference);
        var kind = gc.Objects.KindOf(header);
        CheckPlace(reference, header);
        if (state == GcState.Marking)
            CheckMarking(reference, header, kind, queued);
        else
            CheckOutsideMarking(reference, header, kind, state);
        var count = gc.Objects.ReferenceCount(reference, kind);
        for (var i = 0; i < count; i++)
        {
            var target = new Address(gc.Journal.Read(ObjectModel.ReferenceAt(reference, i)));
            if (!target.IsNull && seen.Add(target.Value))
                pending.Push(target);
        }
    }

    private void CheckPlace(Address reference, ulong header)
    {
        var isYoung = Words.IsInNursery(reference);
        if ((header & GcFlag.Pinned) != 0)
        {
            gc.Assert(isYoung, "pinned-flag-outside-nursery", reference);
            return;
        }

        gc.Assert(!isYoung, "young-after-minor", reference);
        gc.Assert((header & GcFlag.VisitedRmy) == 0, "young-mark-after-minor", reference);
    }

    /// <summary>A black object points to no white one, except to prebuilt objects without heap pointers, to pinned objects, which minor
    /// collections visit, and to objects queued to be traced.</summary>
    private void CheckMarking(Address reference, ulong header, Kind kind, Queued queued)
    {
        if ((header & GcFlag.Visited) == 0)
            return;
        var count = gc.Objects.ReferenceCount(reference, kind);
        for (var i = 0; i < count; i++)
        {
            var target = new Address(gc.Journal.Read(ObjectModel.ReferenceAt(reference, i)));
            if (target.IsNull)
                continue;
            var isAllowed = (gc.Journal.Read(target) & (GcFlag.Visited | GcFlag.NoHeapPtrs | GcFlag.Pinned)) != 0;
            gc.Assert(
                isAllowed || queued.Grey.Contains(target.Value) || queued.PrebuiltRoots.Contains(target.Value) && !undo853ec5c72eb.Strikes(),
                "black-to-white", reference);
        }

        gc.Assert(!kind.HasGcPtr() || (header & GcFlag.TrackYoungPtrs) != 0, "black-without-barrier", reference);
    }

    private void CheckOutsideMarking(Address reference, ulong header, Kind kind, GcState state)
    {
        gc.Assert(state == GcState.Sweeping || (header & GcFlag.Visited) == 0, "visited-flag-unexpected", reference);
        var tracks = (header & GcFlag.TrackYoungPtrs) != 0;
        gc.Assert(tracks || !kind.HasGcPtr() || (header & GcFlag.Pinned) != 0, "barrier-flag-missing", reference);
        gc.Assert((header & GcFlag.FinalizationOrdering) == 0, "finalization-state", reference);
        gc.Assert((header & GcFlag.CardsSet) == 0, "cards-set-unexpected", reference);
        if (gc.Revision.CopyMakesPrebuiltRoots)
            gc.Assert(tracks || (header & GcFlag.NoHeapPtrs) == 0, "prebuilt-flags-inconsistent", reference);
        if ((header & GcFlag.HasCards) == 0)
            return;
        var cardBytes = gc.Settings.CardBytes(gc.Objects.LengthOf(reference, kind));
        for (var offset = 8L; offset <= cardBytes; offset += 8)
            gc.Assert(gc.Journal.Read(reference - offset) == 0, "card-bits-not-cleared", reference);
    }

    private readonly record struct Queued(HashSet<ulong> Grey, HashSet<ulong> PrebuiltRoots);
}
