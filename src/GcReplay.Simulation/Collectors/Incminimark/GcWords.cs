using GcReplay.Heaps.Events;
using GcReplay.Heaps.Memory;
using GcReplay.Simulation.Interpreters;
using GcReplay.Simulation.Recording;

namespace GcReplay.Simulation.Collectors.Incminimark;

/// <summary>The collector's static words, typed. Remembers nothing but where they are.</summary>
internal sealed class GcWords
{
    private readonly Process process;
    private readonly Journal journal;

    public GcWords(Process process, Address at)
    {
        this.process = process;
        journal = process.Journal;
        Address = at;
        Chunks = new ChunkPool(journal, at);
        OldObjectsPointingToYoung = Stack(GcField.OldObjectsPointingToYoung);
        OldObjectsWithCardsSet = Stack(GcField.OldObjectsWithCardsSet);
        ObjectsToTrace = Stack(GcField.ObjectsToTrace);
        MoreObjectsToTrace = Stack(GcField.MoreObjectsToTrace);
        PrebuiltRootObjects = Stack(GcField.PrebuiltRootObjects);
        OldObjectsPointingToPinned = Stack(GcField.OldObjectsPointingToPinned);
        CurrentPointingToPinned = Stack(GcField.CurrentPointingToPinned);
        OldRawmallocedObjects = Stack(GcField.OldRawmallocedObjects);
        RawMallocMightSweep = Stack(GcField.RawMallocMightSweep);
        YoungRawmallocedObjects = Stack(GcField.YoungRawmallocedObjects);
        YoungObjectsWithWeakrefs = Stack(GcField.YoungObjectsWithWeakrefs);
        OldObjectsWithWeakrefs = Stack(GcField.OldObjectsWithWeakrefs);
        SurvivingPinnedObjects = Stack(GcField.SurvivingPinnedObjects);
        TmpStack = Stack(GcField.TmpStack);
        Pending = Stack(GcField.Pending);
        NurseryBarriers = Deque(GcField.NurseryBarriers);
        ProbablyYoungObjectsWithFinalizers = Deque(GcField.ProbablyYoungObjectsWithFinalizers);
        OldObjectsWithFinalizers = Deque(GcField.OldObjectsWithFinalizers);
        RunFinalizers = Deque(GcField.RunFinalizers);
        Marked = Deque(GcField.Marked);
        NewWithFinalizer = Deque(GcField.NewWithFinalizer);
        NurseryObjectsShadows = new AddressMap(journal, at + GcField.NurseryObjectsShadows, IncminimarkRegions.NurseryObjectsShadows);
        YoungRawmallocedIndex = new AddressMap(journal, at + GcField.YoungRawmallocedIndex, IncminimarkRegions.YoungRawmallocedIndex);
        Pins = new AddressVector(journal, at + GcField.Pins, IncminimarkRegions.Pins);
    }

    public Address Address { get; }

    public ChunkPool Chunks { get; }

    public AddressStack OldObjectsPointingToYoung { get; }

    public AddressStack OldObjectsWithCardsSet { get; }

    public AddressStack ObjectsToTrace { get; }

    public AddressStack MoreObjectsToTrace { get; }

    public AddressStack PrebuiltRootObjects { get; }

    public AddressStack OldObjectsPointingToPinned { get; }

    public AddressStack CurrentPointingToPinned { get; }

    public AddressStack OldRawmallocedObjects { get; }

    public AddressStack RawMallocMightSweep { get; }

    /// <summary>In the order of allocation. Upstream: the keys of a dict, in the order of their hashes.</summary>
    public AddressStack YoungRawmallocedObjects { get; }

    public AddressStack YoungObjectsWithWeakrefs { get; }

    public AddressStack OldObjectsWithWeakrefs { get; }

    public AddressStack SurvivingPinnedObjects { get; }

    public AddressStack TmpStack { get; }

    public AddressStack Pending { get; }

    public AddressDeque NurseryBarriers { get; }

    public AddressDeque ProbablyYoungObjectsWithFinalizers { get; }

    public AddressDeque OldObjectsWithFinalizers { get; }

    /// <summary>Objects whose finalizer is to be run, oldest first: the finalizer queue.</summary>
    public AddressDeque RunFinalizers { get; }

    public AddressDeque Marked { get; }

    public AddressDeque NewWithFinalizer { get; }

    public AddressMap NurseryObjectsShadows { get; }

    /// <summary>The members of <see cref="YoungRawmallocedObjects"/>, to be found by address.</summary>
    public AddressMap YoungRawmallocedIndex { get; }

    public AddressVector Pins { get; }

    public GcState State
    {
        get => (GcState)journal.ReadOwn(Address + GcField.State);
        set => journal.WriteOwn(Address + GcField.State, (ulong)value);
    }

    public bool IsEnabled
    {
        get => journal.ReadOwn(Address + GcField.IsEnabled) != 0;
        set => journal.WriteOwn(Address + GcField.IsEnabled, value ? 1UL : 0);
    }

    public bool SingleStep
    {
        get => journal.ReadOwn(Address + GcField.SingleStep) != 0;
        set => journal.WriteOwn(Address + GcField.SingleStep, value ? 1UL : 0);
    }

    public Address Nursery => new(journal.ReadOwn(Address + GcField.Nursery));

    public Address NurseryEnd => Nursery + NurserySize;

