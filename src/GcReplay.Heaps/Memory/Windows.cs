namespace GcReplay.Heaps.Memory;

/// <summary>Where the shadow lives: the one thing beside the process's own words is kept as words too, in windows of the same
/// address space above 2^63, so that journal, checkpoints and state hash treat it like memory.</summary>
public static class Windows
{
    /// <summary>First address that the simulated process can not name.</summary>
    public const ulong ProcessEnd = 1UL << 47;

    /// <summary>One word for each word of the process: the cell that starts there, or 0. See <see cref="Cell"/>.</summary>
    public const ulong Cells = 1UL << 63;

    /// <summary>Two words for each program object: address, descriptor. See <see cref="ObjectEntry"/>.</summary>
    public const ulong ProgramObjects = 0xC000_0000_0000_0000;

    /// <summary>Four words for each program object born in a script: address, descriptor, number, none.</summary>
    public const ulong ScriptObjects = 0xC400_0000_0000_0000;

    /// <summary>Two words for each runtime object (interpreter structs, thread structs).</summary>
    public const ulong RuntimeObjects = 0xC800_0000_0000_0000;

    /// <summary>One bit for each page of the process: set when mapped.</summary>
    public const ulong PageMap = 0xD000_0000_0000_0000;

    /// <summary>For each thread 2^24 bytes: the depth, then the numbers of the events that opened its spans.</summary>
    public const ulong Spans = 0xE000_0000_0000_0000;

    public const int SpansShift = 24;

    /// <summary>Word 0: the current thread. Word 1: words in live cells. Word 2: objects born in scripts.</summary>
    public const ulong Counters = 0xF000_0000_0000_0000;

    public static bool IsProcess(Address address) => address.Value < ProcessEnd;

    public static bool IsCellWord(Address address) => address.Value is >= Cells and < Cells + ProcessEnd;

    public static Address CellWord(Address address) => new(Cells | address.Value);

    /// <summary>The row that a cell word names: see <see cref="Cell.Row"/>.</summary>
    public static Address Row(uint row, bool runtime) =>
        new(runtime ? RuntimeObjects + row * 16UL : row < Cell.ScriptRows ? ProgramObjects + row * 16UL : ScriptObjects + (row - Cell.ScriptRows) * 32UL);

    public static Address PageMapWord(ulong page) => new(PageMap + (page >> 6) * 8);

    public static Address SpanDepth(int thread) => new(Spans + ((ulong)thread << SpansShift));
}
