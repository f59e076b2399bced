using GcReplay.Heaps.Memory;
using static GcReplay.Simulation.Allocators.PymallocState;

namespace GcReplay.Simulation.Allocators;

/// <content>Arenas. Invariant: usable_arenas holds the arenas with a free pool, those with the fewest first, so that nearly empty ones
/// have time to become empty and go back to the kernel; nfp2lasta names the last of each number of free pools.</content>
public sealed partial class PymallocAllocator
{
    private const uint InitialArenaObjects = 16;

    /// <summary>Maps an arena and makes it the only usable one; null when there is no memory for it.</summary>
    /// <remarks>Source: new_arena, allocate_from_new_pool. Events: the arena objects' Allocate and Free when they have to grow, a Map
    /// event with the words of the arena.</remarks>
    private Address NewArena()
    {
        if (Read(Control + UnusedArenaObjects) == 0 && !GrowArenaObjects())
            return Address.Null;
        var place = FindPlace();
        if (place.IsNull)
            return Address.Null;
        var arena = new Address(Read(Control + UnusedArenaObjects));
        var nextUnused = Read(arena + Arena.Next);
        MapPages(place, ArenaBytes);
        Write(Control + UnusedArenaObjects, nextUnused);
        Write(arena + Arena.Address, place.Value);
        AddToCounter(ArenasAllocated, 1);
        AddToCounter(ArenasAllocatedEver, 1);
        if (Read(Control + ArenasAllocated) > Read(Control + ArenasHighwater))
            Write(Control + ArenasHighwater, Read(Control + ArenasAllocated));
        Write(arena + Arena.FreePools, 0);
        Write(arena + Arena.PoolAddress, place.Value);
        Write(arena + Arena.PoolCounts, PoolsInArena | (ulong)PoolsInArena << 32);
        Write(Control + UsableArenas, arena.Value);
        Write(arena + Arena.Next, 0);
        Write(arena + Arena.Previous, 0);
        Write(LastWith(PoolsInArena), arena.Value);
        return arena;
    }

    /// <summary>Doubles the array of arena objects, elsewhere; false when there is no memory for it.</summary>
    private bool GrowArenaObjects()
    {
        var old = Low(Control + MaxArenas);
        var count = old == 0 ? InitialArenaObjects : unchecked(old << 1);
        if (count <= old || count * (ulong)Arena.Bytes > CellBytesMax)
            return false;
        var before = new Address(Read(Control + Arenas));
        var objects = raw.Allocate(new CellRequest(count * (ulong)Arena.Bytes, 0, 0, 0, 0));
        for (var offset = 0L; offset < old * (long)Arena.Bytes; offset += 8)
            Write(objects + offset, Read(before + offset));
        for (var i = old; i < count; i++)
        {
            var arena = objects + i * (long)Arena.Bytes;
            Write(arena + Arena.Address, 0);
            Write(arena + Arena.Next, i < count - 1 ? (arena + Arena.Bytes).Value : 0);
        }

        if (!before.IsNull)
            raw.Free(before);
        Write(Control + Arenas, objects.Value);
        Write(Control + UnusedArenaObjects, (objects + old * (long)Arena.Bytes).Value);
        SetLow(Control + MaxArenas, count);
        return true;
    }

    /// <remarks>The page map is the kernel's own. Cost: one word for each arena above the gap.</remarks>
    private Address FindPlace()
    {
        for (var place = ArenasEnd - ArenaBytes; place >= ArenasStart; place -= ArenaBytes)
        {
            // An arena's 64 pages are one word of the page map.
            if (Journal.Space.Peek(Windows.PageMapWord(place.Page)) == 0)
                return place;
        }

        return Address.Null;
    }

    /// <summary>Takes a free pool from the first usable arena, in the open event.</summary>
    /// <remarks>The arena had the fewest free pools already, so the order stays. Source: allocate_from_new_pool.</remarks>
    private void TakePool(Address arena, Address pool, bool isFresh)
    {
        var free = Low(arena + Arena.PoolCounts);
        if (Read(LastWith(free)) == arena.Value)
            Write(LastWith(free), 0);
        if (free > 1)
            Write(LastWith(free - 1), arena.Value);
        if (isFresh)
        {
            Write(pool + Pool.Indexes, IndexOf(arena) | (ulong)NoSizeClass << 32);
            Write(arena + Arena.PoolAddress, (pool + PoolBytes).Value);
        }
        else
        {
            Write(arena + Arena.FreePools, Read(pool + Pool.Next));
        }

        SetLow(arena + Arena.PoolCounts, unchecked(free - 1));
        if (free != 1)
            return;
        var next = new Address(Read(arena + Arena.Next));
        Write(Control + UsableArenas, next.Value);
        if (!next.IsNull)
            Write(next + Arena.Previous, 0);
    }

