using CsCheck;
using GcReplay.Heaps.Events;
using GcReplay.Heaps.Memory;
using GcReplay.Simulation.Allocators;
using GcReplay.Simulation.Chaos;
using GcReplay.Simulation.Recording;

namespace GcReplay.Tests.Simulation.Allocators;

public class WindowsAllocatorTests
{
    private const ulong Page = AddressSpace.PageBytes;
    private readonly AllocatorProcess process = new("windows");

    [Fact]
    public void Blocks_stand_behind_headers_of_16_bytes_one_behind_the_other()
    {
        var first = process.Allocate(24);
        var second = process.Allocate(40);

        Assert.Equal(WindowsAllocator.SegmentStart + 16, first);
        Assert.Equal(48, second - first);
    }

    [Fact]
    public void Free_overwrites_the_first_two_words_with_links()
    {
        var cell = process.Allocate(200);
        process.Allocate(8);
        process.Fill(cell, 200);

        Assert.Equal([cell, cell + 8], process.Changed(cell, 200, () => process.Free(cell)));
    }

    [Fact]
    public void The_smallest_free_block_that_fits_is_taken()
    {
        var cells = Apart(500, 100, 300);
        process.Free(cells[0]);
        process.Free(cells[1]);
        process.Free(cells[2]);

        Assert.Equal(cells[2], process.Allocate(250));
        Assert.Equal(cells[1], process.Allocate(100));
        Assert.Equal(cells[0], process.Allocate(400));
    }

    [Fact]
    public void Free_neighbours_become_one_block()
    {
        var cells = new[] { process.Allocate(104), process.Allocate(104), process.Allocate(104), process.Allocate(8) };
        process.Free(cells[0]);
        process.Free(cells[2]);
        process.Free(cells[1]);

        Assert.Equal(cells[0], process.Allocate(3 * 104 + 2 * 16));
    }

    [Fact]
    public void Whole_pages_of_a_free_run_of_a_page_or_more_are_decommitted_at_once()
    {
        var cell = process.Allocate(5 * Page + 100);
        var behind = process.Allocate(8);
        process.Fill(cell, 5 * Page + 100);

        var unmap = process.Events(() => process.Free(cell)).Single(e => e.Kind == EventKind.Unmap);

        Assert.Equal((cell.Value / Page + 1) * Page, unmap.A);
        Assert.Equal(behind.Value / Page * Page, unmap.A + unmap.B);
        Assert.Throws<SimulatedCrash>(() => process.Journal.Read(cell + (long)Page));
        process.Journal.Read(cell + 16);
        process.Journal.Read(behind);
    }

    [Fact]
    public void Memory_that_fills_no_whole_page_stays()
    {
        var cell = process.Allocate(Page + 1000);
        process.Allocate(8);
        process.Free(cell);

        process.Journal.Read(cell + 16);
        process.Journal.Read(cell + 1000);
        process.Journal.Read(cell + (long)Page + 904);
    }

    [Fact]
    public void Decommitted_pages_are_committed_again_when_they_are_enough_by_themselves()
    {
        var cell = process.Allocate(5 * Page + 100);
        var behind = process.Allocate(8);
        process.Free(cell);

        Assert.True(process.Allocate(4 * Page) > behind);
        Assert.Equal(cell, process.Allocate(3 * Page));
    }

    [Fact]
    public void When_64_KiB_are_free_in_all_small_runs_lose_their_pages_too()
    {
        var cells = Apart([.. Enumerable.Repeat(4000ul, 40)]);

        var unmaps = process.Events(() => Array.ForEach(cells, process.Free)).Count(e => e.Kind == EventKind.Unmap);

        Assert.Equal(0, unmaps);
        Assert.InRange(process.ControlWord("TotalFreeSize") * 16, 65536ul, 40 * 4096ul);
    }

    [Fact]
    public void From_508_KiB_on_a_cell_has_pages_of_its_own()
    {
        var large = process.Allocate(0x7F000);

        Assert.Equal(WindowsAllocator.VirtualStart + 64, large);
        Assert.True(process.Allocate(0x7F000 - 16) < WindowsAllocator.SegmentEnd);
        process.Free(large);
        Assert.Throws<SimulatedCrash>(() => process.Journal.Read(large));
    }

    [Fact]
    public void Chaos_leaves_memory_free_in_front()
    {
        var perturbed = new AllocatorProcess("windows", new AllocatorProcess.Always(3));

        Assert.Equal(process.Allocate(48) + 3 * 256, perturbed.Allocate(48));
        Assert.Equal(WindowsAllocator.SegmentStart + 16, new AllocatorProcess("windows", new AllocatorProcess.Always(15)).Allocate(4000));
    }

    [Theory]
    [InlineData(-8, 0, "RtlFreeHeap.entry")]
    [InlineData(232, 1, "RtlpRemoveFreeBlock.list")]
    public void Overwritten_headers_and_links_end_the_process(int offset, ulong word, string site)
    {
        var cells = new[] { process.Allocate(200), process.Allocate(200), process.Allocate(8) };
        process.Free(cells[1]);
        // The links of the free block behind the first cell name the ring's head, and itself by it.
        var value = offset < 0 ? word : AllocatorProcess.Control.Value;
        process.Journal.WriteOwn(cells[0] + offset, value);

        var assertion = Assert.Throws<SimulatedAssertion>(() => process.Free(cells[0]));

        Assert.Equal(site, AllocatorProcess.SiteOf(assertion));
    }

    [Fact]
    public void Headers_the_ring_of_free_blocks_hints_and_guards_hold_whatever_is_asked() =>
        Acts.Many.Sample(acts =>
        {
            var drawn = new AllocatorProcess("windows", new Spread());
            foreach (var act in acts)
                Acts.Run(drawn, act);
            new WindowsHeapWalk(drawn).Check();
            foreach (var start in drawn.Live.Keys.ToArray())
                drawn.Free(new Address(start));
            new WindowsHeapWalk(drawn).Check();
        }, iter: 200);

    /// <summary>Cells with a small one behind each.</summary>
    private Address[] Apart(params ulong[] sizes) => [.. sizes.Select(bytes =>
    {
        var cell = process.Allocate(bytes);
        process.Allocate(8);
        return cell;
    })];

    /// <summary>A different answer each time.</summary>
    private sealed class Spread : IChoices
    {
        private int asked;

        public int Choose(int n, string site) => asked++ % n;
    }
}
