namespace GcReplay.Heaps.Memory;

/// <content>What is derived from the cell words: which words lie in freed cells, and which cell covers a page.</content>
public sealed partial class Shadow
{
    /// <summary>From this many pages on a cell is not known by each of its pages: it costs what is touched of it.</summary>
    private const ulong LargePages = 64;

    private readonly Dictionary<ulong, Address> covering = [];

    /// <summary>Starts of the cells that cover too many pages to name each, ascending.</summary>
    private readonly List<Address> largeCells = [];

    /// <summary>The last cell that starts before an address, found in the cell words.</summary>
    private Cell? LastCellBefore(Address address) =>
        space.LastNonZeroBefore(Windows.CellWord(address), Windows.CellWord(Address.Null)) is { } word
            ? Cell.Decode(new Address(word.Value & ~Windows.Cells), space.Peek(word))
            : null;

    private void Derive(Cell cell, bool present)
    {
        if (!isIndexed)
            return;
        if (cell.State == CellState.Freed)
            SetFreedBits(cell, present);
        if (cell.Bytes == 0)
            return;
        var last = (cell.End - 8).Page;
        if (last - cell.Start.Page >= LargePages)
        {
            KnowLarge(cell.Start, present);
            return;
        }

        for (var page = cell.Start.Page + 1; page <= last; page++)
        {
            if (present)
                covering[page] = cell.Start;
            else
                covering.Remove(page);
        }
    }

    private void KnowLarge(Address start, bool present)
    {
        var at = largeCells.BinarySearch(start);
        if (present && at < 0)
            largeCells.Insert(~at, start);
        else if (!present && at >= 0)
            largeCells.RemoveAt(at);
    }

    /// <summary>The last large cell that starts at or before an address.</summary>
    private bool FindLarge(Address address, out Address start)
    {
        var at = largeCells.BinarySearch(address);
        at = at < 0 ? ~at - 1 : at;
        start = at < 0 ? Address.Null : largeCells[at];
        return at >= 0;
    }

    /// <summary>The freed bits of pages that are mapped again by going back.</summary>
    private void DeriveFreedBits(Address start, ulong bytes)
    {
        if (!isIndexed)
            return;
        if (CellAt(start) is { State: CellState.Freed } below)
            SetFreedBits(below, true);
        foreach (var word in space.NonZeroWords(Windows.CellWord(start), bytes))
        {
            if (Cell.Decode(new Address(word.Value & ~Windows.Cells), space.Peek(word)) is { State: CellState.Freed } cell)
                SetFreedBits(cell, true);
        }
    }

    private void SetFreedBits(Cell cell, bool freed)
    {
        var at = cell.Start.Value >> 3;
        var end = cell.End.Value >> 3;
        while (at < end)
        {
            var index = (int)(at % AddressSpace.WordsPerPage);
            var pages = (end - at) / AddressSpace.WordsPerPage;
            if (index == 0 && pages >= LargePages)
            {
                space.SetFreedPages(at / AddressSpace.WordsPerPage, at / AddressSpace.WordsPerPage + pages, freed);
                at += pages * AddressSpace.WordsPerPage;
                continue;
            }

            var count = (int)Math.Min((ulong)(64 - (index & 63)), end - at);
            if (!space.IsMapped(new Address(at << 3)))
            {
                at += (ulong)count;
                continue;
            }

            var bits = space.FreedBits(at / AddressSpace.WordsPerPage);
            var mask = (count == 64 ? ulong.MaxValue : (1UL << count) - 1) << (index & 63);
            if (freed)
                bits[index >> 6] |= mask;
            else
                bits[index >> 6] &= ~mask;
            at += (ulong)count;
        }
    }
}
