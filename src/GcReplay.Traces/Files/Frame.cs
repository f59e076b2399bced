using System.Buffers;
using System.IO.Hashing;
using System.Runtime.InteropServices;
using MessagePack;

namespace GcReplay.Traces.Files;

/// <summary>The head of a frame: what stands in front of its compressed bytes.</summary>
/// <param name="First">Number of the first event, position of the checkpoint, or index of the first choice.</param>
/// <param name="Count">Number of events, pages or choices.</param>
/// <param name="RawLength">Bytes when decompressed.</param>
/// <param name="PayloadLength">Bytes as they stand in the file.</param>
/// <param name="ChecksumKind">What <paramref name="Checksum"/> is.</param>
internal readonly record struct FrameHead(
    FrameKind Kind, FrameCodec Codec, ChecksumKind ChecksumKind, long First, int Count, int RawLength, int PayloadLength, ulong Checksum)
{
    private const int Parts = 9;

    /// <summary>The head that belongs to a payload.</summary>
    public static FrameHead Of(
        FrameKind kind, FrameCodec codec, ChecksumKind checksum, long first, int count, int rawLength, ReadOnlySpan<byte> payload)
    {
        var head = new FrameHead(kind, codec, checksum, first, count, rawLength, payload.Length, 0);
        return head with { Checksum = head.ComputeChecksum(payload) };
    }

    /// <summary>Whether the payload is the one the head was written for.</summary>
    public bool Matches(ReadOnlySpan<byte> payload) => ComputeChecksum(payload) == Checksum;

    public void Write(IBufferWriter<byte> output)
    {
        var writer = new MessagePackWriter(output);
        writer.WriteArrayHeader(Parts);
        writer.WriteExtensionFormatHeader(new ExtensionHeader(TraceFormat.MarkerType, TraceFormat.FrameMarker.Length));
        writer.WriteRaw(TraceFormat.FrameMarker);
        writer.Write((byte)Kind);
        writer.Write((byte)Codec);
        writer.Write((byte)ChecksumKind);
        writer.Write(First);
        writer.Write(Count);
        writer.Write(RawLength);
        writer.Write(PayloadLength);
        writer.WriteUInt64(Checksum);
        writer.Flush();
    }

    /// <summary>Reads a head; <paramref name="length"/> is what it takes in front of the payload, which is a MessagePack bin.</summary>
    /// <exception cref="MalformedFrameException">These bytes begin no frame.</exception>
    public static FrameHead Read(ReadOnlyMemory<byte> bytes, out int length)
    {
        try
        {
            var reader = new MessagePackReader(bytes);
            var more = reader.ReadArrayHeader() - Parts;
            if (more < 0)
                throw new MalformedFrameException("does not begin as a frame");
            var marker = reader.ReadExtensionFormat();
            if (!IsMarker(marker, TraceFormat.FrameMarker))
                throw new MalformedFrameException("has no frame marker");
            var head = new FrameHead(
                (FrameKind)reader.ReadByte(), (FrameCodec)reader.ReadByte(), (ChecksumKind)reader.ReadByte(), reader.ReadInt64(), reader.ReadInt32(),
                reader.ReadInt32(), reader.ReadInt32(), reader.ReadUInt64());
            head.CheckLimits();
            Packing.Skip(ref reader, more);
            length = (int)reader.Consumed + BinHeaderLength(head.PayloadLength);
            return head;
        }
        catch (Exception e) when (MessagePackErrors.Is(e))
        {
            throw new MalformedFrameException("has no readable head");
        }
    }

    public static bool IsMarker(in ExtensionResult extension, ReadOnlySpan<byte> marker) =>
        extension.TypeCode == TraceFormat.MarkerType && extension.Data.Length == marker.Length
        && extension.Data.ToArray().AsSpan().SequenceEqual(marker);

    public static int BinHeaderLength(int length) => length switch
    {
        <= byte.MaxValue => 2,
        <= ushort.MaxValue => 3,
        _ => 5,
    };

    /// <summary>Of kind, codec, first, count and raw length (as 8-byte little-endian numbers), then of the payload.</summary>
    private ulong ComputeChecksum(ReadOnlySpan<byte> payload)
    {
        Span<ulong> head = [(ulong)Kind, (ulong)Codec, (ulong)First, (ulong)Count, (ulong)RawLength];
        LittleEndian.Fix(head);
        NonCryptographicHashAlgorithm hash = ChecksumKind == ChecksumKind.Crc32 ? new Crc32() : new XxHash3();
        hash.Append(MemoryMarshal.AsBytes(head));
        hash.Append(payload);
        return hash is Crc32 crc ? crc.GetCurrentHashAsUInt32() : ((XxHash3)hash).GetCurrentHashAsUInt64();
    }

    private void CheckLimits()
    {
        if (Kind is < FrameKind.Header or > FrameKind.Pages and < FrameKind.Index)
            throw new MalformedFrameException($"is of kind {(byte)Kind}, which this version does not know and may not pass over: a later gcreplay reads it");
        if (Codec > FrameCodec.Zstd)
            throw new MalformedFrameException($"is packed by codec {(byte)Codec}, which this version does not know");
        if (ChecksumKind > ChecksumKind.Crc32)
            throw new MalformedFrameException($"has a checksum of kind {(byte)ChecksumKind}, which this version does not know");
        if (First < 0 || Count < 0 || RawLength < 0 || PayloadLength < 0)
            throw new MalformedFrameException("has a negative number in its head");
        if (RawLength > TraceLimits.RawBytes)
            throw new MalformedFrameException($"says {RawLength} bytes; at most {TraceLimits.RawBytes} are allowed");
        if (PayloadLength > TraceLimits.PayloadBytes)
            throw new MalformedFrameException($"says {PayloadLength} packed bytes; at most {TraceLimits.PayloadBytes} are allowed");
    }
}

/// <summary>Words in the byte order of the file, whatever the machine's.</summary>
internal static class LittleEndian
{
    public static void Fix(Span<ulong> words)
    {
        if (BitConverter.IsLittleEndian)
            return;
        System.Buffers.Binary.BinaryPrimitives.ReverseEndianness(words, words);
    }
}

/// <summary>What MessagePackReader throws for bytes that are not what was asked for.</summary>
internal static class MessagePackErrors
{
    public static bool Is(Exception e) =>
        e is MessagePackSerializationException or EndOfStreamException or OverflowException or ArgumentException or InvalidOperationException;
}
