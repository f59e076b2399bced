using System.Runtime.InteropServices;

namespace GcReplay.Heaps.Memory;

/// <content>States that are loaded page by page when touched, and pages that changed since they were saved last.</content>
public sealed partial class AddressSpace
{
    /// <summary>Pages kept for the next state: going to and fro makes and drops the same number again and again.</summary>
    private const int ReusedMax = 1 << 14;

    private readonly HashSet<ulong> changed = [];
    private readonly List<Page> reusable = [];
    private SavedState? saved;
    private ulong[] read = [];

    /// <summary>Pages of the saved state that were not touched yet.</summary>
    private int unread;
    private int mark;

    /// <summary>Pages that changed since <see cref="TakeChangedPages"/> was called last.</summary>
    public int ChangedPageCount => changed.Count;

    /// <summary>Becomes a saved state, without reading more of it than the page map, spans and counters.</summary>
    public void Load(SavedState state)
    {
        Check.That(PageCount == 0, $"a state is loaded into one that has {PageCount} pages");
        saved = state;
        hash = state.Hash;
        sorted = null;
        unread = state.Numbers.Length;
        read = new ulong[(unread + 63) / 64];
        // The page map must be there when a page is made: whether it is mapped is asked then.
        for (var i = state.Numbers.Length - 1; i >= 0 && state.Numbers[i] >= Windows.PageMap >> PageShift; i--)
        {
            if (!IsRead(i))
                state.Read(i, this);
        }
    }

    /// <summary>Puts a page of the saved state in its place, unless it is there already.</summary>
    /// <param name="index">Into the numbers of the saved state.</param>
    /// <param name="words">Little-endian.</param>
    public void Fill(int index, ReadOnlySpan<byte> words)
    {
        Check.That(words.Length == PageBytes, $"a page has {PageBytes} bytes, not {words.Length}");
        if (IsRead(index))
            return;
        read[index >> 6] |= 1UL << (index & 63);
        unread--;
        var number = saved!.Numbers[index];
        var page = Fresh(number);
        words.CopyTo(MemoryMarshal.AsBytes(page.Words.AsSpan()));
        if (!BitConverter.IsLittleEndian)
            System.Buffers.Binary.BinaryPrimitives.ReverseEndianness(page.Words, page.Words);
        pages.Add(number, page);
        page.Mapped = number < Windows.ProcessEnd >> PageShift && IsMappedInTable(number);
    }

    /// <summary>The hash of the words as they are, counted anew: a saved state's own is only what its recorder says.</summary>
    /// <remarks>Cost: all words; reads all pages.</remarks>
    public ulong ComputeHash()
    {
        var sum = 0UL;
        foreach (var number in SortedNumbers())
        {
            var words = Find(number)!.Words;
            for (var i = 0; i < words.Length; i++)
                sum = unchecked(sum + StateHash.Mix((number << PageShift) + (ulong)i * 8, words[i]));
        }

        return sum;
    }

    /// <summary>The address of the last word other than zero from <paramref name="first"/> up to before <paramref name="end"/>.</summary>
    /// <remarks>Cost: the words that are zero, in pages that exist.</remarks>
    public Address? LastNonZeroBefore(Address end, Address first)
    {
        if (end <= first)
            return null;
        var numbers = SortedNumbers();
        var last = end - 8;
        var at = Array.BinarySearch(numbers, last.Page);
        for (at = at < 0 ? ~at - 1 : at; at >= 0 && numbers[at] >= first.Page; at--)
        {
            var number = numbers[at];
            var from = number == first.Page ? Index(first) : 0;
            var to = number == last.Page ? Index(last) + 1 : WordsPerPage;
            if (Find(number) is { } page && page.Words.AsSpan(from..to).LastIndexOfAnyExcept(0UL) is var found and >= 0)
                return new Address((number << PageShift) + (ulong)(from + found) * 8);
        }

        return null;
    }

    /// <summary>Numbers of the pages that changed since the call that gave a mark, ascending, and begins to count anew. All pages when the
    /// mark is not the last one given here.</summary>
    /// <param name="since">0 for no mark; gets the new one.</param>
    /// <returns>Whether these are only the changed ones.</returns>
    public bool TakeChangedPages(ref int since, out ulong[] numbers)
    {
        var isKnown = since != 0 && since == mark;
        // order: sorted on the next line.
        numbers = isKnown ? [.. changed] : SortedNumbers();
        if (isKnown)
            Array.Sort(numbers);
        foreach (var number in numbers)
        {
            if (Find(number) is { } page)
                page.IsChanged = false;
        }

        changed.Clear();
        since = ++mark;
        return isKnown;
    }

    /// <summary>The words of a page; empty where there is none.</summary>
    public ReadOnlySpan<ulong> WordsOf(ulong number) => Find(number) is { } page ? page.Words : [];

    private bool IsRead(int index) => (read[index >> 6] >> (index & 63) & 1) != 0;

    private void NoteChanged(Page page)
    {
        page.IsChanged = true;
        changed.Add(page.Number);
    }

    private Page? Fetch(ulong number)
    {
        var index = Array.BinarySearch(saved!.Numbers, number);
        if (index < 0 || IsRead(index))
            return null;
        saved.Read(index, this);
        return pages.TryGetValue(number, out var page)
            ? page
            : throw new UnreadablePageException($"a saved state does not hold page {number:x} that it names");
    }

    /// <summary>Numbers of the pages that were not read yet.</summary>
    private IEnumerable<ulong> Unread()
    {
        for (var i = 0; unread > 0 && i < saved!.Numbers.Length; i++)
        {
            if (!IsRead(i))
                yield return saved.Numbers[i];
        }
    }

    private void DropSaved()
    {
        saved = null;
        read = [];
        unread = 0;
    }

    private void KeepForReuse()
    {
        // order: one page is as good as another, once it is empty.
        foreach (var page in pages.Values)
        {
            if (reusable.Count == ReusedMax)
                break;
            reusable.Add(page);
        }
    }

    /// <summary>An empty page.</summary>
    private Page Fresh(ulong number)
    {
        if (reusable.Count == 0)
            return new Page(number) { Changes = log?.PageFor(number) };
        var page = reusable[^1];
        reusable.RemoveAt(reusable.Count - 1);
        page.Words.AsSpan().Clear();
        (page.Number, page.Mapped, page.IsChanged, page.Freed, page.Changes) = (number, false, false, null, log?.PageFor(number));
        return page;
    }
}
