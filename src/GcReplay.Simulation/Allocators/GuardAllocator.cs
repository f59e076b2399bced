using System.Collections.Immutable;
using GcReplay.Heaps.Events;
using GcReplay.Heaps.Layouts;
using GcReplay.Heaps.Memory;
using GcReplay.Simulation.Chaos;
using GcReplay.Simulation.Recording;

namespace GcReplay.Simulation.Allocators;

/// <summary>Gives every cell pages of its own. Invariant: the pages before and after a cell's pages are unmapped, and no address
/// is handed out twice, so an access to freed memory, or behind the end of a cell, crashes always.</summary>
/// <remarks>The cell stands at the end of its pages, as far as an alignment of 16 allows. Choice <c>guard.gap</c>: unmapped pages
/// to leave out in front. Source: the idea of Electric Fence and of Windows page heap (full).</remarks>
public sealed class GuardAllocator(Journal journal, IChoices choices, int firstSite) : Allocator(journal, firstSite)
{
    public const string TheName = "guard";
    public static readonly Address Start = new(0x1000_0000_0000);
    public static readonly Address End = new(0x5000_0000_0000);
    private const int GapPagesMax = 8;
    private const int NextOffset = 0;

    public override string Name => TheName;

    public override StructLayout ControlLayout { get; } = new(
        "guard_state", StructRole.Plain, 8, [Field.Word("next", NextOffset, FieldRole.Address)], []);

    public override ImmutableArray<Region> Regions { get; } = [new Region("guarded heap", Start, End)];

    public override void SetUp(Address control)
    {
        Attach(control);
        Journal.Event(EventKind.Setup, control.Value);
        Write(control + NextOffset, Start.Value + AddressSpace.PageBytes);
    }

    protected internal override Address Allocate(in CellRequest request)
    {
        var gap = choices.Choose(GapPagesMax, "guard.gap");
        var pages = new Address(Read(Control + NextOffset)) + gap * AddressSpace.PageBytes;
        // A wild store may have hit the word: what is no place for pages is no memory.
        if (pages.Value % AddressSpace.PageBytes != 0 || pages < Start || pages >= End)
            throw NoMemory(request.BlockBytes, pages);
        var mapped = MappedBytes(request.BlockBytes);
        var end = pages + (long)mapped;
        if (end >= End)
            throw NoMemory(request.BlockBytes, pages);
        var block = end - (long)Aligned(request.BlockBytes);
        MapPages(pages, mapped);
        OpenAllocate(request, block);
        Write(Control + NextOffset, end.Value + AddressSpace.PageBytes);
        return block;
    }

    protected internal override void Free(Cell live, Block block)
    {
        OpenFree(live);
        Journal.Unmap(new Address(block.Start.Page << AddressSpace.PageShift), MappedBytes(block.Bytes));
    }

    private static ulong Aligned(ulong blockBytes) => blockBytes + 15 & ~15UL;

    private static ulong MappedBytes(ulong blockBytes) =>
        blockBytes + (AddressSpace.PageBytes - 1) & ~(AddressSpace.PageBytes - 1UL);
}
