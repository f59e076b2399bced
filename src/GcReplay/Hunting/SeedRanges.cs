namespace GcReplay.Hunting;

/// <summary>Which seeds are done: ranges in ascending order that neither touch nor overlap.</summary>
internal sealed class SeedRanges
{
    private readonly List<(ulong First, ulong Last)> ranges = [];

    public IReadOnlyList<(ulong First, ulong Last)> All => ranges;

    /// <summary>Seeds in all ranges; no hunt gets through more than a long counts.</summary>
    public decimal Count => ranges.Sum(range => (decimal)range.Last - range.First + 1);

    public void Add(ulong first, ulong last)
    {
        var at = ranges.FindIndex(range => range.First > first);
        ranges.Insert(at < 0 ? ranges.Count : at, (first, last));
        for (var i = ranges.Count - 2; i >= 0; i--)
        {
            if (ranges[i].Last == ulong.MaxValue || ranges[i + 1].First > ranges[i].Last + 1)
                continue;
            ranges[i] = (ranges[i].First, Math.Max(ranges[i].Last, ranges[i + 1].Last));
            ranges.RemoveAt(i + 1);
        }
    }

    /// <summary>The first seeds from <paramref name="from"/> on that are not done, <paramref name="count"/> at most; null when there are none up to
    /// the last seed of all.</summary>
    public (ulong First, int Count)? Next(ulong from, int count)
    {
        foreach (var (first, last) in ranges)
        {
            if (from < first)
                return (from, (int)Math.Min((ulong)count, first - from));
            if (from > last)
                continue;
            if (last == ulong.MaxValue)
                return null;
            from = last + 1;
        }

        return (from, ulong.MaxValue - from >= (ulong)count ? count : (int)(ulong.MaxValue - from) + 1);
    }

    public override string ToString() => string.Join(", ", ranges.Select(r => r.First == r.Last ? $"{r.First}" : $"{r.First}-{r.Last}"));
}
