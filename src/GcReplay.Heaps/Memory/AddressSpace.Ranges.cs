namespace GcReplay.Heaps.Memory;

/// <content>Many words at once: the same as one write after the other, and quicker.</content>
public sealed partial class AddressSpace
{
    /// <summary>Writes one value to consecutive words.</summary>
    /// <param name="start">Word-aligned.</param>
    public void Repeat(Address start, ulong count, ulong value)
    {
        while (count > 0)
        {
            var index = Index(start);
            var length = (int)Math.Min(count, (ulong)(WordsPerPage - index));
            Repeat(FindOrCreate(start.Page), index, length, value);
            start += length * 8L;
            count -= (ulong)length;
        }
    }

    /// <summary>Writes zero to every word of a range; gives how many held something else.</summary>
    /// <param name="start">Start and length are multiples of 8.</param>
    /// <remarks>Cost: the pages that exist in the range.</remarks>
    public ulong Zero(Address start, ulong bytes)
    {
        if (bytes == 0)
            return 0;
        var (last, zeroed) = (start + (long)bytes - 8, 0UL);
        foreach (var page in ExistingOrRead(start.Page, last.Page + 1))
        {
            var from = page.Number == start.Page ? Index(start) : 0;
            var to = page.Number == last.Page ? Index(last) + 1 : WordsPerPage;
            zeroed += Repeat(page, from, to - from, 0);
        }

        return zeroed;
    }

    private List<Page> ExistingOrRead(ulong first, ulong end)
    {
        if (unread > 0)
        {
            // order: fetched by number.
            foreach (var number in Unread().Where(number => number >= first && number < end).ToArray())
                Find(number);
        }

        return Existing(first, end);
    }

    private ulong Repeat(Page page, int index, int length, ulong value)
    {
        var sum = hash;
        var written = 0UL;
        var at = (page.Number << PageShift) + (ulong)index * 8;
        for (var i = index; i < index + length; i++, at += 8)
        {
            ref var word = ref page.Words[i];
            var old = word;
            if (old == value)
                continue;
            word = value;
            written++;
            page.Changes?.Add(i);
            unchecked
            {
                sum += StateHash.Mix(at, value) - StateHash.Mix(at, old);
            }
        }

        hash = sum;
        if (written > 0 && !page.IsChanged)
            NoteChanged(page);
        return written;
    }
}
