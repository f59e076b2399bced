using GcReplay.Heaps.Memory;
using GcReplay.Tests.Simulation.Allocators;

namespace GcReplay.Tests.Heaps.Memory;

/// <summary>Reserved memory costs what is touched of it: pages exist once a word in them was not zero.</summary>
public class ReservationTests
{
    private const ulong Page = AddressSpace.PageBytes;
    private const ulong Reserved = 8UL << 30;
    private const ulong Touched = 64UL << 20;
    private const int Cells = 8;

    /// <summary>Pages of the page map, of the other windows and of the control words.</summary>
    private const int Overhead = (int)(Reserved / Page / 8 / Page) + 32;

    [Theory]
    [InlineData("glibc")]
    [InlineData("pymalloc")]
    [InlineData("windows")]
    [InlineData("guard")]
    public void Eight_GiB_reserved_with_64_MiB_touched_cost_what_is_touched(string allocator)
    {
        var process = new AllocatorProcess(allocator);
        var space = process.Journal.Space;

        var cells = Enumerable.Range(0, Cells).Select(_ => process.Allocate(Reserved / Cells)).ToArray();
        Assert.InRange(space.PageCount, 1, Overhead);

        foreach (var cell in cells)
            Touch(process, cell, Touched / Cells);
        Assert.InRange(space.PageCount, (int)(Touched / Page), (int)(Touched / Page) + Overhead);

        Array.ForEach(cells, process.Free);
        Assert.InRange(space.PageCount, 1, Overhead);
    }

    [Fact]
    public void A_word_deep_in_a_large_cell_knows_its_cell()
    {
        var process = new AllocatorProcess("glibc");
        var cells = Enumerable.Range(0, 3).Select(_ => process.Allocate(1UL << 30)).ToArray();

        Assert.All(cells, cell => Assert.Equal(cell, process.Journal.Shadow.CellAt(cell + (1 << 29))!.Value.Start));
        Assert.Null(process.Journal.Shadow.CellAt(cells.Max() + (1L << 30)));
    }

    [Fact]
    public void In_a_large_freed_cell_pages_are_freed_whether_they_were_touched_or_not()
    {
        var process = LargeFreedCell(out var cell);

        Assert.All([0, 1, 30, 31, 73], page => Assert.True(process.Journal.Shadow.IsFreed(cell + page * (long)Page + 64)));
        Assert.False(process.Journal.Shadow.IsFreed(cell + 80 * (long)Page));
    }

    [Fact]
    public void What_is_reused_of_a_large_freed_cell_is_freed_no_more()
    {
        var process = LargeFreedCell(out var cell);

        var reused = process.Allocate(40 * Page);

        Assert.Equal(cell, reused);
        Assert.All([0, 1, 30, 31, 39], page => Assert.False(process.Journal.Shadow.IsFreed(cell + page * (long)Page + 64)));
        Assert.All([41, 60, 73], page => Assert.True(process.Journal.Shadow.IsFreed(cell + page * (long)Page + 64)));
    }

    [Fact]
    public void The_derived_indexes_of_large_cells_can_be_built_again()
    {
        var process = LargeFreedCell(out var cell);
        process.Allocate(20 * Page);
        bool[] Freed() => [.. Enumerable.Range(0, 76).Select(page => process.Journal.Shadow.IsFreed(cell + page * (long)Page + 64))];
        var before = Freed();

        process.Journal.Shadow.Rebuild();

        Assert.Contains(true, before);
        Assert.Equal(before, Freed());
    }

    /// <summary>A cell of 74 pages in glibc's heap that was touched in two places and freed.</summary>
    private static AllocatorProcess LargeFreedCell(out Address cell)
    {
        var process = new AllocatorProcess("glibc");
        // Raises the mmap threshold: the next large cells lie in the heap.
        process.Free(process.Allocate(400_000));
        cell = process.Allocate(74 * Page);
        process.Allocate(8);
        Touch(process, cell, Page);
        Touch(process, cell + 30 * (long)Page, Page);
        process.Free(cell);
        return process;
    }

    private static void Touch(AllocatorProcess process, Address start, ulong bytes)
    {
        for (var offset = 0L; offset < (long)bytes; offset += (long)Page)
            process.Journal.WriteOwn(start + offset, 1);
    }
}
