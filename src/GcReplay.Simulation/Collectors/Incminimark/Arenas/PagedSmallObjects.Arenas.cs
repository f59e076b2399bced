using GcReplay.Heaps.Events;
using GcReplay.Heaps.Memory;
using static GcReplay.Simulation.Collectors.Incminimark.Arenas.ArenaWords;

namespace GcReplay.Simulation.Collectors.Incminimark.Arenas;

/// <content>Arenas. Invariant: an arena is the current one, or on one of the lists; list 0 has those that were used up, list n
/// those that had n free pages when the lists were made.</content>
public sealed partial class PagedSmallObjects
{
    /// <summary>Chooses the arena to take pages from.</summary>
    /// <remarks>Source: allocate_new_arena. Pages may have been returned since the lists were made: they are made anew before there is
    /// another arena.</remarks>
    private void NewArena()
    {
        if (PickNextArena())
            return;
        RehashArenasLists();
        if (!PickNextArena())
            MapArena();
    }

    /// <remarks>Source: _pick_next_arena.</remarks>
    private bool PickNextArena()
    {
        var lists = Read(Paged.MaxPagesPerArena);
        for (var i = Read(Paged.MinEmptyFreePages); i < lists; i++)
        {
            var first = First(Paged.ArenasLists, i);
            var arena = Pointer(first);
            if (arena.IsNull)
                continue;
            Process.Event(EventKind.Counters, arena.Value, site: Process.Site("pick_next_arena"));
            Write(Paged.MinEmptyFreePages, i);
            Write(Paged.CurrentArena, arena.Value);
            Write(first, Read(arena + Arena.NextArena));
            return true;
        }

        return false;
    }

    private void MapArena()
    {
        var arena = Process.Allocator.Allocate(Arena.Bytes, 0, 0);
        var bytes = Read(Paged.ArenaSize);
        var mapped = MappedBytes(bytes);
        var start = FindPlace(mapped);
        if (start.IsNull)
            throw Process.Assertion(OutOfMemory, Words, mapped);
        Process.Journal.Map(start, mapped);
        var pages = (bytes - 8) / PageBytes;
        Write(arena + Arena.Base, start.Value);
        Write(arena + Arena.FreePagesCount, 0);
        Write(arena + Arena.TotalPages, pages);
        Write(arena + Arena.FreePages, (start + 8).Value);
        Write(arena + Arena.NextArena, 0);
        Write(Paged.UninitializedPages, pages);
        Write(Paged.MinEmptyFreePages, Read(Paged.MaxPagesPerArena));
        Write(Paged.CurrentArena, arena.Value);
        Add(ArenasCount, 1);
    }

    /// <summary>Makes the lists of arenas anew, and unmaps those that have no used page. The current one takes no part.</summary>
    /// <remarks>Source: _rehash_arenas_lists. The arenas to unmap wait on the old list 0, for each goes in an event of its own.</remarks>
    private void RehashArenasLists()
    {
        Process.Event(EventKind.Counters, Words.Value, site: Process.Site("rehash_arenas_lists"));
        var (from, to) = (Read(Paged.ArenasLists), Read(Paged.OldArenasLists));
        Write(Paged.ArenasLists, to);
        Write(Paged.OldArenasLists, from);
        var lists = Read(Paged.MaxPagesPerArena);
        for (var i = 0UL; i < lists; i++)
            Write(First(Paged.ArenasLists, i), 0);
        var empty = First(Paged.OldArenasLists, 0);
        var lastEmpty = empty;
        for (var i = 0UL; i < lists; i++)
        {
            var first = First(Paged.OldArenasLists, i);
            var arena = Pointer(first);
            Write(first, 0);
            while (!arena.IsNull)
            {
                var next = Pointer(arena + Arena.NextArena);
                var free = Read(arena + Arena.FreePagesCount);
                if (free == Read(arena + Arena.TotalPages))
                {
                    Write(arena + Arena.NextArena, 0);
                    Write(lastEmpty, arena.Value);
                    lastEmpty = arena + Arena.NextArena;
                }
                else
                {
                    Push(arena + Arena.NextArena, arena, First(Paged.ArenasLists, free));
                }

                arena = next;
            }
        }

        Write(Paged.MinEmptyFreePages, 1);
        while (Pointer(empty) is { IsNull: false } arena)
            UnmapArena(arena, empty);
    }

    private void UnmapArena(Address arena, Address list)
    {
        Process.Event(EventKind.Counters, arena.Value, site: Process.Site("free_arena"));
        Write(list, Read(arena + Arena.NextArena));
        Add(ArenasCount, -1);
        Process.Journal.Unmap(Pointer(arena + Arena.Base), MappedBytes(Read(Paged.ArenaSize)));
        Process.Allocator.Free(arena);
    }

    /// <summary>The lowest gap for an arena; null when there is none.</summary>
    private Address FindPlace(ulong bytes)
    {
        var space = Process.Journal.Space;
        for (var place = Arenas.Start; place + (long)bytes <= Arenas.End; place += (long)bytes)
        {
            var word = space.Peek(Windows.PageMapWord(place.Page));
            if ((word >> (int)(place.Page % 64) & 1) == 0)
                return place;
        }

        return Address.Null;
    }

    private static ulong MappedBytes(ulong bytes) => (bytes + AddressSpace.PageBytes - 1) / AddressSpace.PageBytes * AddressSpace.PageBytes;
}
