namespace GcReplay.Simulation.Collectors.MarkSweep;

/// <summary>Offsets of the collector's state and of objects.</summary>
internal static class MarkSweepWords
{
    public const int Phase = 0;
    public const int Enabled = 8;
    public const int Trigger = 16;
    public const int Budget = 24;

    /// <summary>Allocations since the last increment.</summary>
    public const int Allocated = 32;
    public const int Cycles = 40;
    public const int FreedObjects = 48;

    /// <summary>Head of the list of all objects that are not waiting to be swept.</summary>
    public const int Objects = 56;

    /// <summary>Head of the list of objects that the sweep has not reached.</summary>
    public const int ToSweep = 64;

    /// <summary>Address of the mark stack's first item.</summary>
    public const int MarkStack = 72;
    public const int MarkStackCount = 80;
    public const int StateBytes = 88;

    /// <summary>Where the mark stack lies. An object is pushed at most once a cycle, so its size bounds the number of objects.</summary>
    public const ulong MarkStackStart = 0x7D00_0000_0000;
    public const ulong MarkStackBytes = 0x400_0000;

    /// <summary>Type in bits 0 to 31, then the colour bits.</summary>
    public const int Header = 0;
    public const int NextObject = 8;
    public const int Size = 16;
    public const int Slots = 24;

    public const ulong GreyBit = 1UL << 32;
    public const ulong BlackBit = 1UL << 33;
}

/// <summary>Numbers of the phases; the names are <see cref="MarkSweepFamily.Phases"/>.</summary>
internal enum MarkSweepPhase : ulong
{
    Idle = 0,
    Marking = 1,
    Sweeping = 2,
}