    /// <summary>Gives an empty pool back to its arena, and the arena to the kernel when it is empty, too, and others are usable.</summary>
    /// <remarks>Source: insert_to_freepool.</remarks>
    private void GiveBack(Address pool)
    {
        RemoveFromRing(pool);
        var arena = new Address(Read(Control + Arenas)) + Low(pool + Pool.Indexes) * (long)Arena.Bytes;
        Write(pool + Pool.Next, Read(arena + Arena.FreePools));
        Write(arena + Arena.FreePools, pool.Value);
        var free = Low(arena + Arena.PoolCounts);
        var last = new Address(Read(LastWith(free)));
        if (last == arena)
        {
            var previous = new Address(Read(arena + Arena.Previous));
            Write(LastWith(free), !previous.IsNull && Low(previous + Arena.PoolCounts) == free ? previous.Value : 0);
        }

        free = unchecked(free + 1);
        SetLow(arena + Arena.PoolCounts, free);
        if (free == High(arena + Arena.PoolCounts) && Read(arena + Arena.Next) != 0)
            FreeArena(arena);
        else if (free == 1)
            PutFirst(arena);
        else
            KeepOrder(arena, free, last);
    }

    private void FreeArena(Address arena)
    {
        UnlinkArena(arena);
        Write(arena + Arena.Next, Read(Control + UnusedArenaObjects));
        Write(Control + UnusedArenaObjects, arena.Value);
        var place = new Address(Read(arena + Arena.Address));
        Write(arena + Arena.Address, 0);
        AddToCounter(ArenasAllocated, -1);
        if (place.Value % AddressSpace.PageBytes != 0 || !ArePages(place, ArenaBytes, mapped: true))
            throw Failure(AllocatorSite.MunmapBadPointer, place);
        Journal.Unmap(place, ArenaBytes);
    }

    private void PutFirst(Address arena)
    {
        var first = new Address(Read(Control + UsableArenas));
        Write(arena + Arena.Next, first.Value);
        Write(arena + Arena.Previous, 0);
        if (!first.IsNull)
            Write(first + Arena.Previous, arena.Value);
        Write(Control + UsableArenas, arena.Value);
        if (Read(LastWith(1)) == 0)
            Write(LastWith(1), arena.Value);
    }

    /// <summary>Moves an arena, which has one free pool more, behind the last that has as many as it had.</summary>
    private void KeepOrder(Address arena, uint free, Address last)
    {
        if (Read(LastWith(free)) == 0)
            Write(LastWith(free), arena.Value);
        if (arena == last)
            return;
        UnlinkArena(arena);
        var next = new Address(Read(last + Arena.Next));
        Write(arena + Arena.Previous, last.Value);
        Write(arena + Arena.Next, next.Value);
        if (!next.IsNull)
            Write(next + Arena.Previous, arena.Value);
        Write(last + Arena.Next, arena.Value);
    }

    /// <summary>Takes an arena that another one follows out of the list.</summary>
    private void UnlinkArena(Address arena)
    {
        var previous = new Address(Read(arena + Arena.Previous));
        var next = new Address(Read(arena + Arena.Next));
        Write(previous.IsNull ? Control + UsableArenas : previous + Arena.Next, next.Value);
        Write(next + Arena.Previous, previous.Value);
    }

    /// <summary>Whether a block lies in an arena, as the header says that a pool there would have.</summary>
    /// <remarks>Source: address_in_range. What is read as the header may be anybody's words.</remarks>
    private bool IsOurs(Address block, Address pool)
    {
        var index = Low(pool + Pool.Indexes);
        if (index >= Low(Control + MaxArenas))
            return false;
        var arena = new Address(Read(Control + Arenas)) + index * (long)Arena.Bytes;
        var start = Read(arena + Arena.Address);
        return start != 0 && unchecked(block.Value - start) < ArenaBytes;
    }

    private uint IndexOf(Address arena) => unchecked((uint)((arena.Value - Read(Control + Arenas)) / Arena.Bytes));

    private Address LastWith(uint freePools) => Control + (NfpToLastArena + freePools * 8L);
}
