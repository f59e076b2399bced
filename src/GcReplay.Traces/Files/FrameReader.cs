using GcReplay.Heaps;
using MessagePack;
using Microsoft.Win32.SafeHandles;
using ZstdSharp;

namespace GcReplay.Traces.Files;

/// <summary>Reads frames at given places of a trace file, and checks them.</summary>
/// <remarks>Memory: one frame's bytes, packed and not. The file's length is taken once, when it is opened.</remarks>
internal sealed class FrameReader : IDisposable
{
    private readonly SafeFileHandle file;
    private readonly Decompressor decompressor = new();
    private byte[] compressed = [];
    private byte[] reused = [];

    /// <exception cref="GcReplayException">The file can not be read.</exception>
    public FrameReader(string path)
    {
        Path = path;
        if (Directory.Exists(path))
            throw new GcReplayException($"{path} is a folder; name a trace in it.");
        try
        {
            file = File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
            FileLength = RandomAccess.GetLength(file);
        }
        catch (ArgumentException e) when (path.Length == 0)
        {
            throw new GcReplayException("the name of the trace is empty; name a file.", e);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new GcReplayException($"{path} does not exist. To make a trace: gcreplay record PROGRAM -o {ShellWord.Of(path)}", e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or NotSupportedException or ArgumentException)
        {
            throw new GcReplayException($"cannot read {path}: {e.Message.TrimEnd('.')}. Check its permissions.", e);
        }
    }

    public string Path { get; }

    public long FileLength { get; }

    /// <summary>Reads at most <paramref name="length"/> bytes; fewer at the end of the file.</summary>
    public byte[] ReadBytes(long offset, int length)
    {
        var bytes = new byte[(int)Math.Clamp(FileLength - offset, 0, length)];
        return Fill(bytes, offset) ? bytes : [];
    }

    /// <summary>Reads the head of a frame and says where the frame stands.</summary>
    /// <exception cref="MalformedFrameException">No frame begins here, or the file ends inside it.</exception>
    public FrameEntry ReadEntry(long offset, out FrameHead head)
    {
        head = FrameHead.Read(ReadBytes(offset, TraceLimits.HeadBytes), out var headLength);
        var length = headLength + head.PayloadLength;
        if (FileLength - offset < length)
            throw new MalformedFrameException("is cut off by the end of the file") { IsCut = true };
        return new FrameEntry(head.Kind, offset, length, head.First, head.Count);
    }

    /// <summary>What a frame that the end of the file cuts off would have been.</summary>
    public FrameEntry ReadCutEntry(long offset)
    {
        try
        {
            var head = FrameHead.Read(ReadBytes(offset, TraceLimits.HeadBytes), out var length);
            return new FrameEntry(head.Kind, offset, length + head.PayloadLength, head.First, head.Count);
        }
        catch (MalformedFrameException)
        {
            return default;
        }
    }

    /// <summary>Reads the head and payload of a frame and compares its checksum.</summary>
    /// <exception cref="MalformedFrameException">No frame stands here, or it is damaged.</exception>
    public FrameEntry Verify(long offset, out FrameHead head)
    {
        var entry = ReadEntry(offset, out head);
        var payload = ReadPayload(entry, head);
        return head.Matches(payload) ? entry : throw new MalformedFrameException("fails its checksum");
    }

    /// <summary>Reads, checks and decompresses a frame.</summary>
    /// <exception cref="MalformedFrameException">Not the frame that was expected there, or it is damaged.</exception>
    public byte[] Read(in FrameEntry expected)
    {
        byte[] raw = [];
        ReadInto(expected, ref raw, isReused: false);
        return raw;
    }

    /// <summary>As <see cref="Read"/>; the bytes are good until the next call.</summary>
    public ReadOnlySpan<byte> ReadOnce(in FrameEntry expected)
    {
        var length = ReadInto(expected, ref reused, isReused: true);
        return reused.AsSpan(0, length);
    }

    /// <param name="raw">Gets the bytes: a new array of just their length, or, when it is used again, one that may be longer.</param>
    private int ReadInto(in FrameEntry expected, ref byte[] raw, bool isReused)
    {
        // One read for the whole frame: a question may ask for thousands.
        if (compressed.Length < expected.Length)
            compressed = new byte[expected.Length];
        var frame = compressed.AsMemory(0, expected.Length);
        if (!Fill(frame.Span, expected.Offset))
            throw new MalformedFrameException("is cut off by the end of the file") { IsCut = true };
        var head = FrameHead.Read(frame[..Math.Min(frame.Length, TraceLimits.HeadBytes)], out var headLength);
        if (new FrameEntry(head.Kind, expected.Offset, headLength + head.PayloadLength, head.First, head.Count) != expected)
            throw new MalformedFrameException("is not the frame that the table names");
        if (!IsBinHeader(frame.Span[(headLength - FrameHead.BinHeaderLength(head.PayloadLength))..headLength], head.PayloadLength))
            throw new MalformedFrameException("has no payload of the length that its head says");
        var payload = frame.Span[headLength..];
        if (!head.Matches(payload))
            throw new MalformedFrameException("fails its checksum");
        if (head.Codec == FrameCodec.None && head.RawLength != payload.Length)
            throw new MalformedFrameException($"holds {payload.Length} bytes as they are, and says {head.RawLength}");
        if (!isReused || raw.Length < head.RawLength)
            raw = GC.AllocateUninitializedArray<byte>(head.RawLength);
        var to = raw.AsSpan(0, head.RawLength);
        if (head.Codec == FrameCodec.None)
        {
            payload.CopyTo(to);
            return to.Length;
        }

        try
        {
            if (decompressor.TryUnwrap(payload, to, out var written) && written == to.Length)
                return to.Length;
        }
        catch (ZstdException)
        {
            // Said below.
        }

        throw new MalformedFrameException($"does not decompress to {head.RawLength} bytes");
    }

    public void Dispose()
    {
        decompressor.Dispose();
        file.Dispose();
    }

    private ReadOnlySpan<byte> ReadPayload(in FrameEntry entry, in FrameHead head)
    {
        var binLength = FrameHead.BinHeaderLength(head.PayloadLength) + head.PayloadLength;
        if (compressed.Length < head.PayloadLength)
            compressed = new byte[head.PayloadLength];
        var binHeader = ReadBytes(entry.Offset + entry.Length - binLength, FrameHead.BinHeaderLength(head.PayloadLength));
        if (!IsBinHeader(binHeader, head.PayloadLength))
            throw new MalformedFrameException("has no payload of the length that its head says");
        var payload = compressed.AsSpan(0, head.PayloadLength);
        return Fill(payload, entry.Offset + entry.Length - head.PayloadLength)
            ? payload
            : throw new MalformedFrameException("is cut off by the end of the file") { IsCut = true };
    }

    private static bool IsBinHeader(ReadOnlySpan<byte> bytes, int length)
    {
        var value = 0;
        foreach (var part in bytes[1..])
            value = (value << 8) | part;
        var code = bytes.Length switch
        {
            2 => MessagePackCode.Bin8,
            3 => MessagePackCode.Bin16,
            _ => MessagePackCode.Bin32,
        };
        return bytes[0] == code && value == length;
    }

    private bool Fill(Span<byte> bytes, long offset)
    {
        try
        {
            while (bytes.Length > 0)
            {
                var read = RandomAccess.Read(file, bytes, offset);
                if (read == 0)
                    return false;
                bytes = bytes[read..];
                offset += read;
            }

            return true;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new GcReplayException($"cannot read {Path} at byte {offset}: {e.Message.TrimEnd('.')}.", e);
        }
    }
}
