using GcReplay.Heaps.Memory;
using GcReplay.Simulation.Allocators;
using GcReplay.Simulation.Recording;

namespace GcReplay.Tests.Simulation.Allocators;

public class DebugAllocatorTests
{
    private readonly AllocatorProcess process = new("debug:glibc");

    [Fact]
    public void Fresh_memory_is_0xCD_between_guards()
    {
        var cell = process.Allocate(24);

        Assert.Equal(
            [0x1800_0000_0000_0000, 0xFDFD_FDFD_FDFD_FD6F, DebugAllocator.Clean, DebugAllocator.Clean, DebugAllocator.Clean, DebugAllocator.Forbidden],
            Words(cell - 16, 6));
    }

    [Fact]
    public void The_letter_in_front_says_which_domain()
    {
        var raw = process.Allocate(24, isRuntime: true);

        Assert.Equal('r', (char)(process.Journal.Space.Peek(raw - 8) & 0xFF));
    }

    [Fact]
    public void Freed_memory_is_0xDD_and_mallocs_links_lie_over_the_words_in_front()
    {
        var cell = process.Allocate(800);
        process.Allocate(8);
        process.Free(cell);

        Assert.All(Words(cell, 100), word => Assert.Equal(DebugAllocator.Dead, word));
        Assert.NotEqual(DebugAllocator.Dead, process.Journal.Space.Peek(cell - 16));
    }

    [Fact]
    public void With_pymalloc_the_link_lies_over_the_size_in_front()
    {
        var pymalloc = new AllocatorProcess("debug");
        var cells = new[] { pymalloc.Allocate(48), pymalloc.Allocate(48) };
        pymalloc.Free(cells[0]);
        pymalloc.Free(cells[1]);

        Assert.Equal(cells[0].Value - 16, pymalloc.Journal.Space.Peek(cells[1] - 16));
        Assert.Equal(DebugAllocator.Dead, pymalloc.Journal.Space.Peek(cells[1]));
    }

    [Theory]
    [InlineData(-8, 0xFDFD_FDFD_FDFD_FD72, "_PyMem_DebugCheckAddress.id")]
    [InlineData(-8, 0xFDFD_FD00_FDFD_FD6F, "_PyMem_DebugCheckAddress.leading_pad")]
    [InlineData(24, 0xFDFD_FDFD_FDFD_FDFC, "_PyMem_DebugCheckAddress.trailing_pad")]
    [InlineData(-16, 0x1000_0000_0000_0000, "_PyMem_DebugCheckAddress.trailing_pad")]
    public void What_was_written_around_a_cell_is_found_when_it_is_freed(int offset, ulong word, string site)
    {
        var cell = process.Allocate(24);
        process.Journal.WriteOwn(cell + offset, word);

        var assertion = Assert.Throws<SimulatedAssertion>(() => process.Free(cell));

        Assert.Equal(site, AllocatorProcess.SiteOf(assertion));
        Assert.Equal(CellState.Live, process.Journal.Shadow.CellAt(cell)!.Value.State);
    }

    [Fact]
    public void A_size_that_leads_out_of_mapped_memory_crashes_as_the_check_does()
    {
        var cell = process.Allocate(24);
        process.Journal.WriteOwn(cell - 16, 0x10);

        Assert.Throws<SimulatedCrash>(() => process.Free(cell));
    }

    [Fact]
    public void What_is_written_into_freed_memory_is_not_found()
    {
        var cell = process.Allocate(24);
        process.Free(cell);
        process.Journal.Write(cell, 1);

        Assert.Equal(cell, process.Allocate(24));
    }

    [Fact]
    public void Over_guard_pages_the_page_ends_behind_the_guard()
    {
        var guard = new AllocatorProcess("debug:guard");
        var cell = guard.Allocate(40);

        Assert.Equal(DebugAllocator.Forbidden, guard.Journal.ReadOwn(cell + 40));
        Assert.Throws<SimulatedCrash>(() => guard.Journal.ReadOwn(cell + 48));
        guard.Free(cell);
        Assert.Throws<SimulatedCrash>(() => guard.Journal.ReadOwn(cell));
    }

    private ulong[] Words(Address start, int count) => [.. Enumerable.Range(0, count).Select(i => process.Journal.Space.Peek(start + i * 8L))];
}
