namespace GcReplay.Traces.Files;

/// <summary>Collects words as pages with a bit for each, and writes them as an index has them.</summary>
/// <remarks>Meant to be used again for block after block: it keeps its memory.</remarks>
internal sealed class WordSetBuilder
{
    private const int WordsOfBits = 8;

    // Open addressing, twice as many as pages, at least; the place is that of the page's bits, plus 1.
    private (ulong Page, int Place)[] slots = new (ulong, int)[256];
    private ulong[] pages = new ulong[128];
    private ulong[] bits = new ulong[128 * WordsOfBits];
    private int[] order = [];
    private int count;
    private ulong lastPage;
    private int lastBits = -1;

    public void Clear()
    {
        Array.Clear(slots);
        bits.AsSpan(0, count * WordsOfBits).Clear();
        count = 0;
        lastBits = -1;
    }

    public void Add(ulong address) => Add(address >> 12, (int)(address >> 3 & 511));

    public void Add(ulong page, int word)
    {
        if (lastBits < 0 || page != lastPage)
            (lastPage, lastBits) = (page, Find(page) * WordsOfBits);
        bits[lastBits + (word >> 6)] |= 1UL << (word & 63);
    }

    /// <summary>Writes number of pages, then for each its distance, then for each which of its words of bits there are, then these.</summary>
    public void Write(ByteColumn output)
    {
        if (order.Length < count)
            order = new int[pages.Length];
        for (var i = 0; i < count; i++)
            order[i] = i;
        Array.Sort(pages, order, 0, count);
        output.AddVarint((ulong)count);
        ulong next = 0;
        for (var i = 0; i < count; i++)
        {
            output.AddVarint(unchecked(pages[i] - next));
            next = unchecked(pages[i] + 1);
        }

        for (var i = 0; i < count; i++)
            output.AddByte(Mask(order[i]));
        for (var i = 0; i < count; i++)
        {
            foreach (var word in BitsOf(order[i]))
            {
                if (word != 0)
                    output.AddWord(word);
            }
        }
    }

    private ReadOnlySpan<ulong> BitsOf(int page) => bits.AsSpan(page * WordsOfBits, WordsOfBits);

    private byte Mask(int page)
    {
        var mask = 0;
        var words = BitsOf(page);
        for (var i = 0; i < words.Length; i++)
            mask |= words[i] != 0 ? 1 << i : 0;
        return (byte)mask;
    }

    private int Find(ulong page)
    {
        var at = Slot(page);
        for (; slots[at].Place != 0; at = at + 1 & slots.Length - 1)
        {
            if (slots[at].Page == page)
                return slots[at].Place - 1;
        }

        if (count == pages.Length)
        {
            Grow();
            return Find(page);
        }

        pages[count] = page;
        slots[at] = (page, ++count);
        return count - 1;
    }

    private int Slot(ulong page) => (int)(unchecked(page * 0x9E3779B97F4A7C15UL) >> 40) & slots.Length - 1;

    private void Grow()
    {
        Array.Resize(ref pages, count * 2);
        Array.Resize(ref bits, count * 2 * WordsOfBits);
        slots = new (ulong, int)[pages.Length * 2];
        for (var i = 0; i < count; i++)
        {
            var at = Slot(pages[i]);
            while (slots[at].Place != 0)
                at = at + 1 & slots.Length - 1;
            slots[at] = (pages[i], i + 1);
        }
    }
}
