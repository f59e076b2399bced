using System.Numerics;
using GcReplay.Heaps.Memory;
using static GcReplay.Simulation.Allocators.WindowsHeapState;

namespace GcReplay.Simulation.Allocators;

/// <content>Headers of blocks, and the ring of free ones. Invariant: the ring ascends by size; FreeHints names the first of each size, and a
/// bit of the bitmap is set exactly when it names one.</content>
public sealed partial class WindowsAllocator
{
    private ulong SizeOf(Address entry) => Read(entry + Entry.Code) >> Entry.SizeShift & 0xFFFF;

    private ulong FlagsOf(Address entry) => Read(entry + Entry.Code) >> Entry.FlagsShift & 0xFF;

    private ulong PreviousSizeOf(Address entry) => Read(entry + Entry.Code) >> Entry.PreviousSizeShift & 0xFFFF;

    private void SetEntry(Address entry, ulong size, ulong flags, ulong previousSize, ulong unused = 0) => Write(
        entry + Entry.Code,
        (size & 0xFFFF) << Entry.SizeShift | flags << Entry.FlagsShift | (previousSize & 0xFFFF) << Entry.PreviousSizeShift
        | (unused & 0xFF) << Entry.UnusedBytesShift);

    private void SetPreviousSize(Address entry, ulong size)
    {
        var code = Read(entry + Entry.Code);
        Write(entry + Entry.Code, code & ~(0xFFFFUL << Entry.PreviousSizeShift) | (size & 0xFFFF) << Entry.PreviousSizeShift);
    }

    /// <summary>Joins a block that is on no list with its free neighbours, and takes those off the ring.</summary>
    /// <param name="size">Of the block, then of the whole.</param>
    /// <returns>The whole.</returns>
    /// <remarks>Source: RtlpCoalesceFreeBlocks.</remarks>
    private Address Coalesce(Address entry, ref ulong size)
    {
        var previousSize = PreviousSizeOf(entry);
        var before = At(entry, unchecked(0 - previousSize));
        if (previousSize != 0 && (FlagsOf(before) & Entry.Busy) == 0 && size + SizeOf(before) <= Entry.SizeMax)
        {
            RemoveFree(before);
            Set(TotalFreeSize, unchecked(Get(TotalFreeSize) - SizeOf(before)));
            size += SizeOf(before);
            entry = before;
            SetEntry(entry, size, 0, PreviousSizeOf(entry));
            SetPreviousSize(At(entry, size), size);
        }

        var next = At(entry, size);
        if ((FlagsOf(next) & Entry.Busy) != 0 || size + SizeOf(next) > Entry.SizeMax)
            return entry;
        RemoveFree(next);
        Set(TotalFreeSize, unchecked(Get(TotalFreeSize) - SizeOf(next)));
        size += SizeOf(next);
        SetEntry(entry, size, 0, PreviousSizeOf(entry));
        SetPreviousSize(At(entry, size), size);
        return entry;
    }

    /// <summary>Makes free blocks of a range that is on no list, as few as its size allows.</summary>
    /// <remarks>Source: RtlpInsertFreeBlock.</remarks>
    private void InsertFree(Address entry, ulong size)
    {
        Set(TotalFreeSize, unchecked(Get(TotalFreeSize) + size));
        var previous = PreviousSizeOf(entry);
        while (size > 0)
        {
            // One unit over the limit: the rest has to hold links.
            var part = size == Entry.SizeMax + 1 ? Entry.SizeMax - 16 : Math.Min(size, Entry.SizeMax);
            SetEntry(entry, part, 0, previous);
            Insert(entry, part);
            previous = part;
            size -= part;
            entry = At(entry, part);
        }

        SetPreviousSize(entry, previous);
    }

    /// <summary>Puts a free block on the ring.</summary>
    /// <remarks>Source: RtlpInsertFreeBlockHelper: in front of larger ones and, up to a page, second of its size.</remarks>
    private void Insert(Address entry, ulong size)
    {
        var link = entry + Entry.Bytes;
        var head = Control + FreeLists;
        var hint = HintOf(size);
        var first = new Address(Get(FreeHints + hint * 8));
        if (hint == 0)
        {
            var at = first.IsNull ? head : first;
            while (at != head && SizeOf(at - Entry.Bytes) < size)
                at = new Address(Read(at + Flink));
            Link(link, at);
            if (at == first || first.IsNull)
                SetHint(hint, link);
            return;
        }

        if (!first.IsNull)
        {
            Link(link, new Address(Read(first + Flink)));
            return;
        }

        var larger = new Address(Get(FreeHints + FindHint(hint) * 8));
        Link(link, larger.IsNull ? head : larger);
        SetHint(hint, link);
    }

    /// <summary>Takes a free block off the ring.</summary>
    /// <remarks>Source: RtlpRemoveFreeBlock.</remarks>
    private void RemoveFree(Address entry)
    {
        var link = entry + Entry.Bytes;
        var size = SizeOf(entry);
        var hint = HintOf(size);
        if (Get(FreeHints + hint * 8) == link.Value)
        {
            var next = new Address(Read(link + Flink));
            var isOfHint = next != Control + FreeLists && (hint == 0 || SizeOf(next - Entry.Bytes) == size);
            SetHint(hint, isOfHint ? next : Address.Null);
        }

        Unlink(link);
    }

    /// <summary>Links a LIST_ENTRY in front of another.</summary>
    private void Link(Address link, Address before)
    {
        var previous = new Address(Read(before + Blink));
        if (Read(previous + Flink) != before.Value)
            throw Failure(AllocatorSite.HeapList, link);
        Write(link + Flink, before.Value);
        Write(link + Blink, previous.Value);
        Write(previous + Flink, link.Value);
        Write(before + Blink, link.Value);
    }

    private void Unlink(Address link)
    {
        var next = new Address(Read(link + Flink));
        var previous = new Address(Read(link + Blink));
        if (Read(next + Blink) != link.Value || Read(previous + Flink) != link.Value)
            throw Failure(AllocatorSite.HeapList, link);
        Write(previous + Flink, next.Value);
        Write(next + Blink, previous.Value);
    }

    private static int HintOf(ulong size) => size > PageUnits || size == 0 ? 0 : (int)size - 1;

    private void SetHint(int hint, Address link)
    {
        Set(FreeHints + hint * 8, link.Value);
        var offset = FreeHintBitmap + hint / 64 * 8;
        var bit = 1UL << hint % 64;
        Set(offset, link.IsNull ? Get(offset) & ~bit : Get(offset) | bit);
    }

    /// <summary>The first hint from here on that names a block; else the one of the larger ones, 0.</summary>
    private int FindHint(int from)
    {
        for (var hint = from; hint < Hints; hint = (hint | 63) + 1)
        {
            var bits = Get(FreeHintBitmap + hint / 64 * 8) >> hint % 64;
            if (bits != 0)
                return hint + BitOperations.TrailingZeroCount(bits);
        }

        return 0;
    }
}
