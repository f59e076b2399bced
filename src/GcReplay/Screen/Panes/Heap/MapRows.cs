using GcReplay.Heaps.Memory;
using GcReplay.Heaps.Views;

namespace GcReplay.Screen.Panes;

/// <summary>A row of the map.</summary>
/// <param name="Start">First address of it; of a heading, of the area.</param>
/// <param name="End">First address behind it.</param>
/// <param name="IsHeading">Whether it names the area.</param>
/// <param name="IsFold">Whether it stands for many rows in which nothing begins: also a heading, of an area without any other row.</param>
internal readonly record struct MapRow(MemoryArea Area, Address Start, Address End, bool IsHeading, bool IsFold);

/// <summary>The rows of the map: a heading for each area, then rows of so many bytes each. Rows in which no cell begins and that nobody asked
/// for are folded into one, where they are more than one.</summary>
/// <remarks>Cost: the pages of cells; memory: the folds.</remarks>
internal sealed class MapRows
{
    private readonly List<Segment> segments = [];
    private readonly long rowBytes;

    /// <param name="rowBytes">Bytes in a row: a power of two.</param>
    /// <param name="shown">Addresses whose rows are not folded.</param>
    public MapRows(HeapView view, long rowBytes, IEnumerable<Address> shown)
    {
        this.rowBytes = rowBytes;
        var wanted = shown.Select(a => a.Value).Order().ToList();
        foreach (var area in MemoryMap.Areas(view))
        {
            var before = segments.Count;
            Add(area, area.Start, area.Start, 1, Kind.Heading);
            AddRows(view, area, wanted);
            if (segments.Count == before + 2 && segments[^1].Kind == Kind.Fold)
                Close(view, area);
        }
    }

    private enum Kind
    {
        Heading,
        Closed,
        Rows,
        Fold,
    }

    public long Total { get; private set; }

    public MapRow this[long row]
    {
        get
        {
            var at = segments.Count - 1;
            int low = 0, high = segments.Count - 1;
            while (low < high)
            {
                var middle = (low + high + 1) / 2;
                (low, high) = segments[middle].First <= row ? (middle, high) : (low, middle - 1);
            }

            at = low;
            var segment = segments[at];
            if (segment.Kind != Kind.Rows)
                return new MapRow(segment.Area, segment.Start, segment.End, segment.Kind is Kind.Heading or Kind.Closed, segment.Kind is Kind.Fold or Kind.Closed);
            var start = segment.Start + (row - segment.First) * rowBytes;
            return new MapRow(segment.Area, start, Min(start + rowBytes, segment.End), false, false);
        }
    }

    /// <summary>The row that an address lies in; the nearest one when it lies in no area.</summary>
    public long RowOf(Address address)
    {
        var best = 0L;
        foreach (var segment in segments)
        {
            if (segment.Start > address)
                break;
            best = segment.Kind == Kind.Rows ? Math.Min(segment.First + (address - segment.Start) / rowBytes, segment.First + segment.Count - 1) : segment.First;
        }

        return best;
    }

    private static Address Min(Address a, Address b) => a < b ? a : b;

    private void AddRows(HeapView view, MemoryArea area, List<ulong> wanted)
    {
        // Rows lie where addresses are multiples of their length, so that they stay when an area grows downwards.
        var first = Row(area.Start);
        var rows = Row(area.End - 1) - first + 1;
        var next = 0L;
        foreach (var row in Busy(view, area, wanted, first))
        {
            if (row < next)
                continue;
            AddQuiet(area, first, next, row, rows);
            AddBusy(area, first, row);
            next = row + 1;
        }

        AddQuiet(area, first, next, rows, rows);
    }

    /// <summary>An area with nothing but one fold is its heading alone; outside of all regions it is left out when nothing is in it.</summary>
    private void Close(HeapView view, MemoryArea area)
    {
        segments.RemoveRange(segments.Count - 2, 2);
        Total -= 2;
        var isUnused = area.Name.Length == 0 && view.Space.PagesIn(area.Start, area.End).All(p => !p.Words.Span.ContainsAnyExcept(0UL) || p.Number << AddressSpace.PageShift < area.Start.Value)
            && !view.Instances().Any(i => !i.HasEnded && i.Address >= area.Start && i.Address < area.End);
        if (!isUnused)
            Add(area, area.Start, area.End, 1, Kind.Closed);
    }

    /// <summary>The rows of an area, counted from its first, that are shown in any case, ascending; some more than once.</summary>
    private IEnumerable<long> Busy(HeapView view, MemoryArea area, List<ulong> wanted, long first)
    {
        var at = wanted.BinarySearch(area.Start.Value);
        at = at < 0 ? ~at : at;
        foreach (var row in CellRows(view, area))
        {
            for (; at < wanted.Count && wanted[at] < area.End.Value && Row(new Address(wanted[at])) <= row; at++)
                yield return Row(new Address(wanted[at])) - first;
            yield return row - first;
        }

        for (; at < wanted.Count && wanted[at] < area.End.Value; at++)
            yield return Row(new Address(wanted[at])) - first;
    }

    /// <summary>The rows in which cells begin.</summary>
    private IEnumerable<long> CellRows(HeapView view, MemoryArea area)
    {
        foreach (var (number, words) in view.Space.PagesIn(Windows.CellWord(area.Start), Windows.CellWord(area.End)))
        {
            var page = new Address((number << AddressSpace.PageShift) & ~Windows.Cells);
            if (rowBytes >= AddressSpace.PageBytes)
            {
                if (words.Span.ContainsAnyExcept(0UL))
                    yield return Row(page);
                continue;
            }

            var words1 = (int)(rowBytes / 8);
            for (var i = 0; i < AddressSpace.WordsPerPage; i += words1)
            {
                if (words.Span.Slice(i, words1).ContainsAnyExcept(0UL) && page + i * 8L + rowBytes > area.Start && page + i * 8L < area.End)
                    yield return Row(page + i * 8L);
            }
        }
    }

    private long Row(Address address) => (long)(address.Value / (ulong)rowBytes);

    private void AddBusy(MemoryArea area, long first, long row)
    {
        var start = StartOf(area, first, row);
        if (segments[^1] is { Kind: Kind.Rows } last && last.Area == area && last.End == start && last.Start.Value % (ulong)rowBytes == 0)
            segments[^1] = last with { Count = last.Count + 1, End = Min(EndOf(first, row), area.End) };
        else
            segments.Add(new Segment(area, Kind.Rows, Total, 1, start, Min(EndOf(first, row), area.End)));
        Total++;
    }

    private void AddQuiet(MemoryArea area, long first, long from, long to, long rows)
    {
        if (to - from == 1 && rows > 1)
            AddBusy(area, first, from);
        else if (to > from)
            Add(area, StartOf(area, first, from), Min(EndOf(first, to - 1), area.End), 1, Kind.Fold);
    }

    private void Add(MemoryArea area, Address start, Address end, long count, Kind kind)
    {
        segments.Add(new Segment(area, kind, Total, count, start, end));
        Total += count;
    }

    private Address StartOf(MemoryArea area, long first, long row)
    {
        var start = new Address((ulong)(first + row) * (ulong)rowBytes);
        return start < area.Start ? area.Start : start;
    }

    private Address EndOf(long first, long row) => new((ulong)(first + row + 1) * (ulong)rowBytes);

    private sealed record Segment(MemoryArea Area, Kind Kind, long First, long Count, Address Start, Address End);
}
