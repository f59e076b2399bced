using GcReplay.Heaps.Memory;

namespace GcReplay.Simulation.Collectors.StoreBuffer;

/// <summary>Offsets of the collector's state and of objects, and where its own memory lies.</summary>
internal static class GenerationalWords
{
    public const int Phase = 0;
    public const int Enabled = 8;
    public const int NurseryBytes = 16;

    /// <summary>First byte of the nursery that is free.</summary>
    public const int NurseryFree = 24;

    /// <summary>Bytes of the objects in the old generation.</summary>
    public const int OldBytes = 32;

    /// <summary>Bytes in the old generation that are worth a major collection, now and at least.</summary>
    public const int Threshold = 40;
    public const int ThresholdMin = 48;

    /// <summary>Address of the first item, number of items.</summary>
    public const int Buffer = 56;
    public const int BufferCount = 64;
    public const int BufferItems = 72;
    public const int Remembered = 80;
    public const int RememberedCount = 88;
    public const int MarkStack = 96;
    public const int MarkStackCount = 104;

    public const int FreedObjects = 112;
    public const int Minors = 120;
    public const int Majors = 128;

    /// <summary>Address of the struct of the old generation, which follows.</summary>
    public const int OldGeneration = 136;
    public const int Lists = 144;

    /// <summary>Head of the list of old objects.</summary>
    public const int Objects = Lists;

    /// <summary>Head of the list of old objects that the sweep has not reached.</summary>
    public const int ToSweep = Lists + 8;
    public const int OldGenerationBytes = 16;
    public const int StateBytes = Lists + OldGenerationBytes;

    /// <summary>Type in bits 0 to 31, then the flags. Of an object that was promoted: <see cref="ForwardedBit"/> and where it is now.</summary>
    public const int Header = 0;

    /// <summary>Of old objects.</summary>
    public const int NextObject = 8;
    public const int Size = 16;
    public const int Slots = 24;

    public const int RememberedShift = 48;
    public const int MarkedShift = 49;
    public const ulong RememberedBit = 1UL << RememberedShift;
    public const ulong MarkedBit = 1UL << MarkedShift;
    public const ulong ForwardedBit = 1UL << 63;
    public const ulong AddressMask = Windows.ProcessEnd - 1;

    public const ulong NurseryBytesMax = 1UL << 30;

    /// <summary>Each of the containers below holds an object once at most, so its size bounds the number of old objects.</summary>
    public const ulong ContainerBytes = 0x400_0000;

    public static readonly Address Nursery = new(0x6A00_0000_0000);
    public static readonly Address BufferStart = new(0x6B00_0000_0000);
    public static readonly Address RememberedStart = new(0x6B10_0000_0000);
    public static readonly Address MarkStackStart = new(0x6B20_0000_0000);
}

/// <summary>Numbers of the phases; the names are <see cref="GenerationalFamily.Phases"/>.</summary>
internal enum GenerationalPhase : ulong
{
    Idle = 0,
    Minor = 1,
    Marking = 2,
    Sweeping = 3,
}
