using GcReplay.Heaps;
using GcReplay.Heaps.Events;
using GcReplay.Heaps.Memory;
using GcReplay.Simulation.Interpreters;
using static GcReplay.Simulation.Collectors.Incminimark.Arenas.ArenaWords;

namespace GcReplay.Simulation.Collectors.Incminimark.Arenas;

/// <summary>Small objects in pages of one size, in arenas. Invariants: a page with room is on its size's chain of such pages, a full
/// one on that of full pages, an empty one on its arena's; a page's free blocks are chained in the order of addresses, and the
/// chain ends where blocks begin that were never used. The same holds for an arena's free pages but for the order.</summary>
/// <param name="recountsInSweep">Whether a sweep counts the bytes of survivors from 0 instead of taking off what it frees: so it was
/// up to 96a224bd967.</param>
/// <remarks>Source: rpython/memory/gc/minimarkpage.py, ArenaCollection.</remarks>
public sealed partial class PagedSmallObjects(Process process, Address words, bool recountsInSweep) : SmallObjects(process, words)
{
    public override int Bytes => Paged.Bytes;

    private ulong PageBytes => Read(Paged.PageSize);

    /// <remarks>Source: __init__. The tables are one cell.</remarks>
    public override void SetUp(in SmallObjectSizes sizes)
    {
        Check.That(
            sizes.Threshold > 0 && sizes.Page >= sizes.Threshold + Page.Bytes / 8 && sizes.Arena > sizes.Page,
            $"small objects up to {sizes.Threshold} words, pages of {sizes.Page}, arenas of {sizes.Arena}: a block does not fit");
        var classes = (ulong)sizes.Threshold + 1;
        var lists = (ulong)(sizes.Arena / sizes.Page);
        var bytes = 8 * (4 * classes + 2 * lists);
        var table = Process.Allocator.Allocate(bytes, 0, 0);
        foreach (var address in Process.Journal.Space.NonZeroWords(table, bytes))
            Write(address, 0);
        Write(Paged.ArenaSize, (ulong)sizes.Arena * 8);
        Write(Paged.PageSize, (ulong)sizes.Page * 8);
        Write(Paged.SmallRequestThreshold, (ulong)sizes.Threshold * 8);
        Write(Paged.SizeClasses, classes);
        Write(Paged.MaxPagesPerArena, lists);
        Write(Paged.MinEmptyFreePages, lists);
        Write(Paged.SizeClassWithOldPages, ulong.MaxValue);
        foreach (var pages in new[] { Paged.PageForSize, Paged.FullPageForSize, Paged.OldPageForSize, Paged.OldFullPageForSize })
        {
            Write(pages, table.Value);
            table += (long)classes * 8;
        }

        Write(Paged.ArenasLists, table.Value);
        Write(Paged.OldArenasLists, (table + (long)lists * 8).Value);
    }

    /// <remarks>Source: malloc.</remarks>
    public override Address Malloc(ulong bytes, ulong number, ulong descriptor)
    {
        Check.That(
            bytes > 0 && bytes % 8 == 0 && bytes <= Read(Paged.SmallRequestThreshold), $"a block of {bytes} bytes is no small object");
        var sizeClass = bytes / 8;
        var page = Pointer(First(Paged.PageForSize, sizeClass));
        if (page.IsNull)
            page = NewPage(sizeClass);
        var block = Pointer(page + Page.FreeBlock);
        var free = Read(page + Page.FreeCount);
        var next = free > 0 ? Pointer(block) : block + (long)bytes;
        if (!Process.Allocator.IsVacant(block, block + (long)bytes))
            throw Process.Assertion(ObjectOverlap, block);
        Process.Journal.Allocate(block, bytes, number, descriptor);
        Add(TotalMemoryUsed, (long)bytes);
        if (free > 0)
            Write(page + Page.FreeCount, free - 1);
        Write(page + Page.FreeBlock, next.Value);
        if (next - page > (long)PageBytes - (long)bytes)
            Move(page, First(Paged.PageForSize, sizeClass), First(Paged.FullPageForSize, sizeClass));
        return block;
    }

    /// <summary>A page of the current arena, made the first with room for a size.</summary>
    /// <remarks>Source: allocate_new_page. A returned page or one never used; an arena whose last page it is goes to list 0 at once,
    /// and there is no current arena until a page is needed.</remarks>
    private Address NewPage(ulong sizeClass)
    {
        if (Pointer(Paged.CurrentArena).IsNull)
            NewArena();
        var arena = Pointer(Paged.CurrentArena);
        var page = Pointer(arena + Arena.FreePages);
        var returned = Read(arena + Arena.FreePagesCount);
        Process.Event(EventKind.Counters, page.Value, site: Process.Site("allocate_new_page"));
        Address next;
        if (returned > 0)
        {
            Write(arena + Arena.FreePagesCount, returned - 1);
            next = Pointer(page);
        }
        else
        {
            var fresh = unchecked(Read(Paged.UninitializedPages) - 1);
            Write(Paged.UninitializedPages, fresh);
            next = fresh == 0 ? Address.Null : page + (long)PageBytes;
        }

        Write(arena + Arena.FreePages, next.Value);
        if (next.IsNull)
        {
            Push(arena + Arena.NextArena, arena, First(Paged.ArenasLists, 0));
            Write(Paged.CurrentArena, 0);
        }

        Write(page + Page.Arena, arena.Value);
        Write(page + Page.FreeCount, 0);
        Write(page + Page.FreeBlock, (page + Page.Bytes).Value);
        Push(page + Page.NextPage, page, First(Paged.PageForSize, sizeClass));
        return page;
    }

    /// <summary>Takes the first item off a chain of pages and puts it in front of another, in the open event.</summary>
    private void Move(Address page, Address from, Address to)
    {
        Write(from, Read(page + Page.NextPage));
        Push(page + Page.NextPage, page, to);
    }

    /// <summary>Puts an item in front of a chain, in the open event.</summary>
    /// <param name="link">The item's word that names the next one.</param>
    private void Push(Address link, Address item, Address chain)
    {
        Write(link, Read(chain));
        Write(chain, item.Value);
    }

    /// <summary>The word of a table that names the first item of a chain.</summary>
    private Address First(int table, ulong index) => Pointer(table) + unchecked((long)index * 8);
}
