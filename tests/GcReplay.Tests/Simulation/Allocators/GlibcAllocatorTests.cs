using GcReplay.Heaps.Events;
using GcReplay.Heaps.Memory;
using GcReplay.Simulation.Allocators;
using GcReplay.Simulation.Recording;

namespace GcReplay.Tests.Simulation.Allocators;

public class GlibcAllocatorTests
{
    private const ulong Page = AddressSpace.PageBytes;

    /// <summary>CPython 3.9's PyInterpreterState.</summary>
    private const ulong SmallStruct = 5_656;

    /// <summary>CPython 3.12's PyInterpreterState.</summary>
    private const ulong LargeStruct = 383_552;
    private readonly AllocatorProcess process = new("glibc");

    [Fact]
    public void The_first_allocation_grows_the_heap_by_33_pages_and_takes_its_start()
    {
        var events = process.Events(() => process.Allocate(40));

        Assert.Equal([EventKind.Map, EventKind.Allocate], events.Select(e => e.Kind));
        Assert.Equal((GlibcAllocator.HeapStart.Value, 33 * Page), (events[0].A, events[0].B));
        Assert.Equal(GlibcAllocator.HeapStart.Value + 16, events[1].A);
    }

    [Fact]
    public void Chunks_are_cut_from_the_top_one_behind_the_other()
    {
        var first = process.Allocate(24);
        var second = process.Allocate(25);
        var third = process.Allocate(1);

        Assert.Equal(32, second - first);
        Assert.Equal(48, third - second);
        Assert.Equal((third + 16).Value, process.ControlWord("top"));
    }

    [Fact]
    public void A_cell_has_the_size_asked_for_rounded_up_to_words()
    {
        var cell = process.Allocate(13);

        Assert.Equal(16ul, process.Journal.Shadow.CellAt(cell)!.Value.Bytes);
    }

    [Fact]
    public void Freed_chunks_of_one_size_are_reused_oldest_first()
    {
        var cells = AllocateApart(3, 64);
        process.Free(cells[1]);
        process.Free(cells[0]);
        process.Free(cells[2]);

        Assert.Equal(cells[1], process.Allocate(64));
        Assert.Equal(cells[0], process.Allocate(64));
        Assert.Equal(cells[2], process.Allocate(64));
    }

    [Fact]
    public void The_order_of_reuse_survives_sorting_into_bins()
    {
        var cells = AllocateApart(3, 64);
        process.Free(cells[2]);
        process.Free(cells[0]);
        process.Free(cells[1]);
        process.Allocate(5000);

        Assert.Equal(cells[2], process.Allocate(64));
        Assert.Equal(cells[0], process.Allocate(64));
        Assert.Equal(cells[1], process.Allocate(64));
    }

    [Fact]
    public void Sorting_is_an_event_of_its_own_before_the_allocation()
    {
        process.Free(AllocateApart(1, 64)[0]);

        var events = process.Events(() => process.Allocate(200));

        Assert.Equal([EventKind.Setup, EventKind.Allocate], events.Select(e => e.Kind));
        Assert.Equal(AllocatorProcess.Control.Value, events[0].A);
    }

    [Fact]
    public void The_smallest_chunk_that_fits_is_cut()
    {
        var large = AllocateApart(1, 2000)[0];
        var medium = AllocateApart(1, 500)[0];
        process.Free(large);
        process.Free(medium);

        Assert.Equal(medium, process.Allocate(300));
    }

    [Fact]
    public void Large_bins_give_the_smallest_chunk_that_fits()
    {
        // All of one bin: 3,072 up to 3,583 bytes hold chunks of 512 bytes difference at most.
        ulong[] sizes = [3100, 3500, 3300, 3300, 3400];
        var cells = sizes.Select(size => AllocateApart(1, size)[0]).ToArray();
        foreach (var cell in cells)
            process.Free(cell);
        process.Allocate(60_000);

        Assert.Contains(process.Allocate(3250), new[] { cells[2], cells[3] });
        Assert.Contains(process.Allocate(3250), new[] { cells[2], cells[3] });
        Assert.Equal(cells[4], process.Allocate(3250));
        Assert.Equal(cells[1], process.Allocate(3250));
        Assert.Equal(cells[0], process.Allocate(3000));
    }

