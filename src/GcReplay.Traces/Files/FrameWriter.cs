using System.Buffers;
using GcReplay.Heaps;
using MessagePack;
using ZstdSharp;

namespace GcReplay.Traces.Files;

/// <summary>Appends frames to a trace file; each with one write, so that a killed recorder leaves whole frames.</summary>
internal sealed class FrameWriter : IDisposable
{
    private readonly string path;
    private readonly Stream stream;
    private readonly WriterLock? writing;
    private readonly Compressor compressor = new(TraceFormat.ZstdLevel);
    private readonly ArrayBufferWriter<byte> buffer = new(1 << 16);
    private byte[] payload = [];

    /// <summary>Creates the file, or empties the trace that was there, and writes the prologue.</summary>
    /// <exception cref="GcReplayException">The file can not be written, or is something other than a trace.</exception>
    public FrameWriter(string path)
    {
        this.path = path;
        CheckTarget(path);
        writing = new WriterLock(path);
        try
        {
            // No buffer: what a frame's write has given to the system survives the end of this process.
            stream = Guarded(path, () => new FileStream(path, FileMode.Create, FileAccess.Write, FileShare.Read, 0));
            WritePrologue();
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <summary>Writes to a stream instead, and closes it in the end.</summary>
    /// <param name="name">What messages call it.</param>
    /// <exception cref="GcReplayException">It can not be written.</exception>
    public FrameWriter(Stream stream, string name)
    {
        (this.stream, path) = (stream, name);
        try
        {
            WritePrologue();
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    public long BytesWritten { get; private set; }

    /// <summary>How payloads are packed. Without compression the checksum is the one that every standard library has, too.</summary>
    public FrameCodec Codec { get; init; } = FrameCodec.Zstd;

    /// <summary>Heads and offsets of all frames so far.</summary>
    public List<FrameEntry> Entries { get; } = [];

    /// <exception cref="GcReplayException">The disk is full, or refuses to be written.</exception>
    public void Write(FrameKind kind, long first, int count, ReadOnlySpan<byte> raw)
    {
        if (raw.Length > TraceLimits.RawBytes)
        {
            throw new GcReplayException(
                $"{path}: a {kind} frame of {raw.Length} bytes is more than the {TraceLimits.RawBytes} that a trace can hold. "
                + "Record a smaller program.");
        }

        if (Codec == FrameCodec.None)
        {
            Append(FrameHead.Of(kind, FrameCodec.None, ChecksumKind.Crc32, first, count, raw.Length, raw), raw);
            return;
        }

        var bound = Compressor.GetCompressBound(raw.Length);
        if (payload.Length < bound)
            payload = new byte[bound];
        var compressed = payload.AsSpan(0, compressor.Wrap(raw, payload));
        Append(FrameHead.Of(kind, FrameCodec.Zstd, ChecksumKind.XxHash3, first, count, raw.Length, compressed), compressed);
    }

    /// <summary>Appends a frame of another trace as it stands there.</summary>
    public void Copy(in FrameEntry entry, ReadOnlySpan<byte> bytes)
    {
        Entries.Add(entry with { Offset = BytesWritten });
        buffer.Write(bytes);
        Flush();
    }

    /// <summary>Writes the table of all frames and the trailer: the trace is whole.</summary>
    public void WriteFooter()
    {
        var offset = BytesWritten;
        var table = FooterCodec.Encode(Entries);
        Write(FrameKind.Footer, 0, Entries.Count, table);
        var writer = new MessagePackWriter(buffer);
        writer.WriteArrayHeader(2);
        writer.WriteExtensionFormatHeader(new ExtensionHeader(TraceFormat.MarkerType, TraceFormat.EndMarker.Length));
        writer.WriteRaw(TraceFormat.EndMarker);
        writer.WriteUInt64((ulong)offset);
        writer.Flush();
        Flush();
    }

    public void Dispose()
    {
        compressor.Dispose();
        stream?.Dispose();
        writing?.Dispose();
    }

    /// <summary>Whether a trace may be written here; one that exists may be replaced.</summary>
    /// <exception cref="GcReplayException">No name, a folder, a folder that does not exist, or a file that is no trace.</exception>
    public static void CheckTarget(string path)
    {
        if (path.Length == 0)
            throw new GcReplayException("the name of the trace is empty; name a file.");
        if (Directory.Exists(path))
            throw new GcReplayException($"{path} is a folder; a trace is a file. Name one: {Path.Combine(path, "run.gctrace")}");
        var folder = Path.GetDirectoryName(Path.GetFullPath(path));
        if (folder is not null && !Directory.Exists(folder))
            throw new GcReplayException($"cannot write {path}: the folder {folder} does not exist. Create it, or name another file.");
        Guarded(path, () => File.Exists(path) && new FileInfo(path).Length > 0 && !FilePrologue.IsTrace(path)
            ? throw new GcReplayException($"{path} exists and is no trace: it is left as it is. Name another file, or remove it.")
            : true);
    }

    private static T Guarded<T>(string path, Func<T> open)
    {
        try
        {
            return open();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or NotSupportedException or ArgumentException)
        {
            throw new GcReplayException($"cannot write {path}: {e.Message.TrimEnd('.')}. Check its permissions, or name another file.", e);
        }
    }

    private void Append(in FrameHead head, ReadOnlySpan<byte> bytes)
    {
        head.Write(buffer);
        var writer = new MessagePackWriter(buffer);
        writer.Write(bytes);
        writer.Flush();
        Entries.Add(new FrameEntry(head.Kind, BytesWritten, buffer.WrittenCount, head.First, head.Count));
        Flush();
    }

    private void WritePrologue()
    {
        FilePrologue.Write(buffer);
        Flush();
    }

    private void Flush()
    {
        try
        {
            stream.Write(buffer.WrittenSpan);
        }
        catch (Exception e) when (DiskFailure.Is(e))
        {
            throw new TraceWriteException(
                $"cannot write {path} after {BytesWritten} bytes: {DiskFailure.Text(e)}. {Kept()} Free some space, or write to another disk.",
                DiskFailure.Text(e),
                e);
        }

        BytesWritten += buffer.WrittenCount;
        buffer.ResetWrittenCount();
    }

    /// <summary>What there is, now that no more can be written. The frame under way may be among the entries already, at the end.</summary>
    private string Kept()
    {
        var events = Entries.FindLast(entry => entry.Kind == FrameKind.Events && entry.Offset + entry.Length <= BytesWritten);
        return events.Count > 0
            ? $"Events 1-{events.First + events.Count - 1} are in it and open as an interrupted trace. To make a whole one of them: gcreplay salvage {ShellWord.Of(path)} -o FILE."
            : "No event is in it.";
    }
}
