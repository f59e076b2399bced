using System.Runtime.CompilerServices;

namespace GcReplay.Heaps.Memory;

/// <summary>The words of one state: little-endian 64-bit words in pages of 4 KiB that exist only once a word in them was not
/// zero. Invariant: <see cref="Hash"/> is the sum of <see cref="StateHash.Mix"/> over every word.</summary>
/// <remarks>Reads and writes here are raw: whether a page is mapped and a cell live is asked by whoever acts for the simulated
/// process. Cost of an access: a small direct-mapped cache in front of a hash table of pages.</remarks>
public sealed partial class AddressSpace
{
    public const int PageShift = 12;
    public const int PageBytes = 1 << PageShift;
    public const int WordsPerPage = PageBytes / 8;
    private const int CacheSize = 2048;

    /// <summary>Bytes of one mapping: twice the largest cell. A mapping costs time and memory by its size, also one from a trace.</summary>
    public const ulong MappingMax = 1UL << 32;

    private readonly Dictionary<ulong, Page> pages = [];
    private readonly Page?[] cache = new Page?[CacheSize];
    private ulong[]? sorted;
    private ulong hash;
    private ChangeLog? log;

    /// <summary>The state hash; two states are equal when it is (up to hash collision).</summary>
    public ulong Hash => hash;

    public int PageCount => pages.Count + unread;

    /// <summary>The word at <paramref name="address"/>, 0 where nothing was ever written.</summary>
    public ulong Peek(Address address) => Find(address.Page) is { } page ? page.Words[Index(address)] : 0;

    /// <summary>Writes a word and keeps the hash; returns <c>old XOR new</c>.</summary>
    public ulong Poke(Address address, ulong value)
    {
        var page = FindOrCreate(address.Page);
        var index = Index(address);
        ref var word = ref page.Words[index];
        var old = word;
        if (old == value)
            return 0;
        word = value;
        if (!page.IsChanged)
            NoteChanged(page);
        page.Changes?.Add(index);
        unchecked
        {
            hash += StateHash.Mix(address.Value, value) - StateHash.Mix(address.Value, old);
        }

        return old ^ value;
    }

    public void Xor(Address address, ulong bits)
    {
        var page = FindOrCreate(address.Page);
        var index = Index(address);
        ref var word = ref page.Words[index];
        var old = word;
        word = old ^ bits;
        if (!page.IsChanged)
            NoteChanged(page);
        page.Changes?.Add(index);
        unchecked
        {
            hash += StateHash.Mix(address.Value, word) - StateHash.Mix(address.Value, old);
        }
    }

    public bool IsMapped(Address address)
    {
        if (!Windows.IsProcess(address))
            return false;
        var page = Find(address.Page);
        return page?.Mapped ?? IsMappedInTable(address.Page);
    }

    /// <summary>Whether every page of a range of words is mapped.</summary>
    /// <remarks>Cost: the pages up to the first that is not.</remarks>
    public bool AreMapped(Address start, ulong words)
    {
        if (words == 0)
            return true;
        if (words > MappingMax / 8)
            return false;
        var last = (start + (long)(words - 1) * 8).Page;
        for (var page = start.Page; page <= last; page++)
        {
            if (!IsMapped(new Address(page << PageShift)))
                return false;
        }

        return last >= start.Page;
    }

    /// <summary>What an access of the simulated process asks of a word, by one look at its page: whether it is mapped, whether it
    /// lies in freed memory, and its value.</summary>
    public bool TryPeek(Address address, out ulong word, out bool isFreed)
    {
        (word, isFreed) = (0, false);
        if (!Windows.IsProcess(address))
            return false;
        if (Find(address.Page) is not { } page)
        {
            isFreed = freedPages.Contains(address.Page);
            return IsMappedInTable(address.Page);
        }

        var index = Index(address);
        word = page.Words[index];
        isFreed = page.Freed is { } freed && (freed[index >> 6] >> (index & 63) & 1) != 0;
        return page.Mapped;
    }

