namespace GcReplay.Simulation.Collectors.Incminimark;

/// <summary>Offsets of the collector's static words.</summary>
/// <remarks>Names are upstream's: rpython/memory/gc/incminimark.py, IncrementalMiniMarkGC.__init__.</remarks>
internal static class GcField
{
    public const int State = 0;
    public const int IsEnabled = 8;
    public const int SingleStep = 16;
    public const int Nursery = 24;
    public const int NurseryFree = 32;
    public const int NurseryTop = 40;
    public const int NurserySize = 48;
    public const int NurserySurvivingSize = 56;
    public const int SizeObjectsMadeOld = 64;
    public const int ThresholdObjectsMadeOld = 72;
    public const int NextMajorCollectionInitial = 80;
    public const int NextMajorCollectionThreshold = 88;
    public const int MinHeapSize = 96;
    public const int RawmallocedTotalSize = 104;
    public const int PinnedObjectsInNursery = 112;
    public const int UpdatedPointingToPinned = 120;
    public const int KeptAliveByFinalizer = 128;
    public const int NumMajorCollects = 136;

    /// <summary>Objects freed so far; upstream does not count them.</summary>
    public const int Freed = 144;

    /// <summary>A reference that a minor collection drags out for a list: upstream's singleaddr.</summary>
    public const int SingleAddr = 152;

    /// <summary>End of the prebuilt objects.</summary>
    public const int PrebuiltEnd = 160;

    /// <summary>Chunks that no stack uses, linked through their first word, and the end of those ever made.</summary>
    public const int UnusedChunks = 168;
    public const int ChunksEnd = 176;
    public const int ChunksMapped = 184;

    // What follows from the size of the nursery and the parameters.
    public const int NonlargeMax = 192;
    public const int GcIncrementStep = 200;
    public const int MaxNumberOfPinnedObjects = 208;
    public const int RawSweepLimit = 216;
    public const int PageSweepLimit = 224;

    /// <summary>The allocator of small objects: its words are at <see cref="SmallObjects"/>.</summary>
    public const int Ac = 232;

    // Stacks: the newest chunk, and how many of its items are used.
    public const int OldObjectsPointingToYoung = 240;
    public const int OldObjectsWithCardsSet = OldObjectsPointingToYoung + AddressStack.Bytes;
    public const int ObjectsToTrace = OldObjectsWithCardsSet + AddressStack.Bytes;
    public const int MoreObjectsToTrace = ObjectsToTrace + AddressStack.Bytes;
    public const int PrebuiltRootObjects = MoreObjectsToTrace + AddressStack.Bytes;
    public const int OldObjectsPointingToPinned = PrebuiltRootObjects + AddressStack.Bytes;

    /// <summary>What upstream keeps in the local current_old_objects_pointing_to_pinned.</summary>
    public const int CurrentPointingToPinned = OldObjectsPointingToPinned + AddressStack.Bytes;
    public const int OldRawmallocedObjects = CurrentPointingToPinned + AddressStack.Bytes;
    public const int RawMallocMightSweep = OldRawmallocedObjects + AddressStack.Bytes;
    public const int YoungRawmallocedObjects = RawMallocMightSweep + AddressStack.Bytes;
    public const int YoungObjectsWithWeakrefs = YoungRawmallocedObjects + AddressStack.Bytes;
    public const int OldObjectsWithWeakrefs = YoungObjectsWithWeakrefs + AddressStack.Bytes;
    public const int SurvivingPinnedObjects = OldObjectsWithWeakrefs + AddressStack.Bytes;

    /// <summary>The stack that walks of finalizers clear flags with, and a list that is being made anew.</summary>
    public const int TmpStack = SurvivingPinnedObjects + AddressStack.Bytes;

    /// <summary>What upstream keeps in the local pending of deal_with_objects_with_finalizers.</summary>
    public const int Pending = TmpStack + AddressStack.Bytes;

    // Deques: oldest and newest chunk, index of the first item and behind the last.
    public const int NurseryBarriers = Pending + AddressStack.Bytes;
    public const int ProbablyYoungObjectsWithFinalizers = NurseryBarriers + AddressDeque.Bytes;
    public const int OldObjectsWithFinalizers = ProbablyYoungObjectsWithFinalizers + AddressDeque.Bytes;
    public const int RunFinalizers = OldObjectsWithFinalizers + AddressDeque.Bytes;

    /// <summary>What upstream keeps in the locals marked and new_with_finalizer.</summary>
    public const int Marked = RunFinalizers + AddressDeque.Bytes;
    public const int NewWithFinalizer = Marked + AddressDeque.Bytes;

    // Tables in windows of their own.
    public const int NurseryObjectsShadows = NewWithFinalizer + AddressDeque.Bytes;
    public const int YoungRawmallocedIndex = NurseryObjectsShadows + AddressMap.Bytes;
    public const int Pins = YoungRawmallocedIndex + AddressMap.Bytes;

    /// <summary>Where the words of the small-object allocator begin.</summary>
    public const int SmallObjects = Pins + AddressVector.Bytes;
}
