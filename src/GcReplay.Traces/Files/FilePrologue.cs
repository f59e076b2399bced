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

    /// <exception cref="GcReplayException">No trace, or one of another version.</exception>
    public static void Check(string path, ReadOnlyMemory<byte> bytes)
    {
        if (bytes.Length == 0)
            throw new GcReplayException($"{path} is empty: its recorder was stopped before it wrote anything. Record it again.");
        if (Read(bytes) is not { } version)
        {
            throw new GcReplayException(
                $"{path} is no trace: it does not begin with '{TraceFormat.Magic}'. To make one: gcreplay record PROGRAM -o FILE.gctrace");
        }

        const string here = "this gcreplay reads format 0.1";
        if (version != (TraceFormat.VersionMajor, TraceFormat.VersionMinor))
        {
            throw new GcReplayException(
                $"{path} has trace format {version.Major}.{version.Minor}; {here}. "
                + "Open it with the gcreplay that wrote it, or record it again with this one.");
        }
    }

    private static (int Major, int Minor)? Read(ReadOnlyMemory<byte> bytes)
    {
        try
        {
            var reader = new MessagePackReader(bytes);
            return reader.ReadArrayHeader() == 3 && reader.ReadString() == TraceFormat.Magic
                ? (reader.ReadInt32(), reader.ReadInt32())
                : null;
        }
        catch (Exception e) when (MessagePackErrors.Is(e))
        {
            return null;
        }
    }
}