    /// <summary>Sets or clears the page map; the words of unmapped pages must be zero by then.</summary>
    /// <remarks>Start and length are multiples of the page size. Cost: one word for 64 pages, and the pages that exist.</remarks>
    public void SetMapped(Address start, ulong bytes, bool mapped)
    {
        Check.That(start.Value % PageBytes == 0 && bytes % PageBytes == 0, $"{start}+{bytes} is no range of pages");
        Check.That(
            bytes <= MappingMax && start.Value <= Windows.ProcessEnd - bytes, $"{start}+{bytes} is larger than a mapping can be, or outside the process");
        var page = start.Page;
        var end = page + (bytes >> PageShift);
        while (page < end)
        {
            var inWord = (int)(page & 63);
            var count = (int)Math.Min(64 - (ulong)inWord, end - page);
            var mask = (count == 64 ? ulong.MaxValue : (1UL << count) - 1) << inWord;
            var word = Windows.PageMapWord(page);
            var bits = Peek(word);
            Poke(word, mapped ? bits | mask : bits & ~mask);
            page += (ulong)count;
        }

        foreach (var existing in Existing(start.Page, end))
            SetPageMapped(existing, mapped);
    }

    /// <summary>Addresses of the words of a range that are not zero, ascending, as they are now: writing does not change the
    /// list.</summary>
    /// <param name="start">Start and length are multiples of 8.</param>
    /// <remarks>Cost: the words of the range in pages that exist.</remarks>
    public List<Address> NonZeroWords(Address start, ulong bytes)
    {
        var found = new List<Address>();
        var end = start + (long)bytes - 1;
        if (end.Page - start.Page > (ulong)PageCount)
        {
            foreach (var (number, words) in PagesIn(start, end + 1))
                AddNonZero(number, words.Span);
            return found;
        }

        for (var number = start.Page; number <= end.Page; number++)
        {
            if (Find(number) is { } page)
                AddNonZero(number, page.Words);
        }

        return found;

        void AddNonZero(ulong number, ReadOnlySpan<ulong> words)
        {
            var from = number == start.Page ? Index(start) : 0;
            var to = number == end.Page ? Index(end) + 1 : WordsPerPage;
            for (int i = from, next; (next = words[i..to].IndexOfAnyExcept(0UL)) >= 0; i += next + 1)
                found.Add(new Address((number << PageShift) + (ulong)(i + next) * 8));
        }
    }

    /// <summary>Index of the last word other than zero in the page of an address, up to that address; -1 when there is none.</summary>
    internal int LastNonZeroInPage(Address address) =>
        Find(address.Page) is { } page ? page.Words.AsSpan(0, Index(address) + 1).LastIndexOfAnyExcept(0UL) : -1;

    /// <summary>The pages that exist in a range of addresses, ascending; their words may all be zero.</summary>
    /// <remarks>Cost: the pages of the range, once their numbers are sorted again after pages came or went.</remarks>
    public IEnumerable<(ulong Number, ReadOnlyMemory<ulong> Words)> PagesIn(Address start, Address end)
    {
        var numbers = SortedNumbers();
        var at = Array.BinarySearch(numbers, start.Page);
        for (at = at < 0 ? ~at : at; at < numbers.Length && numbers[at] << PageShift < end.Value; at++)
            yield return (numbers[at], Find(numbers[at])!.Words);
    }

    /// <summary>The pages that hold a word other than zero, ascending: what a checkpoint saves.</summary>
    public IEnumerable<(ulong Number, ReadOnlyMemory<ulong> Words)> SavedPages()
    {
        foreach (var number in SortedNumbers())
        {
            var words = Find(number)!.Words;
            if (words.AsSpan().ContainsAnyExcept(0UL))
                yield return (number, words);
        }
    }

    /// <summary>Puts a saved page back. Load the windows of the page map before the process's own pages matter to
    /// <see cref="IsMapped"/>, or call <see cref="RefreshMapped"/> after the last page.</summary>
    public void LoadPage(ulong number, ReadOnlySpan<ulong> words)
    {
        Check.That(words.Length == WordsPerPage, $"a page has {WordsPerPage} words, not {words.Length}");
        var start = number << PageShift;
        for (var i = 0; i < words.Length; i++)
        {
            if (words[i] != 0 || Find(number) is not null)
                Poke(new Address(start + (ulong)i * 8), words[i]);
        }
    }

