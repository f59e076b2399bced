using System.Buffers;
using System.Buffers.Binary;
using System.IO.Hashing;
using MessagePack;
using ZstdSharp;

namespace GcReplay.Tests.Traces;

/// <summary>Changes what a trace says and makes its checksums right again: written from FORMAT.md, not from the code it tests.</summary>
internal static class Forgery
{
    /// <summary>The file with one frame's head and raw bytes changed; without footer, so that a reader walks over the frames.</summary>
    /// <param name="number">The frame to change, from 0, the header.</param>
    public static byte[] Change(byte[] trace, int number, Func<Frame, Frame> change)
    {
        var output = new ArrayBufferWriter<byte>();
        var reader = new MessagePackReader(trace.AsMemory(18));
        var writer = new MessagePackWriter(output);
        writer.WriteRaw(trace.AsSpan(0, 18));
        for (var i = 0; Read(ref reader) is { } frame; i++)
            Write(ref writer, i == number ? change(frame) : frame);

        writer.Flush();
        return output.WrittenSpan.ToArray();
    }

    /// <summary>The file made of other frames; without footer.</summary>
    public static byte[] Rebuild(byte[] trace, Func<List<Frame>, IEnumerable<Frame>> change)
    {
        var output = new ArrayBufferWriter<byte>();
        var writer = new MessagePackWriter(output);
        writer.WriteRaw(trace.AsSpan(0, 18));
        foreach (var frame in change(Frames(trace)))
            Write(ref writer, frame);
        writer.Flush();
        return output.WrittenSpan.ToArray();
    }

    /// <summary>All frames before the footer.</summary>
    public static List<Frame> Frames(byte[] trace)
    {
        var frames = new List<Frame>();
        var reader = new MessagePackReader(trace.AsMemory(18));
        while (!reader.End && Read(ref reader) is { } frame)
            frames.Add(frame);
        return frames;
    }

    /// <summary>The kinds of a trace's frames.</summary>
    public static List<byte> Kinds(byte[] trace)
    {
        var kinds = new List<byte>();
        var reader = new MessagePackReader(trace.AsMemory(18));
        while (Read(ref reader) is { } frame)
            kinds.Add(frame.Kind);
        return kinds;
    }

    /// <summary>Where each of a trace's frames begins, and behind the last of them where the rest does.</summary>
    public static List<int> Offsets(byte[] trace)
    {
        var offsets = new List<int>();
        var reader = new MessagePackReader(trace.AsMemory(18));
        var at = 18;
        while (at < trace.Length && Read(ref reader) is not null)
        {
            offsets.Add(at);
            at = 18 + (int)reader.Consumed;
        }

        offsets.Add(at);
        return offsets;
    }

    private static Frame? Read(ref MessagePackReader reader)
    {
        if (reader.ReadArrayHeader() != 9)
            return null;
        reader.ReadExtensionFormat();
        var kind = reader.ReadByte();
        var (codec, _) = (reader.ReadByte(), reader.ReadByte());
        var frame = new Frame(kind, reader.ReadInt64(), reader.ReadInt32(), []);
        var raw = new byte[reader.ReadInt32()];
        reader.ReadInt32();
        reader.ReadUInt64();
        using var decompressor = new Decompressor();
        var payload = reader.ReadBytes()!.Value.ToArray();
        if (codec == 0)
            payload.CopyTo(raw, 0);
        else
            decompressor.Unwrap(payload, raw);
        const byte footer = 6;
        return frame.Kind == footer ? null : frame with { Raw = raw };
    }

    private static void Write(ref MessagePackWriter writer, Frame frame)
    {
        using var compressor = new Compressor(1);
        var payload = frame.Codec == 0 ? frame.Raw : compressor.Wrap(frame.Raw).ToArray();
        var head = new byte[40];
        BinaryPrimitives.WriteInt64LittleEndian(head, frame.Kind);
        BinaryPrimitives.WriteInt64LittleEndian(head.AsSpan(8), frame.Codec);
        BinaryPrimitives.WriteInt64LittleEndian(head.AsSpan(16), frame.First);
        BinaryPrimitives.WriteInt64LittleEndian(head.AsSpan(24), frame.Count);
        BinaryPrimitives.WriteInt64LittleEndian(head.AsSpan(32), frame.Raw.Length);
        byte[] summed = [.. head, .. payload];
        writer.WriteArrayHeader(9 + frame.More);
        writer.WriteExtensionFormat(new ExtensionResult(0x47, (byte[])[0xF7, .. "GCframe"u8]));
        writer.Write(frame.Kind);
        writer.Write(frame.Codec);
        writer.Write(frame.ChecksumKind);
        writer.Write(frame.First);
        writer.Write(frame.Count);
        writer.Write(frame.Raw.Length);
        writer.Write(payload.Length);
        writer.WriteUInt64(frame.ChecksumKind == 1 ? Crc32.HashToUInt32(summed) : XxHash3.HashToUInt64(summed));
        for (var i = 0; i < frame.More; i++)
            writer.Write("more");
        writer.Write(payload);
    }

    /// <param name="Raw">Decompressed.</param>
    internal sealed record Frame(byte Kind, long First, int Count, byte[] Raw)
    {
        public byte Codec { get; init; } = 1;

        public byte ChecksumKind { get; init; }

        /// <summary>Items of the head that no version knows yet.</summary>
        public int More { get; init; }
    }
}
