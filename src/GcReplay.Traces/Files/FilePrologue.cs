using System.Buffers;
using GcReplay.Heaps;
using MessagePack;

namespace GcReplay.Traces.Files;

/// <summary>The first bytes of a trace: that it is one, and of which version.</summary>
internal static class FilePrologue
{
    public static void Write(IBufferWriter<byte> output)
    {
        var writer = new MessagePackWriter(output);
        writer.WriteArrayHeader(3);
        writer.Write(TraceFormat.Magic);
        writer.Write(TraceFormat.VersionMajor);
        writer.Write(TraceFormat.VersionMinor);
        writer.Flush();
    }

    /// <summary>Whether the file begins like a trace of any version.</summary>
    public static bool IsTrace(string path)
    {
        using var file = File.OpenHandle(path);
        var bytes = new byte[32];
        var length = RandomAccess.Read(file, bytes, 0);
        return Read(bytes.AsMemory(0, length)) is not null;
    }

    /// <returns>What to warn of: a newer minor version; null otherwise.</returns>
    /// <exception cref="GcReplayException">No trace, or one of another major version.</exception>
    public static string? Check(string path, ReadOnlyMemory<byte> bytes)
    {
        if (bytes.Length == 0)
            throw new GcReplayException($"{path} is empty: its recorder was stopped before it wrote anything. Record it again.");
        if (Read(bytes) is not { } version)
        {
            throw new GcReplayException(
                $"{path} is no trace: it does not begin with '{TraceFormat.Magic}'. To make one: gcreplay record PROGRAM -o FILE.gctrace");
        }

        if (version.Major != TraceFormat.VersionMajor)
        {
            throw new GcReplayException(
                $"{path} has trace format {version.Major}.{version.Minor}; this gcreplay reads format "
                + $"{TraceFormat.VersionMajor}.x. Open it with the gcreplay that wrote it, or record it again with this one.");
        }

        return version.Minor <= TraceFormat.VersionMinor
            ? null
            : $"trace format {version.Major}.{version.Minor} is newer than this gcreplay's {TraceFormat.VersionMajor}.{TraceFormat.VersionMinor}: "
            + "what it does not know is left out";
    }

    private static (int Major, int Minor)? Read(ReadOnlyMemory<byte> bytes)
    {
        try
        {
            var reader = new MessagePackReader(bytes);
            return reader.ReadArrayHeader() >= 3 && reader.ReadString() == TraceFormat.Magic
                ? (reader.ReadByte(), reader.ReadByte())
                : null;
        }
        catch (Exception e) when (MessagePackErrors.Is(e))
        {
            return null;
        }
    }
}
