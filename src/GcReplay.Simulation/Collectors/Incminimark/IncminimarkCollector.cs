using System.Collections.Immutable;
using GcReplay.Heaps.Events;
using GcReplay.Heaps.Memory;
using GcReplay.Simulation.Collectors.Incminimark.Arenas;
using GcReplay.Simulation.Interpreters;
using GcReplay.Simulation.Programs;

namespace GcReplay.Simulation.Collectors.Incminimark;

/// <summary>incminimark as the runtime sees it; its parts are made here and do the work.</summary>
internal sealed class IncminimarkCollector : Collector
{
    private readonly GcContext gc;
    private readonly Allocation allocation;
    private readonly Collections collections;
    private readonly CopyBarrier copyBarrier;
    private readonly Statements statements;

    public IncminimarkCollector(
        Process process, IncminimarkRevision revision, Address statics, ImmutableArray<int> typeKinds, IncminimarkSettings settings)
        : base(process)
    {
        var arenaWords = statics + GcField.SmallObjects;
        SmallObjects smallObjects = settings.IsPaged
            ? new PagedSmallObjects(process, arenaWords, recountsInSweep: !revision.CountsFreedBlocks)
            : new SimpleSmallObjects(process, arenaWords);
        gc = new GcContext(process, new GcWords(process, statics), new ObjectModel(process, typeKinds), settings, revision, smallObjects);
        var cards = new Cards(gc);
        var barriers = new WriteBarriers(gc, cards);
        copyBarrier = new CopyBarrier(gc, barriers, cards);
        var oldSpace = new OldSpace(gc);
        var dragOut = new DragOut(gc, oldSpace);
        var check = new ConsistencyCheck(gc);
        var minor = new MinorCollection(gc, dragOut, new RememberedObjects(gc, dragOut, cards), new YoungEnd(gc, oldSpace), check);
        var marking = new Marking(gc);
        var weakrefs = new OldWeakrefs(gc);
        var major = new MajorCollection(gc, marking, new Finalizers(gc, marking, weakrefs), weakrefs, new Sweeping(gc, oldSpace), check);
        collections = new Collections(gc, minor, major);
        allocation = new Allocation(gc, collections);
        statements = new Statements(
            gc, allocation, barriers, collections, new Shadows(gc, oldSpace), new Pins(gc), process.Code.TypeId(ObjectKinds.WeakRef));
    }

    public override void SetUpStatics()
    {
        var (words, settings, choices) = (gc.Words, gc.Settings, Process.Choices);
        words.IsEnabled = settings.IsEnabled;
        words.SingleStep = settings.SingleStep;
        words.SetNursery(settings, settings.IncrementStepBytes);
        words.Chunks.SetUp();
        Process.Journal.WriteOwn(words.Address + GcField.Ac, (words.Address + GcField.SmallObjects).Value);
        Process.Journal.WriteOwn(words.Address + GcField.PrebuiltEnd, IncminimarkRegions.Prebuilt.Value);
        var minHeap = settings.MinHeapBytes == 0 ? 8 * settings.NurseryBytes : settings.MinHeapBytes;
        words.MinHeapSize = minHeap;
        words.NextMajorCollectionInitial = minHeap;
        words.NextMajorCollectionThreshold = minHeap;
        Process.Journal.Map(
            IncminimarkRegions.Nursery, ((ulong)settings.NurseryBytes + AddressSpace.PageBytes - 1) / AddressSpace.PageBytes * AddressSpace.PageBytes);
        gc.SmallObjects.SetUp(new SmallObjectSizes(
            (int)settings.SmallRequestThresholdBytes / 8, (int)settings.PageBytes / 8, (int)settings.ArenaBytes / 8));
        PerturbNursery(choices.Choose(4, "gc.nursery-size"));
        PerturbThreshold(choices.Choose(4, "gc.threshold"));
    }

    /// <param name="script">No object has a script of its own here.</param>
    public override Address New(int typeId, int slots, int nameId, int script) => allocation.New(typeId, slots, nameId);

    public override Address Prebuild(ulong number, int typeId, int slots, int nameId) => allocation.Prebuild(number, typeId, slots, nameId);

    public override void InitialisePrebuilt(Address reference, int index, Address value) =>
        Process.Journal.WriteOwn(ObjectModel.ReferenceAt(reference, index), value.Value);

    public override int SlotCount(Address reference) => gc.Objects.ReferenceCount(reference, gc.Objects.KindOf(reference));

    public override Address SlotAddress(Address reference, int index) => ObjectModel.ReferenceAt(reference, index);

    public override void StoreSlot(Address reference, Address slot, Address value) => statements.Store(reference, slot, value);

    /// <summary>ll_arraycopy: one barrier for all items if that can be, and always in ascending order: where the ranges overlap, later
    /// items are copies of copies.</summary>
    /// <remarks>Source: rpython/rlib/rgc.py, ll_arraycopy.</remarks>
    public override bool CopySlots(Address source, int from, Address target, int to, int count)
    {
        var isRecorded = copyBarrier.BeforeCopy(source, target, from, to, count);
        var site = Process.Site("ll_arraycopy");
        for (var i = 0; i < count; i++)
        {
            var value = new Address(Process.Journal.Read(SlotAddress(source, from + i)));
            var slot = SlotAddress(target, to + i);
            if (!isRecorded)
            {
                StoreSlot(target, slot, value);
                continue;
            }

            Process.Event(EventKind.Store, target.Value, slot.Value, value.Value, 0, site);
            Process.Journal.Write(slot, value.Value);
        }

        return isRecorded;
    }

    public override ulong Collect(long extent)
    {
        var before = gc.Words.Freed;
        switch (extent)
        {
            case -2:
                collections.Minor();
                break;
            case -3:
                collections.Step();
                break;
            case 0 or 1:
                collections.Generation(extent);
                break;
            default:
                collections.Full();
                break;
        }

        return unchecked((ulong)(gc.Words.Freed - before));
    }

    public override void SetAutomatic(bool on)
    {
        gc.Words.Counters(Process.Site("knob"));
        gc.Words.IsEnabled = on;
    }

    public override ulong? Run(Statement statement, IOperands operands) => statements.Run(statement, operands);

    /// <summary>A smaller nursery brings more collections; it must still hold any object that is not large. Steps of marking stay as large as they
    /// were (upstream sets them apart, too: PYPY_GC_INCREMENT_STEP): no smaller than pinned objects' parents, or marking never ends.</summary>
    private void PerturbNursery(int choice)
    {
        var bytes = gc.Settings.NurseryBytes >> (choice * 2) & ~7L;
        if (choice == 0 || bytes < gc.Settings.LargeObjectBytes)
            return;
        gc.Words.Counters(Process.Site("gc.nursery-size"));
        gc.Words.SetNursery(gc.Settings with { NurseryBytes = bytes }, gc.Settings.IncrementStepBytes);
    }

    /// <summary>A lower threshold brings major collections that a small program would never see.</summary>
    private void PerturbThreshold(int choice)
    {
        if (choice == 0)
            return;
        var words = gc.Words;
        words.Counters(Process.Site("gc.threshold"));
        words.MinHeapSize /= 1 << (choice * 4);
        words.NextMajorCollectionInitial = words.MinHeapSize;
        words.NextMajorCollectionThreshold = words.MinHeapSize;
    }
}
