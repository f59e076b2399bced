using GcReplay.Heaps.Memory;
using GcReplay.Simulation.Allocators;

namespace GcReplay.Tests.Simulation.Allocators;

/// <summary>Looks at all blocks of a Windows heap and says whether its invariants hold.</summary>
internal sealed class WindowsHeapWalk(AllocatorProcess process)
{
    private const int Unit = 16;
    private const ulong Busy = 1;
    private const ulong Last = 0x10;
    private const ulong SizeMax = 0x7F00;
    private readonly List<(Address Link, ulong Size)> free = [];
    private readonly List<ulong> busy = [];

    public void Check()
    {
        var page = WindowsAllocator.SegmentStart;
        while (Ranges().FirstOrDefault(start => start >= page) is { IsNull: false } range)
            page = WalkRange(range);
        Assert.Equal(process.Live.Keys.Where(cell => cell < WindowsAllocator.SegmentEnd.Value), busy.Order());
        Assert.Equal(process.ControlWord("TotalFreeSize"), free.Aggregate(0ul, (sum, block) => sum + block.Size));
        CheckRing();
    }

    /// <summary>Starts of the committed ranges.</summary>
    private IEnumerable<Address> Ranges()
    {
        var end = process.Live.Keys.LastOrDefault(cell => cell < WindowsAllocator.SegmentEnd.Value, WindowsAllocator.SegmentStart.Value) + (1 << 22);
        for (var page = WindowsAllocator.SegmentStart; page.Value < end; page += AddressSpace.PageBytes)
        {
            if (process.Journal.Space.IsMapped(page) && !process.Journal.Space.IsMapped(page - AddressSpace.PageBytes))
                yield return page;
        }
    }

    /// <summary>Walks the blocks of a committed range to its guard; gives its end.</summary>
    private Address WalkRange(Address start)
    {
        var previous = 0ul;
        var wasFree = 0ul;
        for (var entry = start; ; entry += (long)previous * Unit)
        {
            var code = Peek(entry + 8);
            var (size, flags) = (code & 0xFFFF, code >> 16 & 0xFF);
            Assert.Equal(previous, code >> 32 & 0xFFFF);
            previous = size;
            if (flags == (Busy | Last))
            {
                Assert.Equal(1ul, size);
                var end = entry + Unit;
                if (end.Value % AddressSpace.PageBytes != 0)
                    continue;
                Assert.False(process.Journal.Space.IsMapped(end));
                return end;
            }

            Assert.InRange(size, 2ul, SizeMax);
            if ((flags & Busy) != 0)
                busy.Add(entry.Value + Unit);
            else
                free.Add((entry + Unit, size));
            var isFree = (flags & Busy) == 0 ? size : 0;
            Assert.True(isFree == 0 || wasFree == 0 || isFree + wasFree > SizeMax, $"free neighbours at {entry}");
            wasFree = isFree;
        }
    }

    private void CheckRing()
    {
        var head = AllocatorProcess.Control + process.Allocator.ControlLayout.Field("FreeLists.Flink")!.Offset;
        var ring = new List<(Address Link, ulong Size)>();
        for (var link = new Address(Peek(head)); link != head; link = new Address(Peek(link)))
        {
            Assert.Equal(link.Value, Peek(new Address(Peek(link)) + 8));
            ring.Add((link, Peek(link - 8) & 0xFFFF));
        }

        Assert.Equal(free.OrderBy(block => block.Link), ring.OrderBy(block => block.Link));
        Assert.Equal(ring.Select(block => block.Size).Order(), ring.Select(block => block.Size));
        for (var hint = 0; hint < 256; hint++)
        {
            var first = ring.FirstOrDefault(block => hint == 0 ? block.Size > 256 : block.Size == (ulong)hint + 1).Link;
            Assert.Equal(first.Value, Peek(AllocatorProcess.Control + hint * 8));
            Assert.Equal(!first.IsNull, (Peek(AllocatorProcess.Control + 2048 + hint / 64 * 8) >> hint % 64 & 1) != 0);
        }
    }

    private ulong Peek(Address at) => process.Journal.Space.Peek(at);
}