    [Fact]
    public void Small_requests_are_cut_from_the_last_remainder_one_behind_the_other()
    {
        var cell = AllocateApart(1, 1000)[0];
        process.Free(cell);

        Assert.Equal(cell, process.Allocate(100));
        Assert.Equal(cell + 112, process.Allocate(100));
        Assert.Equal(cell + 224, process.Allocate(100));
    }

    [Fact]
    public void Neighbours_become_one_chunk_whatever_is_freed_last()
    {
        var cells = Enumerable.Range(0, 3).Select(_ => process.Allocate(120)).ToArray();
        process.Allocate(8);
        process.Free(cells[0]);
        process.Free(cells[2]);
        process.Free(cells[1]);

        Assert.Equal(3 * 128ul | 1, process.Journal.Space.Peek(cells[0] - 8));
        Assert.Equal(cells[0], process.Allocate(3 * 128 - 8));
    }

    [Fact]
    public void A_chunk_at_the_top_joins_it_and_keeps_its_words()
    {
        var cell = process.Allocate(SmallStruct);
        process.Fill(cell, SmallStruct);

        var changed = process.Changed(cell - 16, SmallStruct + 32, () => process.Free(cell));

        Assert.Equal([cell - 8], changed);
        Assert.Equal((cell - 16).Value, process.ControlWord("top"));
        Assert.True(process.Journal.Space.IsMapped(cell));
    }

    [Fact]
    public void A_large_freed_chunk_loses_its_first_four_words_and_its_last()
    {
        var cell = AllocateApart(1, SmallStruct)[0];
        process.Fill(cell, SmallStruct);
        var next = cell + (long)SmallStruct;

        var changed = process.Changed(cell - 16, SmallStruct + 32, () => process.Free(cell));

        // fd, bk, fd_nextsize, bk_nextsize; prev_size of the next chunk, and its PREV_INUSE bit.
        Assert.Equal([cell, cell + 8, cell + 16, cell + 24, next - 8, next], changed);
    }

    [Fact]
    public void A_small_freed_chunk_loses_its_first_two_words_and_its_last()
    {
        var cell = AllocateApart(1, 120)[0];
        process.Fill(cell, 120);

        var changed = process.Changed(cell - 16, 120 + 24, () => process.Free(cell));

        Assert.Equal([cell, cell + 8, cell + 112, cell + 120], changed);
    }

    [Fact]
    public void Reused_memory_holds_what_free_left_there()
    {
        var cell = AllocateApart(1, 120)[0];
        process.Fill(cell, 120);
        process.Free(cell);
        process.Allocate(120);

        Assert.Equal(0xF111_0000_0000_0010, process.Journal.Space.Peek(cell + 16));
    }

    [Fact]
    public void A_request_of_128_KiB_is_mapped_alone_and_unmapped_when_freed()
    {
        var cell = process.Allocate(DefaultThreshold);
        var free = process.Events(() => process.Free(cell));

        Assert.Equal(GlibcAllocator.MmapEnd - (long)(33 * Page) + 16, cell);
        Assert.Equal([EventKind.Free, EventKind.Unmap], free.Select(e => e.Kind));
        Assert.Equal((cell.Value - 16, 33 * Page), (free[1].A, free[1].B));
        Assert.False(process.Journal.Space.IsMapped(cell));
    }

    [Fact]
    public void The_first_large_interpreter_struct_is_unmapped_and_the_second_stays()
    {
        var first = process.Allocate(LargeStruct);
        process.Free(first);
        var second = process.Allocate(LargeStruct);
        process.Allocate(8);
        process.Free(second);

        Assert.False(process.Journal.Space.IsMapped(first));
        Assert.True(process.Journal.Space.IsMapped(second));
        Assert.Equal(94 * Page, process.ControlWord("mmap_threshold"));
        Assert.Equal(188 * Page, process.ControlWord("trim_threshold"));
    }

    [Fact]
    public void A_request_just_below_the_threshold_grows_the_heap() =>
        Assert.Equal(GlibcAllocator.HeapStart + 16, process.Allocate(DefaultThreshold - 24));

    [Fact]
    public void Mapped_chunks_fill_downwards_and_the_highest_gap_that_fits_is_reused()
    {
        const long chunk = 74 * (long)Page;
        const long larger = 98 * (long)Page;
        var cells = Enumerable.Range(0, 4).Select(_ => process.Allocate(300_000)).ToArray();
        process.Free(cells[1]);
        process.Free(cells[2]);

        Assert.Equal([chunk, chunk, chunk], cells.Zip(cells.Skip(1), (above, below) => above - below));
        Assert.Equal(cells[0] - larger, process.Allocate(400_000));
        Assert.Equal(cells[3] - larger, process.Allocate(400_000));
    }

