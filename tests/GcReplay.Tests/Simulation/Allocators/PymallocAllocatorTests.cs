using CsCheck;
using GcReplay.Heaps.Events;
using GcReplay.Heaps.Memory;
using GcReplay.Simulation.Allocators;
using GcReplay.Simulation.Recording;

namespace GcReplay.Tests.Simulation.Allocators;

public class PymallocAllocatorTests
{
    private const int Largest = PymallocAllocator.SmallRequestThreshold;

    /// <summary>Blocks of the largest size in a pool: seven, for the header takes 48 bytes.</summary>
    private const int LargestInPool = 7;
    private readonly AllocatorProcess process = new("pymalloc");

    [Fact]
    public void A_pool_serves_one_size_class_of_16_bytes()
    {
        var first = process.Allocate(33);
        var second = process.Allocate(48);
        var other = process.Allocate(49);

        Assert.Equal(48, first.Value % PymallocAllocator.PoolBytes == 48 ? second - first : 0);
        Assert.Equal(PymallocAllocator.PoolBytes, other - first);
    }

    [Fact]
    public void Last_freed_is_first_reused_and_its_first_word_names_the_one_freed_before()
    {
        var cells = Enumerable.Range(0, 4).Select(_ => process.Allocate(48)).ToArray();
        foreach (var cell in cells)
            process.Fill(cell, 48);

        process.Free(cells[1]);
        var changed = process.Changed(cells[2], 48, () => process.Free(cells[2]));

        Assert.Equal([cells[2]], changed);
        Assert.Equal(cells[1].Value, process.Journal.Space.Peek(cells[2]));
        Assert.Equal(cells[2], process.Allocate(40));
        Assert.Equal(cells[1], process.Allocate(40));
    }

    [Fact]
    public void More_than_512_bytes_come_from_malloc()
    {
        Assert.True(InArenas(process.Allocate(Largest)));
        Assert.False(InArenas(process.Allocate(Largest + 1)));
        Assert.Equal(1ul, process.ControlWord("raw_allocated_blocks"));
    }

    [Fact]
    public void A_struct_of_the_runtime_comes_from_malloc_whatever_its_size()
    {
        var raw = process.Allocate(48, isRuntime: true);

        Assert.False(InArenas(raw));
        Assert.Equal(0ul, process.ControlWord("raw_allocated_blocks"));
        process.Free(raw);
        Assert.Equal(raw, process.Allocate(48, isRuntime: true));
    }

    [Fact]
    public void The_first_small_cell_maps_an_arena_of_256_KiB()
    {
        var events = process.Events(() => process.Allocate(16)).Where(e => e.Kind == EventKind.Map).ToArray();

        Assert.Contains(events, e => e.A == (PymallocAllocator.ArenasEnd - PymallocAllocator.ArenaBytes).Value && e.B == PymallocAllocator.ArenaBytes);
    }

    [Fact]
    public void An_empty_arena_goes_back_when_another_has_a_free_pool()
    {
        var first = Fill(PymallocAllocator.PoolsInArena);
        var second = Fill(1);
        Assert.Equal(2ul, process.ControlWord("narenas_currently_allocated"));

        var events = process.Events(() => FreeAll(first));

        Assert.Contains(events, e => e.Kind == EventKind.Unmap && e.B == PymallocAllocator.ArenaBytes);
        Assert.Equal(1ul, process.ControlWord("narenas_currently_allocated"));
        Assert.Throws<SimulatedCrash>(() => process.Journal.Read(first[0]));
        process.Journal.Read(second[0]);
    }

    [Fact]
    public void The_last_arena_stays_when_it_is_empty()
    {
        FreeAll(Fill(2));

        Assert.Equal(1ul, process.ControlWord("narenas_currently_allocated"));
    }

    [Fact]
    public void New_pools_come_from_the_fullest_arena_so_that_the_emptiest_can_go()
    {
        var full = Fill(PymallocAllocator.PoolsInArena);
        var other = Fill(PymallocAllocator.PoolsInArena);
        FreeAll(other[..(3 * LargestInPool)]);
        FreeAll(full[..LargestInPool]);

        Assert.Equal(full[0].Page, process.Allocate(16).Page);
    }

    [Fact]
    public void Links_free_chains_counts_and_the_order_of_arenas_hold_whatever_is_asked() =>
        Acts.ManySmall.Sample(acts =>
        {
            var drawn = new AllocatorProcess("pymalloc");
            foreach (var act in acts)
                Acts.Run(drawn, act);
            new PymallocWalk(drawn).Check();
            foreach (var start in drawn.Live.Keys.ToArray())
                drawn.Free(new Address(start));
            new PymallocWalk(drawn).Check();
        }, iter: 40);

    private static bool InArenas(Address cell) => cell >= PymallocAllocator.ArenasStart && cell < PymallocAllocator.ArenasEnd;

    /// <summary>Cells of the largest size, enough to fill so many pools.</summary>
    private Address[] Fill(int pools) => [.. Enumerable.Range(0, pools * LargestInPool).Select(_ => process.Allocate(Largest))];

    private void FreeAll(IEnumerable<Address> cells)
    {
        foreach (var cell in cells)
            process.Free(cell);
    }
}
