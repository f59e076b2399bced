using GcReplay.Heaps.Memory;

namespace GcReplay.Heaps.Views;

/// <summary>A run of the address space in one region of the layout, mapped as a whole or not at all.</summary>
/// <param name="Name">The region's; empty outside of all.</param>
public sealed record MemoryArea(string Name, Address Start, Address End, bool IsMapped)
{
    public ulong Bytes => (ulong)(End - Start);
}

/// <summary>What a piece of memory is used for.</summary>
public enum MemoryUse
{
    /// <summary>Given back to the system.</summary>
    Unmapped = 0,

    /// <summary>Mapped and in no cell; all zero.</summary>
    Untouched,

    /// <summary>Mapped and in no cell, and not all zero.</summary>
    Words,

    /// <summary>An object of the program.</summary>
    Object,

    /// <summary>A struct of the runtime.</summary>
    Runtime,

    /// <summary>Handed out for neither.</summary>
    Raw,

    /// <summary>Dead, or not allocated from now, and kept by the collector or the runtime.</summary>
    Reserved,

    /// <summary>The object that was here moved away.</summary>
    Forwarded,

    Freed,

    Guard,
}

/// <summary>A few bytes of the map.</summary>
/// <param name="Cell">The first cell in it; null where there is none.</param>
/// <param name="IsStart">Whether that cell begins in it.</param>
public readonly record struct MapSpot(MemoryUse Use, Cell? Cell, bool IsStart);

/// <summary>The address space as a map: which areas there are, and what lies in each place.</summary>
public static class MemoryMap
{
    /// <summary>In spots of more bytes than this no more than the cells that begin in their first bytes are looked at.</summary>
    private const int SampledBytes = 4096;

    /// <summary>Of a spot in no cell no more than so many bytes are looked at.</summary>
    private const int LookedAtBytes = 512;

    /// <summary>Mapped memory, and memory that was given back and held cells before, by ascending address.</summary>
    /// <remarks>Cost: one word for 64 mapped pages, and the pages of cells.</remarks>
    public static IReadOnlyList<MemoryArea> Areas(HeapView view)
    {
        var mapped = MappedRuns(view.Space).ToList();
        var runs = mapped.Select(r => (r.Start, r.End, IsMapped: true)).Concat(LostRuns(view.Space, mapped).Select(r => (r.Start, r.End, IsMapped: false)));
        var areas = new List<MemoryArea>();
        foreach (var (start, end, isMapped) in runs.OrderBy(r => r.Start))
        {
            var at = new Address(start << AddressSpace.PageShift);
            var stop = new Address(end << AddressSpace.PageShift);
            while (at < stop)
            {
                var region = view.Layout.Regions.FirstOrDefault(r => r.Contains(at));
                var borders = view.Layout.Regions.SelectMany(r => new[] { r.Start, r.End }).Where(b => b > at && b < stop);
                var next = borders.Append(stop).Min();
                areas.Add(new MemoryArea(region?.Name ?? "", at, next, isMapped));
                at = next;
            }
        }

        return areas;
    }

    /// <summary>The cells that begin in a range, by ascending address.</summary>
    public static IEnumerable<Cell> CellsIn(AddressSpace space, Address start, Address end)
    {
        foreach (var (number, words) in space.PagesIn(Windows.CellWord(start), Windows.CellWord(end)))
        {
            var page = (number << AddressSpace.PageShift) & ~Windows.Cells;
            var from = page < start.Value ? (int)((start.Value - page + 7) / 8) : 0;
            var to = (int)Math.Min(AddressSpace.WordsPerPage, (end.Value - page + 7) / 8);
            for (int i = from, next; i < to && (next = words.Span[i..to].IndexOfAnyExcept(0UL)) >= 0; i += next + 1)
                yield return Cell.Decode(new Address(page + (ulong)(i + next) * 8), words.Span[i + next]);
        }
    }

    /// <summary>What lies in consecutive places of some bytes each.</summary>
    /// <param name="bytes">A multiple of 8.</param>
    /// <remarks>Cost: the places, and the cells in them as far as they are looked at.</remarks>
    public static MapSpot[] Spots(HeapView view, Address start, int count, long bytes)
    {
        var spots = new MapSpot[count];
        var structs = view.Instances().Where(i => !i.HasEnded && i.Address < start + count * bytes && i.Address + Math.Max(i.Layout.Size, 8) > start).ToList();
        var over = view.Shadow.CellAt(start) is { } covering && covering.Start < start ? covering : (Cell?)null;
        for (var i = 0; i < count; i++)
        {
            var from = start + i * bytes;
            var first = (Cell?)null;
            foreach (var cell in CellsIn(view.Space, from, from + Math.Min(bytes, SampledBytes)))
            {
                first = first is { } known && Weight(known) >= Weight(cell) ? known : cell;
                over = cell;
                if (bytes <= 8)
                    break;
            }

            if (bytes > SampledBytes)
                over = first is null && view.Shadow.CellAt(from) is { } large ? large : over;
            var covered = over is { } o && o.End > from ? over : null;
            var shown = first ?? covered;
            var use = UseOf(view, from, shown);
            if (use == MemoryUse.Untouched)
                use = structs.Any(s => s.Address < from + bytes && s.Address + Math.Max(s.Layout.Size, 8) > from) ? MemoryUse.Runtime : HasWords(view.Space, from, bytes) ? MemoryUse.Words : use;
            spots[i] = new MapSpot(use, shown, first is not null);
        }

        return spots;
    }

