namespace GcReplay.Heaps.Memory;

/// <summary>A set of pages, kept as ranges that do not overlap: for facts about much memory that nobody has touched.</summary>
/// <remarks>Cost of a question: the logarithm of the number of ranges; of a change: their number at most.</remarks>
public sealed class PageRanges
{
    private readonly List<ulong> starts = [];
    private readonly List<ulong> ends = [];

    public bool Contains(ulong page)
    {
        if (starts.Count == 0)
            return false;
        var at = IndexAt(page);
        return at >= 0 && page < ends[at];
    }

    /// <param name="end">First page behind the range.</param>
    public void Add(ulong start, ulong end)
    {
        Remove(start, end);
        var at = IndexAt(start) + 1;
        starts.Insert(at, start);
        ends.Insert(at, end);
    }

    /// <param name="end">First page behind the range.</param>
    public void Remove(ulong start, ulong end)
    {
        var at = Math.Max(IndexAt(start), 0);
        while (at < starts.Count && starts[at] < end)
        {
            var (oldStart, oldEnd) = (starts[at], ends[at]);
            if (oldEnd <= start)
            {
                at++;
                continue;
            }

            starts.RemoveAt(at);
            ends.RemoveAt(at);
            if (oldStart < start)
                Insert(at++, oldStart, start);
            if (oldEnd > end)
                Insert(at++, end, oldEnd);
        }
    }

    public void Clear()
    {
        starts.Clear();
        ends.Clear();
    }

    private void Insert(int at, ulong start, ulong end)
    {
        starts.Insert(at, start);
        ends.Insert(at, end);
    }

    /// <summary>The last range that starts at or before a page; -1 when there is none.</summary>
    private int IndexAt(ulong page)
    {
        var at = starts.BinarySearch(page);
        return at < 0 ? ~at - 1 : at;
    }
}
