using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.InteropServices;

namespace GcReplay.Traces.Files;

/// <summary>Numbers of few bytes when they are small: 7 bits a byte, lowest first, the top bit says that more follow (LEB128).</summary>
internal static class Varint
{
    /// <summary>Maps small negative and positive differences to small numbers.</summary>
    public static ulong ZigZag(ulong difference) => unchecked((difference << 1) ^ (ulong)((long)difference >> 63));

    public static ulong UnZigZag(ulong value) => unchecked((value >> 1) ^ (ulong)-(long)(value & 1));

    /// <remarks>Without a division: 9/64 is near enough to 1/7.</remarks>
    public static int Length(ulong value) => unchecked((BitOperations.Log2(value | 1) * 9 + 73) >>> 6);
}

/// <summary>Bytes that grow while they are written.</summary>
internal sealed class ByteColumn
{
    private byte[] bytes = new byte[1 << 12];

    public int Length { get; private set; }

    public ReadOnlySpan<byte> Written => bytes.AsSpan(0, Length);

    public void Clear() => Length = 0;

    public void AddByte(byte value)
    {
        Reserve(1);
        bytes[Length++] = value;
    }

    /// <summary>8 bytes, little-endian.</summary>
    public void AddWord(ulong value)
    {
        Reserve(8);
        BinaryPrimitives.WriteUInt64LittleEndian(bytes.AsSpan(Length), value);
        Length += 8;
    }

    public void AddVarint(ulong value)
    {
        Reserve(10);
        var at = Length;
        while (value >= 0x80)
        {
            bytes[at++] = (byte)(value & 0x7F | 0x80);
            value >>= 7;
        }

        bytes[at++] = (byte)value;
        Length = at;
    }

    public void AddVarints(ReadOnlySpan<ulong> numbers)
    {
        Reserve(numbers.Length * VarintRun.BytesMax);
        Length += VarintRun.Write(numbers, bytes.AsSpan(Length));
    }

    /// <summary>Words of 8 bytes, little-endian.</summary>
    public void AddWords(ReadOnlySpan<ulong> words)
    {
        if (!BitConverter.IsLittleEndian)
        {
            foreach (var word in words)
                AddWord(word);
            return;
        }

        Add(MemoryMarshal.AsBytes(words));
    }

    public void Add(ReadOnlySpan<byte> more)
    {
        Reserve(more.Length);
        more.CopyTo(bytes.AsSpan(Length));
        Length += more.Length;
    }

    private void Reserve(int more)
    {
        if (bytes.Length - Length < more)
            Array.Resize(ref bytes, Math.Max(bytes.Length * 2, Length + more));
    }
}

/// <summary>Reads varints and bytes from foreign bytes; past their end it throws <see cref="MalformedFrameException"/>.</summary>
internal ref struct ByteCursor(ReadOnlySpan<byte> bytes)
{
    private readonly ReadOnlySpan<byte> bytes = bytes;

    public int At { get; private set; }

    public readonly bool IsAtEnd => At == bytes.Length;

    public readonly int Left => bytes.Length - At;

    public byte Byte()
    {
        if (At >= bytes.Length)
            throw new MalformedFrameException("ends too early");
        return bytes[At++];
    }

    public ulong Varint()
    {
        var first = Byte();
        if (first < 0x80)
            return first;
        var value = (ulong)(first & 0x7F);
        for (var shift = 7; shift < 64; shift += 7)
        {
            var next = Byte();
            value |= (ulong)(next & 0x7F) << shift;
            if (next < 0x80)
                return shift == 63 && next > 1 ? throw new MalformedFrameException("holds a number above 2^64") : value;
        }

        throw new MalformedFrameException("holds a number of more than 10 bytes");
    }

    /// <summary>Fills a span with varints.</summary>
    public void Varints(Span<ulong> numbers)
    {
        for (var done = 0; done < numbers.Length;)
        {
            done += VarintRun.Read(bytes[At..], numbers[done..], out var taken);
            At += taken;
            // The end of the bytes, and numbers of nine or ten of them.
            if (done < numbers.Length)
                numbers[done++] = Varint();
        }
    }

    /// <summary>A varint that must not exceed <paramref name="max"/>.</summary>
    public int Int(int max, string what)
    {
        var value = Varint();
        return value <= (ulong)max ? (int)value : throw new MalformedFrameException($"says {value} {what}; at most {max} are allowed");
    }

    /// <summary>Fills a span with words of 8 bytes, little-endian.</summary>
    public void Words(Span<ulong> words)
    {
        if (words.Length > Left / 8)
            throw new MalformedFrameException("ends too early");
        Bytes(words.Length * 8).CopyTo(MemoryMarshal.AsBytes(words));
        LittleEndian.Fix(words);
    }

    public ReadOnlySpan<byte> Bytes(int length)
    {
        if (bytes.Length - At < length)
            throw new MalformedFrameException("ends too early");
        var taken = bytes.Slice(At, length);
        At += length;
        return taken;
    }
}
