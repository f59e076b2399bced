using GcReplay.Heaps.Memory;

namespace GcReplay.Traces;

/// <summary>What the events of a block touch: enough to pass over the block without reading it when a question is about a word, an object
/// or a kind of event.</summary>
/// <remarks>Exact, both ways, for words changed and words named. See FORMAT.md, "Index".</remarks>
/// <param name="firstEvent">Number of the block's first event.</param>
/// <param name="lastEvent">Number of its last event.</param>
/// <param name="kinds">One bit for each kind of event that occurs.</param>
/// <param name="hasLargeRange">Whether memory of more pages than an index lists was mapped, unmapped or freed.</param>
public sealed class BlockSummary(long firstEvent, long lastEvent, ulong kinds, bool hasLargeRange, WordSet written, WordSet named)
{
    public long FirstEvent { get; } = firstEvent;

    public long LastEvent { get; } = lastEvent;

    public ulong Kinds { get; } = kinds;

    /// <summary>Words that events changed, those of the shadow among them, also where they left a word as it was.</summary>
    public WordSet Written { get; } = written;

    /// <summary>Addresses that operands name, rounded down to a word; the first word of each further page of memory that was mapped, unmapped
    /// or freed; and numbers of objects, as <see cref="KeyOf"/> puts them.</summary>
    public WordSet Named { get; } = named;

    /// <summary>Where the number of an object stands among the words named: no address is there.</summary>
    /// <param name="operand">As events hold it, with the flag of runtime objects.</param>
    public static (ulong Page, int Word) KeyOf(ulong operand) => (1UL << 63 | operand >> 9, (int)(operand & 511));

    /// <summary>The highest number of a program object, those born in scripts aside, that a birth or death names; 0 for none.</summary>
    public ulong HighestPlainNumber =>
        Named.HighestBefore(KeyOf(1UL << 32).Page) is var (page, word) && page >= KeyOf(0).Page ? page - KeyOf(0).Page << 9 | (uint)word : 0;

    public bool Names(Address address) => Named.Contains(address);

    public bool NamesNumber(ulong operand)
    {
        var (page, word) = KeyOf(operand);
        return Named.Contains(page, word);
    }

    /// <summary>Whether an event may map, unmap or free memory in which an address lies.</summary>
    public bool MayCover(Address address) =>
        hasLargeRange || Named.Overlaps(new Address(address.Page << AddressSpace.PageShift), new Address((address.Value & ~7UL) + 8));
}

/// <summary>A set of words, as pages with a bit for each word. Reads the bytes that the file has; those are checked before.</summary>
/// <param name="pages">Numbers, ascending.</param>
/// <param name="starts">For each page where its first word of bits stands, and behind the last one their number.</param>
/// <param name="masks">For each page which of its 8 words of bits there are.</param>
public sealed class WordSet(ReadOnlyMemory<ulong> pages, ReadOnlyMemory<int> starts, ReadOnlyMemory<byte> masks, ReadOnlyMemory<ulong> bits)
{
    public static WordSet Empty { get; } = new(default, new int[1], default, default);

    public int PageCount => pages.Length;

    public bool Contains(Address address) => Contains(address.Page, (int)(address.Value >> 3 & 511));

    /// <summary>Whether a word from <paramref name="from"/> up to before <paramref name="end"/> is in the set. Both are addresses of words.</summary>
    public bool Overlaps(Address from, Address end)
    {
        if (from >= end)
            return false;
        var last = new Address(end.Value - 8);
        var at = IndexOf(from.Page);
        for (at = at < 0 ? ~at : at; at < pages.Length && pages.Span[at] <= last.Page; at++)
        {
            var page = pages.Span[at];
            var first = page == from.Page ? (int)(from.Value >> 3 & 511) : 0;
            var to = page == last.Page ? (int)(last.Value >> 3 & 511) : 511;
            for (var word = first >> 6; word <= to >> 6; word++)
            {
                var low = word == first >> 6 ? ulong.MaxValue << (first & 63) : ulong.MaxValue;
                var high = word == to >> 6 ? ulong.MaxValue >> (63 - (to & 63)) : ulong.MaxValue;
                if ((BitsOf(at, word) & low & high) != 0)
                    return true;
            }
        }

        return false;
    }

    internal bool Contains(ulong page, int word)
    {
        var at = IndexOf(page);
        return at >= 0 && (BitsOf(at, word >> 6) >> (word & 63) & 1) != 0;
    }

    /// <summary>The highest word of the pages before one; null when there is none.</summary>
    internal (ulong Page, int Word)? HighestBefore(ulong end)
    {
        var at = IndexOf(end);
        at = at < 0 ? ~at : at;
        if (at == 0)
            return null;
        for (var word = 7; word >= 0; word--)
        {
            if (BitsOf(at - 1, word) is var found and not 0)
                return (pages.Span[at - 1], word * 64 + System.Numerics.BitOperations.Log2(found));
        }

        return null;
    }

    private int IndexOf(ulong page) => pages.Span.BinarySearch(page);

    private ulong BitsOf(int page, int word)
    {
        var mask = masks.Span[page];
        return (mask >> word & 1) == 0
            ? 0
            : bits.Span[starts.Span[page] + System.Numerics.BitOperations.PopCount((uint)(mask & (1 << word) - 1))];
    }
}
