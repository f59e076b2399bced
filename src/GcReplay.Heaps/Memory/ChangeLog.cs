using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace GcReplay.Heaps.Memory;

/// <summary>Which words of an address space were written since the log was cleared: by a run, by playback in either direction, by
/// a checkpoint. Knows the words of the process, of its cells and of its page map, where all meaning comes from; not the spans,
/// counters and rows of program objects.</summary>
/// <remarks>A word may be listed that was written back to what it was. Cost of a write: two bit operations.</remarks>
public sealed class ChangeLog
{
    private readonly List<ChangedPage> pages = [];

    internal ChangeLog()
    {
    }

    /// <summary>False once all words were dropped at once, or another log took this one's place: then everything may have changed,
    /// and this log stays silent.</summary>
    public bool IsComplete { get; private set; } = true;

    /// <summary>The pages with words that were written, in the order of their first write.</summary>
    public ReadOnlySpan<ChangedPage> Pages => CollectionsMarshal.AsSpan(pages);

    public void Clear()
    {
        foreach (var page in pages)
            page.Clear();
        pages.Clear();
    }

    internal ChangedPage? PageFor(ulong number) => Knows(number << AddressSpace.PageShift) ? new ChangedPage(this, number) : null;

    internal void List(ChangedPage page) => pages.Add(page);

    internal void Break()
    {
        IsComplete = false;
        Clear();
    }

    private static bool Knows(ulong address) =>
        address < Windows.ProcessEnd
        || address is >= Windows.Cells and < Windows.Cells + Windows.ProcessEnd
        || address is >= Windows.RuntimeObjects and < Windows.Spans;
}

/// <summary>The words of one page that were written: bit k of the words of <see cref="Bits"/> stands for word k of the page.</summary>
public sealed class ChangedPage
{
    private readonly ChangeLog log;
    private readonly ulong[] bits = new ulong[AddressSpace.WordsPerPage / 64];
    private bool isListed;

    internal ChangedPage(ChangeLog log, ulong number)
    {
        this.log = log;
        Number = number;
    }

    public ulong Number { get; }

    public ReadOnlySpan<ulong> Bits => bits;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal void Add(int word)
    {
        bits[word >> 6] |= 1UL << (word & 63);
        if (!isListed)
            List();
    }

    internal void Clear()
    {
        bits.AsSpan().Clear();
        isListed = false;
    }

    private void List()
    {
        isListed = true;
        log.List(this);
    }
}
