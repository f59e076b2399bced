namespace GcReplay.Traces.Files;

/// <summary>What FORMAT.md fixes: version, sizes and limits of the trace file.</summary>
/// <remarks>The limits bound what a hostile file can make a reader allocate; a writer that would exceed one says so.</remarks>
public static class TraceFormat
{
    // 0.1: the first version.
    public const int VersionMajor = 0;
    public const int VersionMinor = 1;

    /// <summary>First string of every trace.</summary>
    public const string Magic = "gcreplay-trace";

    /// <summary>A MessagePack array of magic, major and minor version.</summary>
    internal const int PrologueBytes = 18;

    /// <summary>A MessagePack array of end marker and offset of the footer.</summary>
    internal const int TrailerBytes = 20;

    internal const sbyte MarkerType = 0x47;

    /// <summary>More than any frame head has.</summary>
    internal const int FrameHeadBytesMax = 72;

    /// <summary>No frame is shorter: its marker, its checksum and a byte for each other number.</summary>
    internal const int FrameBytesMin = 27;

    internal const int RawBytesMax = 1 << 28;
    internal const int BlockEventsMax = 1 << 20;
    internal const int BlockChangesMax = 1 << 24;
    internal const int ListItemsMax = 1 << 24;
    internal const int ChoicesPerFrame = 1 << 16;

    /// <summary>Pages of one checkpoint frame; a larger state takes several frames.</summary>
    internal const int PagesPerFrame = 1 << 10;

    /// <summary>Compression level: measured, a higher one saves next to nothing on these columns.</summary>
    internal const int ZstdLevel = 1;

    /// <summary>Opens every frame, so that one can be found again behind damage.</summary>
    internal static ReadOnlySpan<byte> FrameMarker => [0xF7, (byte)'G', (byte)'C', (byte)'f', (byte)'r', (byte)'a', (byte)'m', (byte)'e'];

    internal static ReadOnlySpan<byte> EndMarker => [0xF7, (byte)'G', (byte)'C', (byte)'e', (byte)'n', (byte)'d', (byte)'.', (byte)'.'];
}

/// <summary>What a frame holds. The numbers are part of the format.</summary>
internal enum FrameKind : byte
{
    Header = 1,
    Events = 2,
    Checkpoint = 3,
    Choices = 4,
    Outcome = 5,
    Footer = 6,
}
