using System.Collections.Immutable;
using GcReplay.Heaps.Events;
using GcReplay.Heaps.Layouts;
using GcReplay.Heaps.Memory;
using GcReplay.Simulation.Chaos;
using GcReplay.Simulation.Recording;
using static GcReplay.Simulation.Allocators.WindowsHeapState;

namespace GcReplay.Simulation.Allocators;

/// <summary>The process heap of a Windows, as ReactOS has it: a block that is freed is joined with its free neighbours, and whole pages of
/// a free run go back to the kernel at once. Invariant: no two free blocks are neighbours, unless they would be larger than a
/// block can be; a block knows the size of the one in front; in front of uncommitted pages stands a guard block of one unit (or two
/// of them), and the block behind such pages has nothing in front of it.</summary>
/// <remarks>
/// Whether freed memory is still there depends on where in its pages it lies, and with it on everything that was allocated before:
/// choice <c>windows.place</c> leaves up to 15 × 256 bytes of a free block in front of the cell. What is modelled and what
/// is not: README.md. Source: ReactOS, sdk/lib/rtl/heap.c.
/// </remarks>
public sealed partial class WindowsAllocator(Journal journal, IChoices choices, int firstSite) : Allocator(journal, firstSite)
{
    public const string TheName = "windows";

    /// <summary>The heap's reserved range: its pages are committed from the start.</summary>
    public static readonly Address SegmentStart = new(0x0180_0000_0000);
    public static readonly Address SegmentEnd = new(0x0190_0000_0000);

    /// <summary>Where the kernel puts blocks with pages of their own: lowest gap first, at multiples of 64 KiB.</summary>
    public static readonly Address VirtualStart = new(0x0200_0000_0000);
    public static readonly Address VirtualEnd = new(0x0240_0000_0000);

    private const ulong PageBytes = AddressSpace.PageBytes;
    private const ulong PageUnits = PageBytes / UnitBytes;
    private const ulong GapUnits = 16;
    private const ulong PlacesMax = 16;

    public override string Name => TheName;

    public override StructLayout ControlLayout => Heap;

    public override ImmutableArray<StructLayout> Structs => [Heap, FreeEntry];

    public override ImmutableArray<Region> Regions { get; } =
        [new Region("heap", SegmentStart, SegmentEnd), new Region("virtual", VirtualStart, VirtualEnd)];

    /// <remarks>Source: RtlpInitializeHeap, RtlpInitializeHeapSegment; the thresholds are those that RTL_HEAP_PARAMETERS is
    /// documented to have when none are given.</remarks>
    public override void SetUp(Address control)
    {
        Attach(control);
        MapPages(SegmentStart, PageBytes);
        Journal.Event(EventKind.Setup, control.Value);
        Set(DeCommitFreeBlockThreshold, PageUnits);
        Set(DeCommitTotalFreeThreshold, 65536 / UnitBytes);
        Set(VirtualMemoryThreshold, Entry.SizeMax);
        foreach (var head in new[] { control + FreeLists, control + VirtualAllocdBlocks })
        {
            Write(head + Flink, head.Value);
            Write(head + Blink, head.Value);
        }

        var guard = SegmentStart + (long)PageBytes - UnitBytes;
        SetEntry(guard, 1, Entry.Busy | Entry.Last, PageUnits - 1);
        InsertFree(SegmentStart, PageUnits - 1);
    }

    /// <remarks>Source: RtlAllocateHeap, RtlpAllocateNonDedicated.</remarks>
    protected internal override Address Allocate(in CellRequest request)
    {
        var size = (request.BlockBytes + (2 * UnitBytes - 1)) / UnitBytes;
        if (size > Get(VirtualMemoryThreshold))
            return AllocateVirtual(request);
        var entry = FindFit(size);
        if (entry.IsNull)
            entry = Extend(size);
        // What was committed can be a unit too long for one block, and is two then.
        if (SizeOf(entry) < size)
            return AllocateVirtual(request);
        var places = (int)Math.Min(PlacesMax, 1 + (SizeOf(entry) - size) / GapUnits);
        var gap = (ulong)choices.Choose(places, "windows.place") * GapUnits;
        var cut = At(entry, gap);
        OpenAllocate(request, cut + Entry.Bytes);
        RemoveFree(entry);
        Split(entry, gap, size, unused: size * UnitBytes - request.BlockBytes);
        return cut + Entry.Bytes;
    }

