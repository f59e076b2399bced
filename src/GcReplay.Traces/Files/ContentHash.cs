using System.IO.Hashing;
using System.Runtime.InteropServices;
using GcReplay.Heaps.Events;

namespace GcReplay.Traces.Files;

/// <summary>Hash of what a trace says, whatever its blocks, encoding and compression: XxHash3 (64 bits, seed 0) over the events
/// in order. An event is kind, thread, site, A, B, C, D, number of changes, then address and XOR of each change, all as
/// little-endian words of 8 bytes.</summary>
public sealed class ContentHash
{
    /// <summary>Words of an event before its changes.</summary>
    private const int HeadWords = 8;

    private readonly XxHash3 hash = new();
    private readonly ulong[] words = new ulong[1 << 12];
    private int count;

    /// <summary>Hash of the events added so far.</summary>
    public ulong Value
    {
        get
        {
            Flush();
            return hash.GetCurrentHashAsUInt64();
        }
    }

    public void Add(EventBlock block)
    {
        var start = 0;
        for (var i = 0; i < block.Count; i++)
        {
            var end = block.ChangeEnds[i];
            if (words.Length - count < HeadWords)
                Flush();
            var head = words.AsSpan(count, HeadWords);
            head[7] = (ulong)(end - start);
            head[6] = block.D[i];
            head[5] = block.C[i];
            head[4] = block.B[i];
            head[3] = block.A[i];
            head[2] = block.Sites[i];
            head[1] = block.Threads[i];
            head[0] = block.Kinds[i];
            count += HeadWords;
            AddChanges(block.ChangeAddresses.AsSpan(start, end - start), block.ChangeXors.AsSpan(start, end - start));
            start = end;
        }
    }

    private void AddChanges(ReadOnlySpan<ulong> addresses, ReadOnlySpan<ulong> xors)
    {
        while (!addresses.IsEmpty)
        {
            if (words.Length - count < 2)
                Flush();
            var some = Math.Min(addresses.Length, (words.Length - count) / 2);
            var to = words.AsSpan(count, some * 2);
            for (var i = 0; i < some; i++)
                (to[2 * i], to[2 * i + 1]) = (addresses[i], xors[i]);
            count += to.Length;
            addresses = addresses[some..];
            xors = xors[some..];
        }
    }

    private void Flush()
    {
        var written = words.AsSpan(0, count);
        LittleEndian.Fix(written);
        hash.Append(MemoryMarshal.AsBytes(written));
        count = 0;
    }
}
