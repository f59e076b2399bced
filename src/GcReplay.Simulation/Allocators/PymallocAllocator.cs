using System.Collections.Immutable;
using GcReplay.Heaps.Events;
using GcReplay.Heaps.Layouts;
using GcReplay.Heaps.Memory;
using GcReplay.Simulation.Recording;
using static GcReplay.Simulation.Allocators.PymallocState;

namespace GcReplay.Simulation.Allocators;

/// <summary>CPython's pymalloc: requests of the object domain up to 512 bytes from pools of one size class each; all others go to the
/// allocator below. Invariant: a pool with used and free blocks is on its size class's ring of usedpools, a full one on no list,
/// an empty one on its arena's freepools; a pool's free blocks are chained through their first word, and the chain ends where
/// blocks begin that were never used.</summary>
/// <remarks>
/// A block that is freed goes to the front of its pool's chain, and its pool, when it was full, to the front of the ring: last
/// freed, first reused. The link is written over the first word of the cell, which of an object with a PyGC_Head is _gc_next.
/// What is modelled and what is not: README.md. Source: CPython 3.9, Objects/obmalloc.c.
/// </remarks>
public sealed partial class PymallocAllocator(Allocator raw, Journal journal, int firstSite) : Allocator(journal, firstSite)
{
    public const string TheName = "pymalloc";
    public const int SmallRequestThreshold = 512;
    public const int PoolBytes = 4096;
    public const int ArenaBytes = 256 * 1024;
    public const int PoolsInArena = ArenaBytes / PoolBytes;

    /// <summary>The kernel's places for arenas, filled downwards, highest gap first.</summary>
    public static readonly Address ArenasStart = new(0x6000_0000_0000);
    public static readonly Address ArenasEnd = new(0x6800_0000_0000);

    private const int AlignmentShift = 4;

    /// <summary>Size class of a pool that was never used: DUMMY_SIZE_IDX.</summary>
    private const uint NoSizeClass = 0xFFFF;

    public override string Name => TheName;

    public override StructLayout ControlLayout { get; } = Layout(raw.ControlLayout.Name);

    public override ImmutableArray<StructLayout> Structs => [ControlLayout, ArenaObject, PoolHeader, .. raw.Structs];

    public override ImmutableArray<Region> Regions => [new Region("arenas", ArenasStart, ArenasEnd), .. raw.Regions];

    public override void Attach(Address control)
    {
        base.Attach(control);
        raw.Attach(control + Size);
    }

    /// <remarks>Source: usedpools, PTA: an empty ring's links name the place two words in front of them, where the links of a pool
    /// header would be these two.</remarks>
    public override void SetUp(Address control)
    {
        Attach(control);
        Journal.Event(EventKind.Setup, control.Value);
        for (var sizeClass = 0; sizeClass < SizeClasses; sizeClass++)
        {
            var ring = Ring((uint)sizeClass);
            Write(ring + Pool.Next, ring.Value);
            Write(ring + Pool.Previous, ring.Value);
        }

        Write(control + Raw, (control + Size).Value);
        raw.SetUp(control + Size);
    }

    /// <remarks>Source: _PyObject_Malloc, pymalloc_alloc. Cost: constant.</remarks>
    protected internal override Address Allocate(in CellRequest request)
    {
        if (request.IsRaw)
            return raw.Allocate(request);
        var block = request.BlockBytes > SmallRequestThreshold ? Address.Null : AllocateSmall(request);
        if (!block.IsNull)
            return block;
        block = raw.Allocate(request);
        AddToCounter(RawAllocatedBlocks, 1);
        return block;
    }

    /// <remarks>Source: _PyObject_Free, pymalloc_free.</remarks>
    protected internal override void Free(Cell live, Block block)
    {
        if (IsRaw(live))
        {
            raw.Free(live, block);
            return;
        }

        var pool = PoolOf(block.Start);
        if (!IsOurs(block.Start, pool))
        {
            raw.Free(live, block);
            AddToCounter(RawAllocatedBlocks, -1);
            return;
        }

        OpenFree(live);
        var lastFreed = Read(pool + Pool.FreeBlock);
        Write(block.Start, lastFreed);
        Write(pool + Pool.FreeBlock, block.Start.Value);
        var count = unchecked(Low(pool + Pool.Count) - 1);
        SetLow(pool + Pool.Count, count);
        if (lastFreed == 0)
            AddToRing(pool);
        else if (count == 0)
            GiveBack(pool);
    }

