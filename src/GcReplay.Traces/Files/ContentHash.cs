using System.IO.Hashing;
using System.Runtime.InteropServices;
using GcReplay.Heaps.Events;

namespace GcReplay.Traces.Files;

/// <summary>Hash of what a trace says, whatever its blocks, encoding and compression: XxHash3 (64 bits, seed 0) over the events
/// in order. An event is kind, thread, site, A, B, C, D, number of changes, then address and XOR of each change, all as
/// little-endian words of 8 bytes.</summary>
public sealed class ContentHash
{
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
        for (var i = 0; i < block.Count; i++)
        {
            var start = block.ChangeStart(i);
            var end = block.ChangeEnds[i];
            if (words.Length - count < 8)
                Flush();
            words[count++] = block.Kinds[i];
            words[count++] = block.Threads[i];
            words[count++] = block.Sites[i];
            words[count++] = block.A[i];
            words[count++] = block.B[i];
            words[count++] = block.C[i];
            words[count++] = block.D[i];
            words[count++] = (ulong)(end - start);
            for (var change = start; change < end; change++)
            {
                if (words.Length - count < 2)
                    Flush();
                words[count++] = block.ChangeAddresses[change];
                words[count++] = block.ChangeXors[change];
            }
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
