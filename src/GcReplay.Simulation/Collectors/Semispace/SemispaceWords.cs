using GcReplay.Heaps.Memory;

namespace GcReplay.Simulation.Collectors.Semispace;

/// <summary>Offsets of the collector's state and of objects.</summary>
internal static class SemispaceWords
{
    public const int Phase = 0;
    public const int Enabled = 8;

    /// <summary>Bytes of each space that are in use: a power of two times a page.</summary>
    public const int SpaceBytes = 16;

    /// <summary>0 or 1: the space in which objects are born, and during a collection the one that they are copied to.</summary>
    public const int Space = 24;

    /// <summary>First byte that is free in it.</summary>
    public const int Free = 32;

    /// <summary>During a collection: the first object that was copied and not scanned.</summary>
    public const int Scan = 40;
    public const int Collections = 48;
    public const int FreedObjects = 56;
    public const int StateBytes = 64;

    /// <summary>Type in bits 0 to 31, then the flags. Of an object that was copied: <see cref="ForwardedBit"/> and where it is now.</summary>
    public const int Header = 0;
    public const int Size = 8;
    public const int Slots = 16;

    public const ulong GreyBit = 1UL << 48;

    /// <summary>In which of the two spaces the object lies.</summary>
    public const int SpaceShift = 49;
    public const ulong SpaceBit = 1UL << SpaceShift;
    public const ulong ForwardedBit = 1UL << 63;
    public const ulong AddressMask = Windows.ProcessEnd - 1;

    public const ulong SpaceBytesMax = 1UL << 32;

    public static Address Start(ulong space) => new(0x6A00_0000_0000 + space * 0x100_0000_0000);
}

/// <summary>Numbers of the phases; the names are <see cref="SemispaceFamily.Phases"/>.</summary>
internal enum SemispacePhase : ulong
{
    Idle = 0,
    Copying = 1,
}
