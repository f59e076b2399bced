using GcReplay.Heaps;

namespace GcReplay.Traces.Files;

/// <summary>What a disk says when it takes no more bytes.</summary>
public static class DiskFailure
{
    /// <summary>Whether a write failed with this because of the disk, the file system or a limit of the process.</summary>
    public static bool Is(Exception e) => e is IOException or UnauthorizedAccessException || IsTooLarge(e);

    /// <summary>The reason, without a stop and without the path, which whoever asks has named already.</summary>
    public static string Text(Exception e) =>
        IsTooLarge(e) ? "the file may not become larger, by a limit of this process or of the file system" : e.Message.Split(" : '")[0].TrimEnd('.');

    /// <summary>EFBIG, as .NET puts it.</summary>
    private static bool IsTooLarge(Exception e) => e is ArgumentOutOfRangeException { ParamName: "value" };
}

/// <summary>A trace file took no more bytes. What was written before is a trace whose recorder was stopped.</summary>
public sealed class TraceWriteException(string message, string reason, Exception inner) : GcReplayException(message, inner)
{
    /// <summary>What the disk said.</summary>
    public string Reason { get; } = reason;
}