    /// <summary>A block of a pool of the right size; null when there is none and no memory for an arena.</summary>
    private Address AllocateSmall(in CellRequest request)
    {
        var sizeClass = (uint)((request.BlockBytes - 1) >> AlignmentShift);
        var ring = Ring(sizeClass);
        var pool = new Address(Read(ring + Pool.Next));
        if (pool.Value == Read(pool + Pool.Next))
            return AllocateFromFreePool(sizeClass, request);
        var block = new Address(Read(pool + Pool.FreeBlock));
        var next = Read(block);
        OpenAllocate(request, block);
        SetLow(pool + Pool.Count, unchecked(Low(pool + Pool.Count) + 1));
        Write(pool + Pool.FreeBlock, next);
        if (next == 0)
            Extend(pool, sizeClass);
        return block;
    }

    /// <summary>Makes another block of a pool whose chain has run out, or takes the pool, full now, off its ring.</summary>
    /// <remarks>Source: pymalloc_pool_extend.</remarks>
    private void Extend(Address pool, uint sizeClass)
    {
        var offset = Low(pool + Pool.Offsets);
        if (offset > High(pool + Pool.Offsets))
        {
            RemoveFromRing(pool);
            return;
        }

        var block = pool + offset;
        Write(pool + Pool.FreeBlock, block.Value);
        SetLow(pool + Pool.Offsets, unchecked(offset + SizeOf(sizeClass)));
        Write(block, 0);
    }

    /// <remarks>Source: allocate_from_new_pool.</remarks>
    private Address AllocateFromFreePool(uint sizeClass, in CellRequest request)
    {
        var arena = new Address(Read(Control + UsableArenas));
        if (arena.IsNull)
            arena = NewArena();
        if (arena.IsNull)
            return Address.Null;
        var pool = new Address(Read(arena + Arena.FreePools));
        var isFresh = pool.IsNull;
        if (isFresh)
            pool = new Address(Read(arena + Arena.PoolAddress));
        // A pool that last served the same size is as it was: its chain goes on.
        var goesOn = !isFresh && High(pool + Pool.Indexes) == sizeClass;
        var block = goesOn ? new Address(Read(pool + Pool.FreeBlock)) : pool + Pool.Bytes;
        var next = goesOn ? Read(block) : 0;
        OpenAllocate(request, block);
        TakePool(arena, pool, isFresh);
        var ring = new Address(Read(Ring(sizeClass) + Pool.Next));
        Write(pool + Pool.Next, ring.Value);
        Write(pool + Pool.Previous, ring.Value);
        Write(ring + Pool.Next, pool.Value);
        Write(ring + Pool.Previous, pool.Value);
        SetLow(pool + Pool.Count, 1);
        if (goesOn)
            Write(pool + Pool.FreeBlock, next);
        else
            StartChain(pool, block, sizeClass);
        return block;
    }

    private void StartChain(Address pool, Address block, uint sizeClass)
    {
        var size = SizeOf(sizeClass);
        SetHigh(pool + Pool.Indexes, sizeClass);
        Write(pool + Pool.Offsets, Pool.Bytes + 2 * size | (ulong)(PoolBytes - size) << 32);
        Write(pool + Pool.FreeBlock, (block + size).Value);
        Write(block + size, 0);
    }

    /// <summary>Puts a pool that was full in front of its ring.</summary>
    /// <remarks>Source: insert_to_usedpool.</remarks>
    private void AddToRing(Address pool)
    {
        var next = new Address(Read(Ring(High(pool + Pool.Indexes)) + Pool.Next));
        var previous = new Address(Read(next + Pool.Previous));
        Write(pool + Pool.Next, next.Value);
        Write(pool + Pool.Previous, previous.Value);
        Write(next + Pool.Previous, pool.Value);
        Write(previous + Pool.Next, pool.Value);
    }

    private void RemoveFromRing(Address pool)
    {
        var next = new Address(Read(pool + Pool.Next));
        var previous = new Address(Read(pool + Pool.Previous));
        Write(next + Pool.Previous, previous.Value);
        Write(previous + Pool.Next, next.Value);
    }

    /// <summary>The header, two words of which are there, that a size class's ring begins and ends with.</summary>
    private Address Ring(uint sizeClass) => Control + (UsedPools + (sizeClass * 16L) - Pool.Next);

    private static Address PoolOf(Address block) => new(block.Value & ~(PoolBytes - 1UL));

    private static uint SizeOf(uint sizeClass) => unchecked((sizeClass + 1) << AlignmentShift);

    private void AddToCounter(int offset, int change) => Write(Control + offset, unchecked(Read(Control + offset) + (ulong)change));

    private uint Low(Address word) => (uint)(Read(word) & uint.MaxValue);

    private uint High(Address word) => (uint)(Read(word) >> 32);

    private void SetLow(Address word, uint value) => Write(word, (Read(word) & ~(ulong)uint.MaxValue) | value);

    private void SetHigh(Address word, uint value) => Write(word, (Read(word) & uint.MaxValue) | (ulong)value << 32);
}
