using GcReplay.Heaps.Memory;
using static GcReplay.Simulation.Allocators.WindowsHeapState;

namespace GcReplay.Simulation.Allocators;

/// <content>What the heap asks of the kernel: pages of its segment, committed and decommitted one by one.</content>
public sealed partial class WindowsAllocator
{
    /// <summary>Commits pages for a block, at the first uncommitted range that is long enough, and gives the free block there.</summary>
    /// <remarks>Source: RtlpExtendHeap, RtlpFindAndCommitPages. Event: Map.</remarks>
    private Address Extend(ulong size)
    {
        var bytes = size * UnitBytes + PageBytes - 1 & ~(PageBytes - 1);
        var pages = FindPages(SegmentStart, SegmentEnd, bytes / PageBytes, 1);
        var end = pages + (long)bytes;
        // The last page stays uncommitted: a committed range ends in front of an uncommitted one.
        if (pages.IsNull || end >= SegmentEnd)
            throw NoMemory(bytes, SegmentEnd);
        MapPages(pages, bytes);
        var entry = pages - UnitBytes;
        var free = bytes / UnitBytes;
        if (PreviousSizeOf(entry) == 1 && IsGuard(entry - UnitBytes))
        {
            entry -= UnitBytes;
            free++;
        }

        if (Journal.Space.IsMapped(end))
        {
            // The range was used up: no guard is needed.
            free++;
            SetPreviousSize(end, free);
        }
        else
        {
            SetEntry(end - UnitBytes, 1, Entry.Busy | Entry.Last, free);
        }

        SetEntry(entry, free, 0, PreviousSizeOf(entry));
        entry = Coalesce(entry, ref free);
        InsertFree(entry, free);
        return entry;
    }

    /// <summary>Gives whole pages of a free range back; what is left of it in front and behind becomes free blocks.</summary>
    /// <remarks>Source: RtlpDeCommitFreeBlock. Event: Unmap, when there is a whole page.</remarks>
    private void Decommit(Address entry, ulong size)
    {
        var start = new Address(entry.Value + PageBytes - 1 & ~(PageBytes - 1));
        // The guard block needs room.
        if (start == entry)
            start += (long)PageBytes;
        var next = At(entry, size);
        var isLast = IsGuard(next);
        var end = new Address((isLast ? next.Value + PageBytes - 1 : next.Value) & ~(PageBytes - 1));
        // One unit is too small for a free block.
        if (!isLast && next - end == UnitBytes)
            end -= (long)PageBytes;
        if (end <= start)
        {
            InsertFree(entry, size);
            return;
        }

        if (start < SegmentStart || end > SegmentEnd || !ArePages(start, (ulong)(end - start), mapped: true))
            throw Failure(AllocatorSite.HeapEntry, entry);
        KeepFront(entry, start);
        if (!isLast)
            KeepBack(end, next);
        Journal.Unmap(start, (ulong)(end - start));
    }

    private void KeepFront(Address entry, Address uncommitted)
    {
        var guard = uncommitted - UnitBytes;
        var left = (ulong)(guard - entry) / UnitBytes;
        var previous = PreviousSizeOf(entry);
        switch (left)
        {
            case 0:
                SetEntry(guard, 1, Entry.Busy | Entry.Last, previous);
                break;
            case 1:
                SetEntry(guard, 1, Entry.Busy | Entry.Last, 1);
                SetEntry(entry, 1, Entry.Busy | Entry.Last, previous);
                break;
            default:
                SetEntry(guard, 1, Entry.Busy | Entry.Last, left);
                Free(entry, left, previous);
                break;
        }
    }

    private void KeepBack(Address uncommittedEnd, Address next)
    {
        var left = (ulong)(next - uncommittedEnd) / UnitBytes;
        SetPreviousSize(next, left);
        if (left > 0)
            Free(uncommittedEnd, left, 0);
    }

    private bool IsGuard(Address entry) => FlagsOf(entry) == (Entry.Busy | Entry.Last) && SizeOf(entry) == 1;

    /// <summary>The first range of unmapped pages that is long enough, or null.</summary>
    /// <param name="granule">Pages of which the start is a multiple.</param>
    /// <remarks>The page map is the kernel's own; upstream keeps the heap's uncommitted ranges in descriptors as well. Cost: one word for 64
    /// mapped pages in front of the range.</remarks>
    private Address FindPages(Address from, Address to, ulong count, ulong granule)
    {
        var found = 0UL;
        for (var page = from.Page; page < to.Page;)
        {
            var map = Journal.Space.Peek(Windows.PageMapWord(page));
            if (page % 64 == 0 && map == ulong.MaxValue)
            {
                found = 0;
                page += 64;
                continue;
            }

            var isMapped = (map >> (int)(page & 63) & 1) != 0;
            found = isMapped || (found == 0 && page % granule != 0) ? 0 : found + 1;
            page++;
            if (found == count)
                return new Address((page - count) * PageBytes);
        }

        return Address.Null;
    }
}