    /// <summary>Derives each page's mapped flag from the page map again.</summary>
    public void RefreshMapped()
    {
        // order: each page on its own.
        foreach (var (number, page) in pages)
            page.Mapped = number < Windows.ProcessEnd >> PageShift && IsMappedInTable(number);
    }

    /// <summary>From now on a log keeps which words are written. A log that was given out before is broken off.</summary>
    public ChangeLog Watch()
    {
        log?.Break();
        log = new ChangeLog();
        // order: each page on its own.
        foreach (var (number, page) in pages)
            page.Changes = log.PageFor(number);
        return log;
    }

    public void Clear()
    {
        log?.Break();
        log = null;
        DropSaved();
        changed.Clear();
        KeepForReuse();
        pages.Clear();
        freedPages.Clear();
        sorted = null;
        Array.Clear(cache);
        hash = 0;
    }

    /// <summary>Number of words that are not zero, for messages about size.</summary>
    public long CountNonZero() => SortedNumbers().Sum(number => (long)Find(number)!.Words.Count(w => w != 0));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static int Index(Address address) => (int)(address.Value & (PageBytes - 1)) >> 3;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static int Slot(ulong number) => (int)((number ^ (number >> 27) ^ (number >> 47)) & (CacheSize - 1));

    /// <summary>The numbers of all pages, ascending. The array is never written again: who enumerates it may write words.</summary>
    private ulong[] SortedNumbers()
    {
        if (sorted is { } known)
            return known;
        // order: sorted on the next line.
        ulong[] numbers = [.. pages.Keys, .. Unread()];
        Array.Sort(numbers);
        return sorted = numbers;
    }

    private bool IsMappedInTable(ulong number) => (Peek(Windows.PageMapWord(number)) >> (int)(number & 63) & 1) != 0;

    private void SetPageMapped(Page page, bool mapped)
    {
        page.Mapped = mapped;
        if (mapped || page.Freed is not null)
            return;
        // An unmapped page is all zero: forget it, so that a long run does not keep what it gave back.
        Check.That(!page.Words.AsSpan().ContainsAnyExcept(0UL), $"page {page.Number} is unmapped with words in it");
        pages.Remove(page.Number);
        sorted = null;
        cache[Slot(page.Number)] = null;
    }

    /// <summary>The pages of a range that exist, in no order.</summary>
    private List<Page> Existing(ulong start, ulong end)
    {
        var found = new List<Page>();
        if (end - start > (ulong)pages.Count)
        {
            // order: who asks does the same to each of them.
            found.AddRange(pages.Values.Where(page => page.Number >= start && page.Number < end));
            return found;
        }

        for (var number = start; number < end; number++)
        {
            if (pages.TryGetValue(number, out var page))
                found.Add(page);
        }

        return found;
    }

    // Each word of every event goes through here, and the JIT leaves these small methods to be called when not told.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private Page? Find(ulong number) => cache[Slot(number)] is { } hit && hit.Number == number ? hit : FindInTable(number);

    private Page? FindInTable(ulong number)
    {
        if (pages.TryGetValue(number, out var page) || unread > 0 && (page = Fetch(number)) is not null)
            cache[Slot(number)] = page;
        return page;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private Page FindOrCreate(ulong number) => Find(number) ?? Create(number);

    private Page Create(ulong number)
    {
        var mapped = number < Windows.ProcessEnd >> PageShift && IsMappedInTable(number);
        var page = Fresh(number);
        page.Mapped = mapped;
        pages.Add(number, page);
        sorted = null;
        cache[Slot(number)] = page;
        return page;
    }

    private sealed class Page(ulong number)
    {
        public ulong Number = number;
        public readonly ulong[] Words = new ulong[WordsPerPage];
        public bool Mapped;
        public bool IsChanged;
        public ulong[]? Freed;
        public ChangedPage? Changes;
    }
}
