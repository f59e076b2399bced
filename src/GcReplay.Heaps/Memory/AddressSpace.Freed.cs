namespace GcReplay.Heaps.Memory;

/// <content>The bits that the shadow derives: which words lie in freed memory. They stand beside a page's words, so that one look at
/// the page answers an access; of whole pages that were never touched only the range is known.</content>
public sealed partial class AddressSpace
{
    /// <summary>Pages all words of which lie in freed memory: what the bits of a page say, for pages that do not exist.</summary>
    private readonly PageRanges freedPages = new();

    /// <summary>The derived bits of a page: one for each word that lies in a freed cell.</summary>
    internal ulong[] FreedBits(ulong number) => FindOrCreate(number).Freed ??= new ulong[WordsPerPage / 64];

    internal bool IsFreedWord(Address address)
    {
        if (Find(address.Page) is not { } page)
            return freedPages.Contains(address.Page);
        var index = Index(address);
        return page.Freed is { } freed && (freed[index >> 6] >> (index & 63) & 1) != 0;
    }

    /// <summary>Sets or clears the freed bits of whole pages, as far as they are mapped.</summary>
    /// <param name="end">First page behind them.</param>
    /// <remarks>Cost: one word for 64 pages, and the pages that exist.</remarks>
    internal void SetFreedPages(ulong start, ulong end, bool freed)
    {
        if (!freed)
            freedPages.Remove(start, end);
        for (var page = start; freed && page < end;)
        {
            var from = page;
            while (page < end && IsMappedInTable(page))
                page = page % 64 == 0 && page + 64 <= end && Peek(Windows.PageMapWord(page)) == ulong.MaxValue ? page + 64 : page + 1;
            if (page > from)
                freedPages.Add(from, page);
            while (page < end && !IsMappedInTable(page))
                page = page % 64 == 0 && page + 64 <= end && Peek(Windows.PageMapWord(page)) == 0 ? page + 64 : page + 1;
        }

        foreach (var page in Existing(start, end))
        {
            if (page.Mapped && (freed || page.Freed is not null))
                (page.Freed ??= new ulong[WordsPerPage / 64]).AsSpan().Fill(freed ? ulong.MaxValue : 0);
        }
    }

    /// <summary>Forgets the freed bits of unmapped pages, and the pages themselves: an access there crashes before it asks.</summary>
    internal void DropFreedBits(Address start, ulong bytes)
    {
        var end = (start + (long)bytes).Page;
        freedPages.Remove(start.Page, end);
        foreach (var page in Existing(start.Page, end))
        {
            page.Freed = null;
            SetPageMapped(page, false);
        }
    }

    internal void DropFreedBits()
    {
        freedPages.Clear();
        // order: each page on its own.
        foreach (var page in pages.Values)
            page.Freed = null;
    }
}
