using GcReplay.Heaps.Events;
using GcReplay.Heaps.Memory;
using GcReplay.Simulation.Allocators;
using GcReplay.Simulation.Recording;

namespace GcReplay.Tests.Simulation.Allocators;

public class GuardAllocatorTests
{
    private const long Page = AddressSpace.PageBytes;
    private readonly AllocatorProcess process = new("guard");

    [Fact]
    public void A_cell_ends_at_an_unmapped_page()
    {
        var cell = process.Allocate(48);

        process.Journal.WriteOwn(cell + 40, 1);
        Assert.Throws<SimulatedCrash>(() => process.Journal.WriteOwn(cell + 48, 1));
        Assert.Throws<SimulatedCrash>(() => process.Journal.WriteOwn(new Address(cell.Page * (ulong)Page) - 8, 1));
    }

    [Fact]
    public void A_cell_is_aligned_to_16_bytes_at_the_cost_of_one_word()
    {
        var cell = process.Allocate(24);

        Assert.Equal(0ul, cell.Value % 16);
        process.Journal.WriteOwn(cell + 24, 1);
        Assert.Throws<SimulatedCrash>(() => process.Journal.WriteOwn(cell + 32, 1));
    }

    [Fact]
    public void Freed_pages_are_unmapped_and_no_word_changes_before()
    {
        var cell = process.Allocate(5000);
        process.Fill(cell, 5000);

        var events = process.Events(() => process.Free(cell));

        Assert.Equal([EventKind.Free, EventKind.Unmap], events.Select(e => e.Kind));
        Assert.Equal(((cell.Page * (ulong)Page), 2 * (ulong)Page), (events[1].A, events[1].B));
        Assert.Throws<SimulatedCrash>(() => process.Journal.Read(cell));
        Assert.Throws<SimulatedCrash>(() => process.Journal.Read(cell + 4992));
    }

    [Fact]
    public void No_address_is_handed_out_twice()
    {
        var first = process.Allocate(48);
        process.Free(first);
        var second = process.Allocate(48);

        Assert.Equal(2 * Page, second - first);
    }

    [Fact]
    public void Chaos_leaves_a_gap()
    {
        var perturbed = new AllocatorProcess("guard", new AllocatorProcess.Always(3));

        Assert.Equal(process.Allocate(48) + 3 * Page, perturbed.Allocate(48));
    }

    [Fact]
    public void Freeing_twice_is_an_assertion()
    {
        var cell = process.Allocate(40);
        process.Free(cell);

        var assertion = Assert.Throws<SimulatedAssertion>(() => process.Free(cell));
        Assert.Equal("free.no_live_cell", Allocator.Sites[assertion.Site - AllocatorProcess.FirstSite].Name);
    }
}