    [Fact]
    public void When_the_lowest_mapped_chunk_goes_the_area_below_the_next_is_free_again()
    {
        var cells = Enumerable.Range(0, 3).Select(_ => process.Allocate(300_000)).ToArray();
        process.Free(cells[1]);
        process.Free(cells[2]);

        Assert.Equal(cells[0].Value - 16, process.ControlWord("mmap_lowest"));
        Assert.Equal(cells[0] - 98 * (long)Page, process.Allocate(400_000));
    }

    [Fact]
    public void Above_the_trim_threshold_the_top_is_given_back_but_for_its_pad()
    {
        var cells = Enumerable.Range(0, 4).Select(_ => process.Allocate(100_000)).ToArray();
        process.Free(cells[1]);
        process.Free(cells[2]);
        var events = process.Events(() => process.Free(cells[3]));

        var size = process.Journal.Space.Peek(new Address(process.ControlWord("top")) + 8) & ~7ul;
        Assert.Equal([EventKind.Free, EventKind.Unmap], events.Select(e => e.Kind));
        Assert.InRange(size, DefaultThreshold, DefaultThreshold + Page + 32);
        Assert.Equal(events[1].A, process.ControlWord("top") + size);
        Assert.Equal(events[1].A, GlibcAllocator.HeapStart.Value + process.ControlWord("system_mem"));
    }

    [Fact]
    public void The_heap_grows_in_place_when_the_top_is_too_small()
    {
        process.Allocate(100_000);
        var second = process.Allocate(100_000);

        Assert.Equal(GlibcAllocator.HeapStart + 16 + 100_016, second);
    }

    [Fact]
    public void Freeing_twice_is_an_assertion()
    {
        var cell = process.Allocate(40);
        process.Free(cell);

        Assert.Equal("free.no_live_cell", SiteOf(() => process.Free(cell)));
        Assert.Equal("free.no_live_cell", SiteOf(() => process.Free(cell + 8)));
        Assert.Equal("free.no_live_cell", SiteOf(() => process.Free(Address.Null)));
    }

    [Fact]
    public void Too_large_a_request_is_out_of_memory() =>
        Assert.Equal("malloc.out_of_memory", SiteOf(() => process.Allocate(ulong.MaxValue)));

    [Fact]
    public void A_write_to_the_links_of_a_freed_chunk_is_found_when_it_is_reused()
    {
        var cell = AllocateApart(1, 64)[0];
        process.Free(cell);
        process.Journal.WriteOwn(cell + 8, cell.Value);

        Assert.Equal("_int_malloc.unsorted_list", SiteOf(() => { process.Allocate(8); process.Allocate(64); }));
    }

    [Fact]
    public void A_size_overwritten_in_front_of_the_top_is_found()
    {
        var cell = process.Allocate(40);
        process.Journal.WriteOwn(cell + 40, ulong.MaxValue);

        Assert.Equal("_int_malloc.top_size", SiteOf(() => process.Allocate(64)));
    }

    [Fact]
    public void Memory_in_use_is_never_handed_out_again()
    {
        var cell = process.Allocate(64);
        process.Allocate(64);
        process.Journal.WriteOwn(AllocatorProcess.Control + 96, cell.Value - 16);

        Assert.Equal("malloc.in_use", SiteOf(() => process.Allocate(16)));
    }

    [Fact]
    public void Chaos_can_leave_a_free_chunk_alone()
    {
        var perturbed = new AllocatorProcess("glibc", new AllocatorProcess.Always(1));
        var cell = perturbed.Allocate(64);
        perturbed.Allocate(8);
        perturbed.Free(cell);

        Assert.True(perturbed.Allocate(64) > cell);
    }

    private const ulong DefaultThreshold = 128 * 1024;

    /// <summary>Cells with a small one that stays behind each.</summary>
    private Address[] AllocateApart(int count, ulong bytes)
    {
        var cells = new Address[count];
        for (var i = 0; i < count; i++)
        {
            cells[i] = process.Allocate(bytes);
            process.Allocate(8);
        }

        return cells;
    }

    private static string SiteOf(Action action) =>
        Allocator.Sites[Assert.Throws<SimulatedAssertion>(action).Site - AllocatorProcess.FirstSite].Name;
}
