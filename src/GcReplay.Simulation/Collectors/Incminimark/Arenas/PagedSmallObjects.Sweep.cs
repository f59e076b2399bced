using GcReplay.Heaps.Events;
using GcReplay.Heaps.Memory;
using static GcReplay.Simulation.Collectors.Incminimark.Arenas.ArenaWords;

namespace GcReplay.Simulation.Collectors.Incminimark.Arenas;

/// <content>The sweep: page by page, the largest size first.</content>
public sealed partial class PagedSmallObjects
{
    /// <remarks>Source: mass_free_prepare.</remarks>
    public override void MassFreePrepare()
    {
        Process.Event(EventKind.Counters, Words.Value, site: Process.Site("mass_free_prepare"));
        var largest = Read(Paged.SmallRequestThreshold) / 8;
        for (var sizeClass = largest; sizeClass >= 1; sizeClass--)
        {
            SetAside(First(Paged.PageForSize, sizeClass), First(Paged.OldPageForSize, sizeClass));
            SetAside(First(Paged.FullPageForSize, sizeClass), First(Paged.OldFullPageForSize, sizeClass));
        }

        Write(Paged.SizeClassWithOldPages, largest);
        if (recountsInSweep)
            Write(TotalMemoryUsed, 0);
    }

    /// <remarks>Source: mass_free_incremental. A limit that is reached stops it, also at the very last page.</remarks>
    public override bool MassFreeIncremental(Func<Address, bool> dies, long limit)
    {
        var sizeClass = unchecked((long)Read(Paged.SizeClassWithOldPages));
        if (sizeClass < 0)
            return true;
        for (; sizeClass >= 1; sizeClass--)
        {
            limit = SweepClass((ulong)sizeClass, dies, limit);
            if (limit <= 0)
                return false;
        }

        RehashArenasLists();
        Process.Event(EventKind.Counters, Words.Value);
        Write(Paged.SizeClassWithOldPages, ulong.MaxValue);
        return true;
    }

    /// <summary>Sweeps pages of a size; gives what is left of the limit.</summary>
    /// <remarks>Source: mass_free_in_pages.</remarks>
    private long SweepClass(ulong sizeClass, Func<Address, bool> dies, long limit)
    {
        foreach (var table in new[] { Paged.OldFullPageForSize, Paged.OldPageForSize })
        {
            var old = First(table, sizeClass);
            while (Pointer(old) is { IsNull: false } page)
            {
                SweepPage(page, old, sizeClass, dies);
                limit--;
                if (limit <= 0)
                    return limit;
            }
        }

        return limit;
    }

    /// <summary>Frees the dead blocks of a page, and chains it where it belongs now.</summary>
    private void SweepPage(Address page, Address old, ulong sizeClass, Func<Address, bool> dies)
    {
        var bytes = sizeClass * 8;
        var (survivors, dead) = WalkPage(page, bytes, dies);
        var isFull = survivors == (PageBytes - Page.Bytes) / bytes;
        var site = survivors == 0 ? "free_page" : isFull ? "still-full" : "has-room";
        Process.Event(EventKind.Counters, page.Value, site: Process.Site(site));
        Add(TotalMemoryUsed, recountsInSweep ? (long)(survivors * bytes) : -(long)(dead * bytes));
        Write(Paged.SizeClassWithOldPages, sizeClass);
        if (survivors == 0)
            FreePage(page, old);
        else
            Move(page, old, First(isFull ? Paged.FullPageForSize : Paged.PageForSize, sizeClass));
    }

    /// <remarks>Source: free_page.</remarks>
    private void FreePage(Address page, Address old)
    {
        var arena = Pointer(page + Page.Arena);
        Write(arena + Arena.FreePagesCount, unchecked(Read(arena + Arena.FreePagesCount) + 1));
        Move(page, old, arena + Arena.FreePages);
    }

    /// <summary>Asks of each block in use whether it dies, in the order of addresses, and keeps the chain of free blocks.</summary>
    /// <remarks>Source: walk_page.</remarks>
    private (ulong Survivors, ulong Dead) WalkPage(Address page, ulong bytes, Func<Address, bool> dies)
    {
        var nextFree = Pointer(page + Page.FreeBlock);
        var link = page + Page.FreeBlock;
        var chained = Read(page + Page.FreeCount);
        var (survivors, dead) = (0UL, 0UL);
        for (var block = page + Page.Bytes; ; block += (long)bytes)
        {
            if (block == nextFree)
            {
                if (chained == 0)
                    return (survivors, dead);
                chained--;
                link = block;
                nextFree = Pointer(block);
                continue;
            }

            if (nextFree < block)
                throw Process.Assertion(FreeBlocksOutOfOrder, page);
            if (!dies(block))
            {
                survivors++;
                continue;
            }

            Process.Journal.Free(LiveBlock(block));
            Write(link, block.Value);
            Write(block, nextFree.Value);
            Write(page + Page.FreeCount, unchecked(Read(page + Page.FreeCount) + 1));
            link = block;
            dead++;
        }
    }

    /// <summary>Makes a chain an old one, in the open event.</summary>
    private void SetAside(Address chain, Address old)
    {
        Write(old, Read(chain));
        Write(chain, 0);
    }
}
