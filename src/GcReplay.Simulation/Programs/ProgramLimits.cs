namespace GcReplay.Simulation.Programs;

/// <summary>How large a program can ask things to be. A simulated object of the highest slot count takes 8 MB.</summary>
public static class ProgramLimits
{
    /// <summary>Slots, indices, counts, global slots and places of a frame, where a row says no other.</summary>
    public const long NumberMax = 1_000_000;

    /// <summary>Numbers with a point lie below it, and above its negative.</summary>
    public const double DecimalEnd = 1e15;

    public const long LoopCountMax = 1_000_000_000;

    /// <summary>Loops and choices within each other. Parser and printer recurse this deep and no deeper.</summary>
    public const int DepthMax = 64;

    /// <summary>Threads that a program declares: each has a place for its stack, and the process has so many.</summary>
    public const int ThreadsMax = 4096;
}
