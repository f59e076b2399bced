using System.Collections.Immutable;
using GcReplay.Heaps;
using GcReplay.Heaps.Layouts;

namespace GcReplay.Simulation.Allocators;

/// <summary>Where an allocator gives up; an index into <see cref="Allocator.Sites"/>.</summary>
public enum AllocatorSite
{
    OutOfMemory = 0,
    FreeOfNoLiveCell,
    MemoryInUse,
    PagesInUse,
    MallocCorruptedTop,
    MallocBadUnsorted,
    MallocUnsortedList,
    MallocLargeBinList,
    SysmallocOldTop,
    UnlinkSize,
    UnlinkList,
    UnlinkSizeList,
    FreeBadPointer,
    FreeBadSize,
    FreeOfTop,
    FreeOutside,
    FreeNotInUse,
    FreeBadNextSize,
    FreePreviousSize,
    FreeUnsortedList,
    MunmapBadPointer,
    DebugApiId,
    DebugLeadingPad,
    DebugTrailingPad,
    WindowsPlace,
    HeapEntry,
    HeapList,
}

/// <summary>The names and reasons of <see cref="AllocatorSite"/>. A name is upstream's function and condition, a reason is the
/// message it aborts with; a choice has its own name.</summary>
internal static class AllocatorSites
{
    public static readonly ImmutableArray<Site> Table = Build(
        (AllocatorSite.OutOfMemory, "malloc.out_of_memory", "the simulated process is out of memory"),
        (AllocatorSite.FreeOfNoLiveCell, "free.no_live_cell", "free(): double free, or a pointer that malloc never returned"),
        (AllocatorSite.MemoryInUse, "malloc.in_use", "corrupted lists: malloc would hand out memory that is in use or not mapped"),
        (AllocatorSite.PagesInUse, "malloc.pages_in_use", "corrupted control words: malloc would map pages that are mapped"),
        (AllocatorSite.MallocCorruptedTop, "_int_malloc.top_size", "malloc(): corrupted top size"),
        (AllocatorSite.MallocBadUnsorted, "_int_malloc.unsorted_size", "malloc(): invalid size (unsorted)"),
        (AllocatorSite.MallocUnsortedList, "_int_malloc.unsorted_list", "malloc(): unsorted double linked list corrupted"),
        (AllocatorSite.MallocLargeBinList, "_int_malloc.largebin_list", "malloc(): largebin double linked list corrupted"),
        (AllocatorSite.SysmallocOldTop, "sysmalloc.old_top", "sysmalloc: Assertion `(old_top == initial_top (av) && old_size == 0) || ...' failed"),
        (AllocatorSite.UnlinkSize, "unlink_chunk.prev_size", "corrupted size vs. prev_size"),
        (AllocatorSite.UnlinkList, "unlink_chunk.list", "corrupted double-linked list"),
        (AllocatorSite.UnlinkSizeList, "unlink_chunk.nextsize_list", "corrupted double-linked list (not small)"),
        (AllocatorSite.FreeBadPointer, "_int_free.pointer", "free(): invalid pointer"),
        (AllocatorSite.FreeBadSize, "_int_free.size", "free(): invalid size"),
        (AllocatorSite.FreeOfTop, "_int_free.top", "double free or corruption (top)"),
        (AllocatorSite.FreeOutside, "_int_free.out", "double free or corruption (out)"),
        (AllocatorSite.FreeNotInUse, "_int_free.prev_inuse", "double free or corruption (!prev)"),
        (AllocatorSite.FreeBadNextSize, "_int_free.next_size", "free(): invalid next size (normal)"),
        (AllocatorSite.FreePreviousSize, "_int_free.prev_size", "corrupted size vs. prev_size while consolidating"),
        (AllocatorSite.FreeUnsortedList, "_int_free.unsorted_list", "free(): corrupted unsorted chunks"),
        (AllocatorSite.MunmapBadPointer, "munmap_chunk.pointer", "munmap_chunk(): invalid pointer"),
        (AllocatorSite.DebugApiId, "_PyMem_DebugCheckAddress.id", "Fatal Python error: bad ID: freed by another API than it was allocated with, or its API id was overwritten"),
        (AllocatorSite.DebugLeadingPad, "_PyMem_DebugCheckAddress.leading_pad", "Fatal Python error: bad leading pad byte: something wrote in front of the cell"),
        (AllocatorSite.DebugTrailingPad, "_PyMem_DebugCheckAddress.trailing_pad", "Fatal Python error: bad trailing pad byte: something wrote behind the cell, or over its size in front"),
        (AllocatorSite.WindowsPlace, "windows.place", "chaos asks how much of a free block to leave in front of the cell"),
        (AllocatorSite.HeapEntry, "RtlFreeHeap.entry", "STATUS_HEAP_CORRUPTION: HeapFree of a block whose header is not a busy block's"),
        (AllocatorSite.HeapList, "RtlpRemoveFreeBlock.list", "STATUS_HEAP_CORRUPTION: a list of the heap is corrupted"));

    private static ImmutableArray<Site> Build(params (AllocatorSite Site, string Name, string Reason)[] rows)
    {
        for (var i = 0; i < rows.Length; i++)
            Check.That((int)rows[i].Site == i, $"site {rows[i].Site} stands in row {i}");
        return [.. rows.Select(row => new Site(row.Name, row.Reason))];
    }
}
