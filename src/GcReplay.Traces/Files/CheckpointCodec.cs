using System.Buffers.Binary;
using GcReplay.Heaps.Memory;

namespace GcReplay.Traces.Files;

/// <summary>Some pages of a state, copied for the writer's thread.</summary>
/// <param name="Numbers">Ascending.</param>
/// <param name="Words">Of one page after the other; all zero for a page that is no more.</param>
internal sealed record CopiedPages(ulong[] Numbers, ulong[] Words);

/// <summary>Behind the pages of a checkpoint: the rest of it.</summary>
/// <param name="IsWhole">Whether all pages were copied, not only those that changed since the last checkpoint.</param>
internal sealed record CheckpointEnd(long Position, ulong Hash, bool IsWhole);

/// <summary>Where each page of a state is kept.</summary>
/// <param name="Numbers">Of pages, ascending.</param>
/// <param name="Frames">For each page which of <paramref name="Ids"/> holds it.</param>
/// <param name="Ids">Numbers of Pages frames, ascending.</param>
internal sealed record CheckpointDirectory(ulong Hash, ulong[] Numbers, int[] Frames, long[] Ids);

/// <summary>Pages and checkpoints to the bytes of their frames and back. See FORMAT.md, "Checkpoint" and "Pages".</summary>
internal static class CheckpointCodec
{
    private const ulong PageNumberEnd = 1UL << (64 - AddressSpace.PageShift);

    public static void EncodePages(IReadOnlyList<(ulong Number, ReadOnlyMemory<ulong> Words)> pages, ByteColumn output)
    {
        output.Clear();
        ulong next = 0;
        foreach (var (number, _) in pages)
        {
            output.AddVarint(number - next);
            next = number + 1;
        }

        foreach (var (_, words) in pages)
            output.AddWords(words.Span);
    }

    /// <summary>Reads the numbers of a frame's pages, and gives the bytes of their words.</summary>
    public static ulong[] DecodePages(ReadOnlySpan<byte> raw, int count, out ReadOnlySpan<byte> words)
    {
        var cursor = new ByteCursor(raw);
        var numbers = ReadNumbers(ref cursor, count);
        words = cursor.Bytes(count * AddressSpace.PageBytes);
        return cursor.IsAtEnd ? numbers : throw new MalformedFrameException("holds bytes behind its last page");
    }

    /// <param name="frameOf">For each page of the state the number of the frame that holds it, by ascending page.</param>
    public static void EncodeDirectory(ulong hash, ReadOnlySpan<ulong> numbers, ReadOnlySpan<long> frameOf, ByteColumn output)
    {
        output.Clear();
        output.AddWord(hash);
        long[] ids = [.. frameOf.ToArray().Distinct().Order()];
        output.AddVarint((ulong)ids.Length);
        var next = 0L;
        foreach (var id in ids)
        {
            output.AddVarint((ulong)(id - next));
            next = id + 1;
        }

        AddNumbers(numbers, output);
        var before = 0;
        foreach (var id in frameOf)
        {
            var index = Array.BinarySearch(ids, id);
            output.AddVarint(Varint.ZigZag(unchecked((ulong)(index - before))));
            before = index;
        }
    }

    public static CheckpointDirectory DecodeDirectory(ReadOnlySpan<byte> raw, int count)
    {
        var cursor = new ByteCursor(raw);
        var hash = BinaryPrimitives.ReadUInt64LittleEndian(cursor.Bytes(8));
        var ids = new long[cursor.Int(Math.Min(TraceLimits.Pages, cursor.Left), "frames")];
        ulong next = 0;
        for (var i = 0; i < ids.Length; i++)
        {
            var id = unchecked(next + cursor.Varint());
            if (id < next || id >= long.MaxValue)
                throw new MalformedFrameException("holds numbers of frames that do not ascend");
            (ids[i], next) = ((long)id, id + 1);
        }

        var numbers = ReadNumbers(ref cursor, count);
        var frames = new int[count];
        var before = 0L;
        for (var i = 0; i < count; i++)
        {
            before = unchecked(before + (long)Varint.UnZigZag(cursor.Varint()));
            if (before < 0 || before >= ids.Length)
                throw new MalformedFrameException("names a frame that is not in its list");
            frames[i] = (int)before;
        }

        // Bytes behind what is known here are a later version's.
        return new CheckpointDirectory(hash, numbers, frames, ids);
    }

    private static void AddNumbers(ReadOnlySpan<ulong> numbers, ByteColumn output)
    {
        ulong next = 0;
        foreach (var number in numbers)
        {
            output.AddVarint(number - next);
            next = number + 1;
        }
    }

    private static ulong[] ReadNumbers(ref ByteCursor cursor, int count)
    {
        if (count > Math.Min(TraceLimits.Pages, cursor.Left))
            throw new MalformedFrameException($"says {count} pages; there are bytes for {cursor.Left}, and at most {TraceLimits.Pages} are allowed");
        var numbers = new ulong[count];
        ulong next = 0;
        for (var i = 0; i < count; i++)
        {
            var step = cursor.Varint();
            if (step >= PageNumberEnd - next)
                throw new MalformedFrameException("holds a page beyond the end of memory");
            numbers[i] = next + step;
            next = numbers[i] + 1;
        }

        return numbers;
    }
}
