using GcReplay.Heaps.Events;
using GcReplay.Heaps.Memory;
using GcReplay.Simulation.Interpreters;
using static GcReplay.Simulation.Collectors.Incminimark.Arenas.ArenaWords;

namespace GcReplay.Simulation.Collectors.Incminimark.Arenas;

/// <summary>Small objects as cells of the process's allocator, with one list of them. While sweeping, <c>total_memory_used</c> counts
/// only what was looked at so far, and new blocks.</summary>
/// <remarks>Source: SimpleArenaCollection of rpython/memory/gc/minimarktest.py.</remarks>
public sealed class SimpleSmallObjects(Process process, Address words) : SmallObjects(process, words)
{
    private const int FirstCapacity = 16;

    /// <summary>What a block takes of the limit: 0.1 is no sum of powers of two, so 6 / 0.1 is 61 blocks.</summary>
    private const double Share = 0.1;

    public override int Bytes => Simple.Bytes;

    public override void SetUp(in SmallObjectSizes sizes)
    {
        // Lists are empty and have no place: zero words.
    }

    public override Address Malloc(ulong bytes, ulong number, ulong descriptor)
    {
        MakeRoom();
        var block = Process.Allocator.Allocate(bytes, number, descriptor);
        Append(block, bytes);
        return block;
    }

    public override void MassFreePrepare()
    {
        Process.Event(EventKind.Counters, Words.Value, site: Process.Site("mass_free_prepare"));
        for (var offset = 0; offset < Items.Bytes; offset += 8)
        {
            var of = Read(Simple.AllObjects + offset);
            Write(Simple.AllObjects + offset, Read(Simple.OldObjects + offset));
            Write(Simple.OldObjects + offset, of);
        }

        Write(Simple.AllObjects + Items.Count, 0);
        Write(TotalMemoryUsed, 0);
    }

    /// <remarks>The newest block first.</remarks>
    public override bool MassFreeIncremental(Func<Address, bool> dies, long limit)
    {
        var left = (double)limit;
        while (Read(Simple.OldObjects + Items.Count) is var count and not 0)
        {
            LookAt(count - 1, dies);
            left -= Share;
            if (left <= 0)
                return false;
        }

        return true;
    }

    private void LookAt(ulong index, Func<Address, bool> dies)
    {
        var block = Pointer(Item(Simple.OldObjects, index));
        var isDead = dies(block);
        var bytes = LiveBlock(block).Bytes;
        if (isDead)
        {
            Process.Event(EventKind.Pop, (Words + Simple.OldObjects).Value, block.Value, site: Process.Site("dies"));
            Write(Simple.OldObjects + Items.Count, index);
            Process.Allocator.Free(block);
            return;
        }

        MakeRoom();
        Process.Event(EventKind.Push, (Words + Simple.AllObjects).Value, block.Value, site: Process.Site("survives"));
        Write(Simple.OldObjects + Items.Count, index);
        Append(block, bytes);
    }

    /// <summary>Puts a block on the list, in the open event.</summary>
    private void Append(Address block, ulong bytes)
    {
        var count = Read(Simple.AllObjects + Items.Count);
        Write(Item(Simple.AllObjects, count), block.Value);
        Write(Simple.AllObjects + Items.Count, unchecked(count + 1));
        Add(TotalMemoryUsed, (long)bytes);
    }

    /// <summary>Makes a longer list when this one is full.</summary>
    private void MakeRoom()
    {
        var count = Read(Simple.AllObjects + Items.Count);
        if (count < Read(Simple.AllObjects + Items.Capacity))
            return;
        var before = Pointer(Simple.AllObjects + Items.Start);
        var capacity = Math.Max(FirstCapacity, unchecked(count * 2));
        var items = Process.Allocator.Allocate(unchecked(capacity * 8), 0, 0);
        for (var i = 0UL; i < count; i++)
            Write(items + (long)i * 8, Read(before + (long)i * 8));
        Write(Simple.AllObjects + Items.Start, items.Value);
        Write(Simple.AllObjects + Items.Capacity, capacity);
        if (!before.IsNull)
            Process.Allocator.Free(before);
    }

    private Address Item(int list, ulong index) => Pointer(list + Items.Start) + unchecked((long)index * 8);
}
