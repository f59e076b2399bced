namespace GcReplay.Traces.Files;

/// <summary>What FORMAT.md fixes: version, marks and sizes of the trace file. Limits: <see cref="TraceLimits"/>.</summary>
public static class TraceFormat
{
    // 1.0: the first version that every later one reads. Frames name their codec and checksum; columns of a block are named by number;
    //      whatever a reader does not know can be passed over: frame kinds from 64, columns, further items of a record.
    // 0.1: before any release; read by nothing any more.
    public const int VersionMajor = 1;
    public const int VersionMinor = 0;

    /// <summary>First string of every trace.</summary>
    public const string Magic = "gcreplay-trace";

    /// <summary>A MessagePack array of magic, major and minor version.</summary>
    internal const int PrologueBytes = 18;

    /// <summary>A MessagePack array of end marker and offset of the footer.</summary>
    internal const int TrailerBytes = 20;

    internal const sbyte MarkerType = 0x47;

    /// <summary>No frame is shorter: its marker, an empty payload and a byte for each number.</summary>
    internal const int FrameBytesMin = 22;

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
    Pages = 7,

    /// <summary>From here on a reader may pass over what it does not know.</summary>
    Index = 64,
}

/// <summary>How a frame's payload is packed. The numbers are part of the format.</summary>
internal enum FrameCodec : byte
{
    /// <summary>As it is: for writers without a compressor.</summary>
    None = 0,

    Zstd = 1,
}

/// <summary>The numbers are part of the format.</summary>
internal enum ChecksumKind : byte
{
    XxHash3 = 0,

    /// <summary>As zlib and PNG have it: for writers whose standard library has no other.</summary>
    Crc32 = 1,
}
