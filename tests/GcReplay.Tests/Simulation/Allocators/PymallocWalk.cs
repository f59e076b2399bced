using GcReplay.Heaps.Memory;
using GcReplay.Simulation.Allocators;

namespace GcReplay.Tests.Simulation.Allocators;

/// <summary>Looks at all words of a pymalloc and says whether its invariants hold; reads them by the offsets that upstream's structs
/// have.</summary>
internal sealed class PymallocWalk(AllocatorProcess process)
{
    private const int SizeClasses = 32;
    private readonly List<(Address Start, uint SizeClass)> used = [];
    private readonly HashSet<ulong> free = [];

    public void Check()
    {
        var arenas = Arenas();
        foreach (var arena in arenas)
            WalkArena(arena);
        Assert.Equal(process.ControlWord("narenas_currently_allocated"), (ulong)arenas.Count);
        CheckRings();
        CheckOrder(arenas);
        Assert.Equal(Small().Order(), used.Select(block => block.Start.Value).Order());
    }

    /// <summary>Addresses of the arena objects that have an arena.</summary>
    private List<Address> Arenas()
    {
        var objects = new Address(process.ControlWord("arenas"));
        return [.. Enumerable.Range(0, (int)process.ControlWord("maxarenas")).Select(i => objects + i * 48L).Where(arena => Peek(arena) != 0)];
    }

    private void WalkArena(Address arena)
    {
        var start = Peek(arena);
        var carvedEnd = Peek(arena + 8);
        var (nFree, nTotal) = (Peek(arena + 16) & uint.MaxValue, Peek(arena + 16) >> 32);
        var freePools = Chain(Peek(arena + 24), 16);
        var uncarved = (start + PymallocAllocator.ArenaBytes - carvedEnd) / PymallocAllocator.PoolBytes;
        Assert.Equal(nFree, (ulong)freePools.Count + uncarved);
        Assert.Equal((ulong)PymallocAllocator.PoolsInArena, nTotal);
        Assert.All(freePools, pool => Assert.Equal(0ul, Peek(new Address(pool)) & uint.MaxValue));
        for (var pool = start; pool < carvedEnd; pool += PymallocAllocator.PoolBytes)
        {
            if (!freePools.Contains(pool))
                WalkPool(new Address(pool));
        }
    }

    private void WalkPool(Address pool)
    {
        var sizeClass = (uint)(Peek(pool + 32) >> 32);
        var size = (sizeClass + 1) * 16ul;
        var nextOffset = Peek(pool + 40) & uint.MaxValue;
        var chain = Chain(Peek(pool + 8), 0);
        foreach (var block in chain)
            Assert.True(free.Add(block) && block % PymallocAllocator.PoolBytes < nextOffset, $"free block {block:x} of pool {pool}");
        for (var offset = 48ul; offset < nextOffset; offset += size)
        {
            if (!chain.Contains(pool.Value + offset))
                used.Add((pool + (long)offset, sizeClass));
        }

        Assert.Equal(Peek(pool) & uint.MaxValue, (nextOffset - 48) / size - (ulong)chain.Count);
    }

    /// <summary>A pool is on the ring of its size class exactly when it has used and free blocks.</summary>
    private void CheckRings()
    {
        for (var sizeClass = 0; sizeClass < SizeClasses; sizeClass++)
        {
            var ring = AllocatorProcess.Control + sizeClass * 16L - 16;
            for (var pool = new Address(Peek(ring + 16)); pool != ring; pool = new Address(Peek(pool + 16)))
            {
                Assert.Equal((ulong)sizeClass, Peek(pool + 32) >> 32);
                Assert.NotEqual(0ul, Peek(pool + 8));
                Assert.NotEqual(0ul, Peek(pool) & uint.MaxValue);
                Assert.Equal(pool.Value, Peek(new Address(Peek(pool + 16)) + 24));
            }
        }
    }

    /// <summary>The usable arenas are those with free pools, fewest first, and the last of each number is known.</summary>
    private void CheckOrder(List<Address> arenas)
    {
        var usable = Chain(process.ControlWord("usable_arenas"), 32).ConvertAll(arena => new Address(arena));
        var counts = usable.ConvertAll(arena => Peek(arena + 16) & uint.MaxValue);

        Assert.Equal(arenas.Where(arena => (Peek(arena + 16) & uint.MaxValue) > 0).Order(), usable.Order());
        Assert.Equal(counts.Order(), counts);
        var table = process.Allocator.ControlLayout.Containers.Single(container => container.Name == "nfp2lasta").Offset;
        for (var count = 0ul; count <= PymallocAllocator.PoolsInArena; count++)
        {
            var last = counts.LastIndexOf(count);
            Assert.Equal(last < 0 ? 0 : usable[last].Value, Peek(AllocatorProcess.Control + table + (long)count * 8));
        }
    }

    private List<ulong> Chain(ulong first, int nextOffset)
    {
        var found = new List<ulong>();
        for (; first != 0; first = Peek(new Address(first) + nextOffset))
            found.Add(first);
        return found;
    }

    private IEnumerable<ulong> Small() => process.Live.Keys.Where(cell => cell >= PymallocAllocator.ArenasStart.Value);

    private ulong Peek(Address at) => process.Journal.Space.Peek(at);
}
