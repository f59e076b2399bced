using GcReplay.Heaps.Memory;

namespace GcReplay.Simulation.Allocators;

/// <content>What malloc asks of the kernel: the brk heap that the top lies in, and mmapped chunks.</content>
public sealed partial class GlibcAllocator
{
    private const ulong PageBytes = AddressSpace.PageBytes;

    /// <summary>The top, grown when it was too small for a chunk of a size; null when the chunk is to be mmapped.</summary>
    /// <remarks>Source: _int_malloc use_top, sysmalloc.</remarks>
    private Address TopFor(ulong size)
    {
        var top = Top;
        var oldSize = SizeAt(top);
        var systemMem = Get(MallocState.SystemMem);
        if (oldSize > systemMem)
            throw Failure(AllocatorSite.MallocCorruptedTop, top);
        if (oldSize >= size + MinSize)
            return top;
        if (size >= Get(MallocState.MmapThreshold) && Get(MallocState.Mmaps) < Get(MallocState.MmapsMax))
            return Address.Null;

        var isFirst = top == Unsorted && oldSize == 0;
        if (!isFirst && (oldSize < MinSize || (Read(top + 8) & PrevInuse) == 0 || Plus(top, oldSize).Value % PageBytes != 0))
            throw Failure(AllocatorSite.SysmallocOldTop, top);
        var brk = new Address(unchecked(Get(MallocState.SbrkBase) + systemMem));
        var growth = Pages(unchecked(size + Get(MallocState.TopPad) + MinSize - oldSize));
        if (brk < HeapStart || brk >= HeapEnd || growth > (ulong)(HeapEnd - brk) || oldSize + growth < size + MinSize)
            throw NoMemory(size, brk);
        if (isFirst)
            top = brk;
        MapPages(brk, growth);
        SetHead(top, oldSize + growth | PrevInuse);
        Set(MallocState.Top, top.Value);
        Set(MallocState.SystemMem, systemMem + growth);
        SetMax(MallocState.MaxSystemMem, systemMem + growth);
        return top;
    }

    /// <summary>Gives the end of the top back to the kernel when the top has reached the trim threshold.</summary>
    /// <remarks>Source: _int_free, systrim.</remarks>
    private void Trim()
    {
        var top = Top;
        var size = SizeAt(top);
        if (size < Get(MallocState.TrimThreshold))
            return;
        var spare = size - MinSize - 1;
        var pad = Get(MallocState.TopPad);
        if (spare <= pad)
            return;
        var extra = spare - pad & ~(PageBytes - 1);
        var start = Plus(top, size - extra);
        var brk = Plus(new Address(Get(MallocState.SbrkBase)), Get(MallocState.SystemMem));
        if (extra == 0 || Plus(start, extra) != brk || extra > Get(MallocState.SystemMem) || !ArePages(start, extra, mapped: true))
            return;
        SetHead(top, size - extra | PrevInuse);
        Set(MallocState.SystemMem, Get(MallocState.SystemMem) - extra);
        Journal.Unmap(start, extra);
    }

    /// <remarks>Source: sysmalloc, mmap branch.</remarks>
    private Address PlaceMapped(ulong size, in CellRequest request)
    {
        var bytes = Pages(size + 8);
        var chunk = FindGap(bytes);
        MapPages(chunk, bytes);
        OpenAllocate(request, chunk + HeaderBytes);
        Write(chunk, 0);
        SetHead(chunk, bytes | IsMmapped);
        Set(MallocState.Mmaps, unchecked(Get(MallocState.Mmaps) + 1));
        SetMax(MallocState.MaxMmaps, Get(MallocState.Mmaps));
        Set(MallocState.MmappedMem, unchecked(Get(MallocState.MmappedMem) + bytes));
        SetMax(MallocState.MaxMmappedMem, Get(MallocState.MmappedMem));
        if (chunk.Value < Get(MallocState.MmapLowest))
            Set(MallocState.MmapLowest, chunk.Value);
        return chunk + HeaderBytes;
    }

    /// <remarks>Source: __libc_free (the dynamic threshold), munmap_chunk.</remarks>
    private void FreeMapped(Cell live, Address chunk, ulong size)
    {
        if (chunk.Value % PageBytes != 0 || size % PageBytes != 0 || size == 0 || size > Get(MallocState.MmappedMem)
            || !ArePages(chunk, size, mapped: true))
            throw Failure(AllocatorSite.MunmapBadPointer, chunk);
        OpenFree(live);
        if (size > Get(MallocState.MmapThreshold) && size <= MmapThresholdMax)
        {
            Set(MallocState.MmapThreshold, size);
            Set(MallocState.TrimThreshold, 2 * size);
        }

        Set(MallocState.Mmaps, unchecked(Get(MallocState.Mmaps) - 1));
        Set(MallocState.MmappedMem, Get(MallocState.MmappedMem) - size);
        if (chunk.Value == Get(MallocState.MmapLowest))
            Set(MallocState.MmapLowest, FirstMapped(Plus(chunk, size)).Value);
        Journal.Unmap(chunk, size);
    }

    /// <summary>The highest gap of the mmap area that is large enough: its upper end is used, as Linux does top-down.</summary>
    /// <remarks>The page map is the kernel's own. Cost: one word when nothing lies in gaps, otherwise one for 64 pages above the
    /// gap.</remarks>
    private Address FindGap(ulong bytes)
    {
        var lowest = new Address(Get(MallocState.MmapLowest));
        if (lowest < MmapStart || lowest > MmapEnd)
            throw NoMemory(bytes, lowest);
        if ((ulong)(MmapEnd - lowest) != Get(MallocState.MmappedMem))
        {
            var needed = bytes / PageBytes;
            var gap = 0UL;
            for (var page = MmapEnd.Page; page > lowest.Page;)
            {
                var map = Journal.Space.Peek(Windows.PageMapWord(page - 1));
                if (map == ulong.MaxValue && page % 64 == 0)
                {
                    gap = 0;
                    page -= 64;
                    continue;
                }

                page--;
                gap = (map >> (int)(page & 63) & 1) == 0 ? gap + 1 : 0;
                if (gap == needed)
                    return new Address(page * PageBytes);
            }
        }

        if (bytes > (ulong)(lowest - MmapStart))
            throw NoMemory(bytes, lowest);
        return lowest - (long)bytes;
    }

    private Address FirstMapped(Address from)
    {
        while (from < MmapEnd && !Journal.Space.IsMapped(from))
            from += (long)PageBytes;
        return from;
    }

    private void SetMax(int offset, ulong value)
    {
        if (value > Get(offset))
            Set(offset, value);
    }

    private static ulong Pages(ulong bytes) => unchecked(bytes + (PageBytes - 1)) & ~(PageBytes - 1);
}
