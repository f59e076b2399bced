using GcReplay.Heaps.Events;
using GcReplay.Heaps.Memory;
using GcReplay.Heaps.Views;

namespace GcReplay.Tests.Heaps.Views;

public class MemoryMapTests
{
    private readonly TestHeap heap = new();

    [Fact]
    public void Mapped_memory_is_one_area_for_each_run_of_pages()
    {
        heap.Do(EventKind.Map, 0x9000_0000, 0x3000);
        heap.Do(EventKind.Map, 0x9000_5000, 0x1000);

        Assert.Contains(Areas(), a => (a.Start.Value, a.Bytes, a.IsMapped) == (0x9000_0000, 0x3000, true));
        Assert.Contains(Areas(), a => (a.Start.Value, a.Bytes, a.IsMapped) == (0x9000_5000, 0x1000, true));
    }

    [Fact]
    public void Memory_that_was_given_back_stays_on_the_map_while_a_cell_was_there()
    {
        heap.Do(EventKind.Map, 0x9000_0000, 0x4000);
        heap.Allocate(0x2800, 0, 0, "", 0, at: new Address(0x9000_0800));
        heap.Free(new Address(0x9000_0800));
        heap.Unmap(new Address(0x9000_1000), 0x2000);

        Assert.Contains(Areas(), a => (a.Start.Value, a.Bytes, a.IsMapped) == (0x9000_0000, 0x1000, true));
        Assert.Contains(Areas(), a => (a.Start.Value, a.Bytes, a.IsMapped) == (0x9000_1000, 0x2000, false));
        Assert.Contains(Areas(), a => (a.Start.Value, a.Bytes, a.IsMapped) == (0x9000_3000, 0x1000, true));
    }

    [Fact]
    public void Each_spot_says_what_lies_there()
    {
        heap.Do(EventKind.Map, 0x9000_0000, 0x1000);
        var o = heap.Object("node", 1, at: new Address(0x9000_0010));
        var dead = heap.Object("node", 1, at: new Address(0x9000_0050));
        heap.Free(dead);

        var spots = MemoryMap.Spots(heap.View, new Address(0x9000_0000), 64, 8);

        var first = (heap.View.ObjectAt(o)!.Entry.CellStart.Value - 0x9000_0000) / 8;
        Assert.Equal((MemoryUse.Object, true), (spots[first].Use, spots[first].IsStart));
        Assert.Equal((MemoryUse.Object, false), (spots[first + 1].Use, spots[first + 1].IsStart));
        Assert.Contains(spots, s => s is { Use: MemoryUse.Freed, IsStart: true });
        Assert.Equal(MemoryUse.Untouched, spots[63].Use);
        Assert.Equal(MemoryUse.Unmapped, MemoryMap.Spots(heap.View, new Address(0x9000_1000), 1, 8)[0].Use);
    }

    [Fact]
    public void A_coarse_spot_shows_the_living_object_in_it()
    {
        heap.Do(EventKind.Map, 0x9000_0000, 0x1000);
        heap.Free(heap.Object("node", 1, at: new Address(0x9000_0010)));
        heap.Object("node", 1, at: new Address(0x9000_0090));

        Assert.Equal(MemoryUse.Object, MemoryMap.Spots(heap.View, new Address(0x9000_0000), 1, 256)[0].Use);
    }

    private IReadOnlyList<MemoryArea> Areas() => MemoryMap.Areas(heap.View);
}