    public Address NurseryFree
    {
        get => new(journal.ReadOwn(Address + GcField.NurseryFree));
        set => journal.WriteOwn(Address + GcField.NurseryFree, value.Value);
    }

    public Address NurseryTop
    {
        get => new(journal.ReadOwn(Address + GcField.NurseryTop));
        set => journal.WriteOwn(Address + GcField.NurseryTop, value.Value);
    }

    public long NurserySize => Number(GcField.NurserySize);

    public long NurserySurvivingSize
    {
        get => Number(GcField.NurserySurvivingSize);
        set => Set(GcField.NurserySurvivingSize, value);
    }

    public long SizeObjectsMadeOld
    {
        get => Number(GcField.SizeObjectsMadeOld);
        set => Set(GcField.SizeObjectsMadeOld, value);
    }

    public long ThresholdObjectsMadeOld
    {
        get => Number(GcField.ThresholdObjectsMadeOld);
        set => Set(GcField.ThresholdObjectsMadeOld, value);
    }

    public double NextMajorCollectionInitial
    {
        get => Real(GcField.NextMajorCollectionInitial);
        set => SetReal(GcField.NextMajorCollectionInitial, value);
    }

    public double NextMajorCollectionThreshold
    {
        get => Real(GcField.NextMajorCollectionThreshold);
        set => SetReal(GcField.NextMajorCollectionThreshold, value);
    }

    public double MinHeapSize
    {
        get => Real(GcField.MinHeapSize);
        set => SetReal(GcField.MinHeapSize, value);
    }

    public long RawmallocedTotalSize
    {
        get => Number(GcField.RawmallocedTotalSize);
        set => Set(GcField.RawmallocedTotalSize, value);
    }

    public long PinnedObjectsInNursery
    {
        get => Number(GcField.PinnedObjectsInNursery);
        set => Set(GcField.PinnedObjectsInNursery, value);
    }

    public bool UpdatedPointingToPinned
    {
        get => Number(GcField.UpdatedPointingToPinned) != 0;
        set => Set(GcField.UpdatedPointingToPinned, value ? 1 : 0);
    }

    public long KeptAliveByFinalizer
    {
        get => Number(GcField.KeptAliveByFinalizer);
        set => Set(GcField.KeptAliveByFinalizer, value);
    }

    public long NumMajorCollects
    {
        get => Number(GcField.NumMajorCollects);
        set => Set(GcField.NumMajorCollects, value);
    }

    public long Freed
    {
        get => Number(GcField.Freed);
        set => Set(GcField.Freed, value);
    }

    /// <summary>Largest size, not rounded, of an object that is allocated in the nursery.</summary>
    public long NonlargeMax => Number(GcField.NonlargeMax);

    /// <summary>Bytes that a step of marking visits.</summary>
    public long GcIncrementStep => Number(GcField.GcIncrementStep);

    public long MaxNumberOfPinnedObjects => Number(GcField.MaxNumberOfPinnedObjects);

    /// <summary>Raw-malloced objects that a step of sweeping looks at.</summary>
    public long RawSweepLimit => Number(GcField.RawSweepLimit);

    /// <summary>Pages that a step of sweeping looks at.</summary>
    public long PageSweepLimit => Number(GcField.PageSweepLimit);

    public Address SingleAddr => Address + GcField.SingleAddr;

    public bool IsInNursery(Address reference)
    {
        var nursery = Nursery;
        return reference >= nursery && reference < nursery + NurserySize;
    }

    /// <summary>Sets the size of the nursery and what follows from it, in the open event.</summary>
    /// <param name="incrementStepBytes">Bytes that a step of marking visits.</param>
    public void SetNursery(IncminimarkSettings settings, long incrementStepBytes)
    {
        Set(GcField.NurserySize, settings.NurseryBytes);
        Set(GcField.NonlargeMax, settings.NonlargeMaxBytes);
        Set(GcField.GcIncrementStep, incrementStepBytes);
        Set(GcField.MaxNumberOfPinnedObjects, settings.MaxPinned);
        Set(GcField.RawSweepLimit, settings.RawSweepLimit);
        Set(GcField.PageSweepLimit, settings.PageSweepLimit);
        journal.WriteOwn(Address + GcField.Nursery, IncminimarkRegions.Nursery.Value);
        NurseryFree = IncminimarkRegions.Nursery;
        NurseryTop = IncminimarkRegions.Nursery + settings.NurseryBytes;
    }

    /// <summary>Opens an event about the collector's own numbers.</summary>
    public void Counters(int site = 0) => process.Event(EventKind.Counters, Address.Value, 0, 0, 0, site);

    // Wild stores reach these words too: arithmetic on them is modulo 2^64, as upstream's.
    private long Number(int offset) => unchecked((long)journal.ReadOwn(Address + offset));

    private void Set(int offset, long value) => journal.WriteOwn(Address + offset, unchecked((ulong)value));

    private double Real(int offset) => BitConverter.UInt64BitsToDouble(journal.ReadOwn(Address + offset));

    private void SetReal(int offset, double value) => journal.WriteOwn(Address + offset, BitConverter.DoubleToUInt64Bits(value));

    private AddressStack Stack(int offset) => new(journal, Chunks, Address + offset);

    private AddressDeque Deque(int offset) => new(journal, Chunks, Address + offset);
}

/// <summary>Where the major collection stands. The numbers are indexes of phases.</summary>
internal enum GcState
{
    Scanning = 0,
    Marking,
    Sweeping,
    Finalizing,
}