    /// <summary>What an address is used for.</summary>
    public static MemoryUse UseOf(HeapView view, Address address, Cell? cell) => cell switch
    {
        _ when !view.Space.IsMapped(cell is { } c && c.Start > address ? c.Start : address) => MemoryUse.Unmapped,
        null or { State: CellState.None } => MemoryUse.Untouched,
        { State: CellState.Freed } => MemoryUse.Freed,
        { State: CellState.Reserved } => MemoryUse.Reserved,
        { State: CellState.Forwarded } => MemoryUse.Forwarded,
        { State: CellState.Guard } => MemoryUse.Guard,
        { Row: 0 } => MemoryUse.Raw,
        { IsRuntime: true } => MemoryUse.Runtime,
        _ => MemoryUse.Object,
    };

    private static bool HasWords(AddressSpace space, Address start, long bytes)
    {
        for (var at = start; at < start + Math.Min(bytes, LookedAtBytes); at += 8)
        {
            if (space.Peek(at) != 0)
                return true;
        }

        return false;
    }

    /// <summary>Of several cells in one place the one that says most is shown.</summary>
    private static int Weight(Cell cell) => cell.State switch
    {
        CellState.Live => cell.Row == 0 ? 3 : 4,
        CellState.Forwarded => 2,
        CellState.None => 0,
        _ => 1,
    };

    /// <summary>Runs of mapped pages, ascending.</summary>
    private static IEnumerable<(ulong Start, ulong End)> MappedRuns(AddressSpace space)
    {
        var (start, end) = (0UL, 0UL);
        foreach (var (number, words) in space.PagesIn(new Address(Windows.PageMap), new Address(Windows.Spans)))
        {
            var page = ((number << AddressSpace.PageShift) - Windows.PageMap) * 8;
            for (var i = 0; i < words.Length; i++, page += 64)
            {
                for (var bits = words.Span[i]; bits != 0;)
                {
                    var first = System.Numerics.BitOperations.TrailingZeroCount(bits);
                    var count = System.Numerics.BitOperations.TrailingZeroCount(~(bits >> first));
                    if (page + (ulong)first != end)
                    {
                        if (end > start)
                            yield return (start, end);
                        start = page + (ulong)first;
                    }

                    end = page + (ulong)(first + count);
                    bits = first + count >= 64 ? 0 : bits >> (first + count) << (first + count);
                }
            }
        }

        if (end > start)
            yield return (start, end);
    }

    /// <summary>Runs of pages that cells lie on and that are not mapped, ascending.</summary>
    private static List<(ulong Start, ulong End)> LostRuns(AddressSpace space, List<(ulong Start, ulong End)> mapped)
    {
        var runs = new List<(ulong Start, ulong End)>();
        var next = 0;
        foreach (var (number, words) in space.PagesIn(new Address(Windows.Cells), new Address(Windows.Cells + Windows.ProcessEnd)))
        {
            var page = number & ~(Windows.Cells >> AddressSpace.PageShift);
            var index = words.Span.LastIndexOfAnyExcept(0UL);
            if (index < 0)
                continue;
            // Of the cells that begin on a page only the last can reach behind it.
            var last = Cell.Decode(new Address((page << AddressSpace.PageShift) + (ulong)index * 8), words.Span[index]);
            var end = last.Bytes == 0 ? page + 1 : (last.End - 1).Page + 1;
            while (next < mapped.Count && mapped[next].End <= page)
                next++;
            var at = page;
            for (var i = next; at < end; i++)
            {
                var stop = i < mapped.Count ? Math.Min(mapped[i].Start, end) : end;
                if (at < stop)
                    Add(at, stop);
                at = i < mapped.Count ? Math.Max(at, mapped[i].End) : end;
            }
        }

        return runs;

        void Add(ulong start, ulong end)
        {
            if (runs.Count > 0 && runs[^1].End >= start)
                runs[^1] = (runs[^1].Start, Math.Max(runs[^1].End, end));
            else
                runs.Add((start, end));
        }
    }
}
