using GcReplay.Debugging.Timelines;
using GcReplay.Heaps.Events;
using GcReplay.Heaps.Memory;
using GcReplay.Traces;

namespace GcReplay.Debugging.Provenance;

/// <summary>A write to a word.</summary>
/// <param name="Number">The event that made it.</param>
/// <param name="Xor">What the event did to the word in all; 0 when it wrote what was there.</param>
public readonly record struct WordWrite(long Number, ulong Xor);

/// <summary>Who wrote a word: found by looking through the blocks backwards, without moving.</summary>
public sealed class WordHistory(BlockCache blocks)
{
    /// <summary>The last event from <paramref name="position"/> down to <paramref name="first"/> that wrote the word; null when none did.</summary>
    /// <remarks>Also finds words of the shadow. Cost: the indexes of the blocks in between, and one block.</remarks>
    public WordWrite? LastWrite(Address address, long position, long first = 1, Progress progress = default)
    {
        var test = new WritesWord(address.Value);
        var number = new EventScan(blocks).Backward(position, first, ref test, progress);
        if (number == 0)
            return null;
        var e = blocks.EventAt(number);
        var xor = 0UL;
        for (var i = 0; i < e.ChangeCount; i++)
        {
            if (e.Change(i).Address == address)
                xor ^= e.Change(i).Xor;
        }

        return new WordWrite(number, xor);
    }

    /// <summary>The last event from a position down that freed memory in which the address lies; 0 when none did.</summary>
    public long LastFree(Address address, long position, Progress progress = default)
    {
        var test = new FreesAddress(address.Value);
        return new EventScan(blocks).Backward(position, 1, ref test, progress);
    }

    /// <summary>As <see cref="LastFree"/>, or the last that unmapped it without a free.</summary>
    public long LastGone(Address address, long position, Progress progress = default)
    {
        var test = new FreesAddress(address.Value, Unmaps: true);
        return new EventScan(blocks).Backward(position, 1, ref test, progress);
    }

    /// <summary>The last event from a position down that moved an object away from a range; 0 when none did.</summary>
    public long LastMove(Address start, ulong bytes, long position, Progress progress = default)
    {
        var test = new MovesFrom(start.Value, bytes);
        return new EventScan(blocks).Backward(position, 1, ref test, progress);
    }

    private readonly record struct MovesFrom(ulong Start, ulong Bytes) : IEventTest
    {
        public bool Hits(EventBlock block, int index) =>
            (EventKind)block.Kinds[index] == EventKind.Move && block.A[index] >= Start && block.A[index] - Start < Bytes;

        public bool MayHit(BlockSummary summary) => (summary.Kinds & 1UL << (int)EventKind.Move) != 0;
    }

    private readonly struct WritesWord(ulong address) : IEventTest
    {
        public bool Hits(EventBlock block, int index)
        {
            for (var change = block.ChangeStart(index); change < block.ChangeEnds[index]; change++)
            {
                if (block.ChangeAddresses[change] == address)
                    return true;
            }

            return false;
        }

        public bool MayHit(BlockSummary summary) => summary.Written.Contains(new Address(address));
    }

    private readonly record struct FreesAddress(ulong Address, bool Unmaps = false) : IEventTest
    {
        private const ulong Kinds = 1UL << (int)EventKind.Free | 1UL << (int)EventKind.Unmap;

        public bool Hits(EventBlock block, int index) =>
            ((EventKind)block.Kinds[index] == EventKind.Free || Unmaps && (EventKind)block.Kinds[index] == EventKind.Unmap)
            && Address >= block.A[index] && Address - block.A[index] < block.B[index];

        public bool MayHit(BlockSummary summary) => (summary.Kinds & Kinds) != 0 && summary.MayCover(new Address(Address));
    }
}
