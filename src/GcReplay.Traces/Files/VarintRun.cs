using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.X86;

namespace GcReplay.Traces.Files;

/// <summary>Many varints at once: eight bytes of them in one look. What most of the time of encoding and decoding went into.</summary>
/// <remarks>The same bytes on every machine, also where it can not gather and spread bits.</remarks>
internal static class VarintRun
{
    /// <summary>Bytes of the longest.</summary>
    public const int BytesMax = 10;

    private const ulong LowBits = 0x7F7F7F7F7F7F7F7FUL;
    private const ulong TopBits = 0x8080808080808080UL;

    /// <summary>A number below this takes eight bytes at most.</summary>
    private const ulong ShortEnd = 1UL << 56;

    /// <summary>Writes numbers.</summary>
    /// <param name="to">Room for <see cref="BytesMax"/> bytes each.</param>
    /// <returns>Bytes written.</returns>
    public static int Write(ReadOnlySpan<ulong> numbers, Span<byte> to)
    {
        if (!numbers.ContainsAnyExceptInRange(0UL, 0x7FUL))
            return WriteBytes(numbers, to);
        var at = 0;
        foreach (var number in numbers)
        {
            if (number < ShortEnd)
            {
                var length = Varint.Length(number);
                BinaryPrimitives.WriteUInt64LittleEndian(to[at..], Spread(number) | TopBits & (1UL << (length - 1) * 8) - 1);
                at += length;
                continue;
            }

            var rest = number;
            for (; rest >= 0x80; rest >>= 7)
                to[at++] = (byte)(rest & 0x7F | 0x80);
            to[at++] = (byte)rest;
        }

        return at;
    }

    /// <summary>Reads numbers until a longer one, or one near the end of the bytes, has to be read on its own.</summary>
    /// <returns>How many were read.</returns>
    public static int Read(ReadOnlySpan<byte> bytes, Span<ulong> numbers, out int taken)
    {
        var (at, done) = (0, 0);
        while (at <= bytes.Length - 8 && done <= numbers.Length - 8)
        {
            var word = BinaryPrimitives.ReadUInt64LittleEndian(bytes[at..]);
            var ends = ~word & TopBits;
            if (ends == TopBits)
            {
                var eight = numbers.Slice(done, 8);
                for (var i = 0; i < eight.Length; i++)
                    eight[i] = bytes[at + i];
                at += 8;
                done += 8;
                continue;
            }

            if (ends == 0)
                break;
            while (ends != 0)
            {
                var end = BitOperations.TrailingZeroCount(ends);
                numbers[done++] = Gather(word & (ends ^ ends - 1));
                word = word >> end >> 1;
                ends = ends >> end >> 1;
                at += end + 1 >> 3;
            }
        }

        taken = at;
        return done;
    }

    private static int WriteBytes(ReadOnlySpan<ulong> numbers, Span<byte> to)
    {
        to = to[..numbers.Length];
        for (var i = 0; i < to.Length; i++)
            to[i] = unchecked((byte)numbers[i]);
        return to.Length;
    }

    /// <summary>Seven bits to each byte, lowest first.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong Spread(ulong number)
    {
        if (Bmi2.X64.IsSupported)
            return Bmi2.X64.ParallelBitDeposit(number, LowBits);
        var spread = 0UL;
        for (var i = 0; i < 8; i++)
            spread |= (number >> 7 * i & 0x7F) << 8 * i;
        return spread;
    }

    /// <summary>The low seven bits of each byte, put together.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong Gather(ulong word)
    {
        if (Bmi2.X64.IsSupported)
            return Bmi2.X64.ParallelBitExtract(word, LowBits);
        var number = 0UL;
        for (var i = 0; i < 8; i++)
            number |= (word >> 8 * i & 0x7F) << 7 * i;
        return number;
    }
}