    /// <remarks>Source: RtlFreeHeap. Since Vista a header that is not a busy block's ends the process; ReactOS ignores the
    /// request.</remarks>
    protected internal override void Free(Cell live, Block block)
    {
        var entry = block.Start - Entry.Bytes;
        var flags = FlagsOf(entry);
        if ((flags & Entry.Busy) == 0)
            throw Failure(AllocatorSite.HeapEntry, entry);
        if ((flags & Entry.VirtualAlloc) != 0)
        {
            FreeVirtual(live, entry);
            return;
        }

        OpenFree(live);
        var size = SizeOf(entry);
        entry = Coalesce(entry, ref size);
        if (size >= Get(DeCommitFreeBlockThreshold) || unchecked(Get(TotalFreeSize) + size) >= Get(DeCommitTotalFreeThreshold))
            Decommit(entry, size);
        else
            InsertFree(entry, size);
    }

    /// <summary>The smallest free block that is large enough, or null.</summary>
    /// <remarks>Cost: constant up to a page, above it the smaller free blocks of more than a page.</remarks>
    private Address FindFit(ulong size)
    {
        var head = Control + FreeLists;
        var last = new Address(Read(head + Blink));
        if (last == head || SizeOf(last - Entry.Bytes) < size)
            return Address.Null;
        var link = new Address(size > PageUnits ? Get(FreeHints) : Get(FreeHints + FindHint((int)size - 1) * 8));
        while (SizeOf(link - Entry.Bytes) < size)
            link = new Address(Read(link + Flink));
        return link - Entry.Bytes;
    }

    /// <summary>Makes a busy block of a free one that is on no list any more: what lies in front of it and behind it stays free.</summary>
    /// <remarks>Source: RtlpSplitEntry; a gap in front is the choice's.</remarks>
    private void Split(Address entry, ulong gap, ulong size, ulong unused)
    {
        var whole = SizeOf(entry);
        var previous = PreviousSizeOf(entry);
        Set(TotalFreeSize, unchecked(Get(TotalFreeSize) - whole));
        var rest = whole - gap - size;
        // A rest of one unit would be a header and nothing else.
        if (rest == 1)
        {
            size++;
            unused += UnitBytes;
            rest = 0;
        }

        var cut = At(entry, gap);
        SetEntry(cut, size, Entry.Busy, gap > 0 ? gap : previous, unused);
        if (gap > 0)
            Free(entry, gap, previous);
        if (rest > 0)
            Free(At(cut, size), rest, size);
        else
            SetPreviousSize(At(cut, size), size);
    }

    /// <summary>Makes a free block of a range and joins it with its neighbours.</summary>
    private void Free(Address entry, ulong size, ulong previousSize)
    {
        SetEntry(entry, size, 0, previousSize);
        entry = Coalesce(entry, ref size);
        InsertFree(entry, size);
    }

    private Address AllocateVirtual(in CellRequest request)
    {
        var bytes = request.BlockBytes + VirtualBlock.Bytes + PageBytes - 1 & ~(PageBytes - 1);
        var block = FindPages(VirtualStart, VirtualEnd, bytes / PageBytes, 16);
        if (block.IsNull)
            throw NoMemory(bytes, VirtualEnd);
        MapPages(block, bytes);
        OpenAllocate(request, block + VirtualBlock.Bytes);
        Write(block + VirtualBlock.CommitSize, bytes);
        Write(block + VirtualBlock.ReserveSize, bytes);
        SetEntry(
            block + VirtualBlock.BusyBlock, bytes - request.BlockBytes & 0xFFFF, Entry.Busy | Entry.VirtualAlloc | Entry.ExtraPresent, 0);
        Link(block, Control + VirtualAllocdBlocks);
        return block + VirtualBlock.Bytes;
    }

    private void FreeVirtual(Cell live, Address entry)
    {
        var block = entry - VirtualBlock.BusyBlock;
        var bytes = Read(block + VirtualBlock.CommitSize);
        if (block.Value % PageBytes != 0 || bytes % PageBytes != 0 || bytes is 0 or > 1UL << 32 || !ArePages(block, bytes, mapped: true))
            throw Failure(AllocatorSite.HeapEntry, entry);
        OpenFree(live);
        Unlink(block);
        Journal.Unmap(block, bytes);
    }

    private static Address At(Address entry, ulong units) => new(unchecked(entry.Value + units * UnitBytes));

    private ulong Get(int offset) => Read(Control + offset);

    private void Set(int offset, ulong value) => Write(Control + offset, value);
}
