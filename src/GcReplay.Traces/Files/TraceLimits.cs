namespace GcReplay.Traces.Files;

/// <summary>Every limit of the trace file: what bounds the time and memory that a hostile one can cost.</summary>
/// <remarks>A writer that would exceed one says so. FORMAT.md lists them. What grows with a list only grows as its items arrive.</remarks>
internal static class TraceLimits
{
    /// <summary>Decompressed bytes of a frame.</summary>
    public const int RawBytes = 1 << 28;

    /// <summary>Bytes of a frame's head; more than any has today.</summary>
    public const int HeadBytes = 128;

    /// <summary>Bytes of a frame's payload as it stands in the file.</summary>
    public const int PayloadBytes = RawBytes * 2;

    /// <summary>Bytes of a whole frame.</summary>
    public const int FrameBytes = PayloadBytes + HeadBytes + 5;

    public const int BlockEvents = 1 << 20;

    /// <summary>Changed words of a block.</summary>
    public const int BlockChanges = 1 << 24;

    /// <summary>Columns of a block that a reader looks at, known or not.</summary>
    public const int BlockColumns = 1 << 12;

    /// <summary>Items of a list in a header.</summary>
    public const int ListItems = 1 << 24;

    /// <summary>Structs of a layout: kept small, since each may have as many fields as this allows parts.</summary>
    public const int Structs = 1 << 10;

    /// <summary>As many as an object's descriptor can name.</summary>
    public const int Interpreters = 1 << 16;

    public const int Scripts = 1 << 20;

    /// <summary>Fields, containers, meanings, colours, phases, regions, names in a condition, promises.</summary>
    public const int PartsOfStruct = 1 << 12;

    public const int Types = 1 << 20;

    public const int Sites = 1 << 16;

    public const int Threads = 1 << 16;

    /// <summary>Statements of a program: each becomes four objects in memory from few bytes of a file.</summary>
    public const int Operations = 1 << 22;

    /// <summary>Bytes from a struct to any part of it, either way.</summary>
    public const int OffsetBytes = 1 << 28;

    public const int ChoicesPerFrame = 1 << 16;

    /// <summary>Choices of a trace.</summary>
    public const int Choices = 1 << 24;

    /// <summary>Pages of one Pages frame: what is read at least when one of them is touched.</summary>
    public const int PagesPerFrame = 16;

    /// <summary>Pages of a whole state.</summary>
    public const int Pages = 1 << 22;

    /// <summary>Indexes of blocks that a reader keeps, as bytes of their frames when decompressed: then questions do not read them again.</summary>
    public const long KeptSummaryBytes = 1 << 26;

    /// <summary>A checkpoint of no more pages is read as a whole when it is loaded, and compared with its state hash.</summary>
    public const int VerifiedPages = 1 << 6;

    /// <summary>A file of more bytes is not read as a whole when it is opened: its frames are checked when they are read.</summary>
    public const long VerifiedBytes = 1 << 25;

    /// <summary>Events that damaged bytes can have held, each: a frame of 16 bytes may hold a block.</summary>
    public const long EventsOfAByte = BlockEvents / 16;

    /// <summary>Lost events in one place; what is behind more of them is not opened.</summary>
    public const long LostEvents = 1L << 33;
}
