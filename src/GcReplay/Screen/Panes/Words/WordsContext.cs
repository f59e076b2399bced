using GcReplay.Heaps.Memory;
using GcReplay.Heaps.Views;

namespace GcReplay.Screen.Panes;

/// <summary>Which memory is shown, and which word of it is selected.</summary>
internal sealed class WordsContext
{
    /// <summary>Of an address in no area its page is shown.</summary>
    private const ulong PageMask = AddressSpace.PageBytes - 1;

    private Address followed;

    public PaneScroll Scroll { get; } = new();

    /// <summary>What can be scrolled through: the area that holds the selected word.</summary>
    public MemoryArea Area { get; private set; } = new("", default, new Address(AddressSpace.PageBytes), false);

    public Address Selected => Area.Start + Scroll.Selected * 8;

    public long Total => (long)(Area.Bytes / 8);

    /// <summary>Brings a place into view when another came into focus, from the beginning of its cell on; stays where the user scrolled to
    /// otherwise.</summary>
    public void Follow(HeapView view, Address focus, int height)
    {
        var isOther = !focus.IsNull && focus != followed;
        var at = isOther ? focus : Selected;
        followed = focus;
        at = new Address(at.Value & ~7UL);
        Area = MemoryMap.Areas(view).FirstOrDefault(a => at >= a.Start && at < a.End)
            ?? new MemoryArea("", new Address(at.Value & ~PageMask), new Address((at.Value & ~PageMask) + AddressSpace.PageBytes), false);
        Scroll.Select((at - Area.Start) / 8);
        if (isOther)
            Show(view, at, height);
        Scroll.Fit(Total, height);
    }

    private void Show(HeapView view, Address at, int height)
    {
        var start = view.Shadow.CellAt(at) is { } cell && cell.Start >= Area.Start && (at - cell.Start) / 8 < height ? cell.Start : at;
        Scroll.Show((start - Area.Start) / 8);
    }
}
