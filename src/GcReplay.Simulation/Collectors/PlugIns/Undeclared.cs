using System.Collections.Immutable;
using GcReplay.Heaps.Events;
using GcReplay.Heaps.Layouts;
using GcReplay.Heaps.Memory;
using GcReplay.Heaps.Views;
using GcReplay.Simulation.Recording;

namespace GcReplay.Simulation.Collectors.PlugIns;

/// <summary>A word that a collector wrote and that its layout says nothing of.</summary>
/// <param name="Event">The event that wrote it.</param>
public sealed record UndeclaredWord(long Event, string Message);

/// <summary>Watches what a collector writes, and finds words that no field and no container of its layout describes: in its statics, in
/// interpreters' structs, in objects, and in its regions.</summary>
/// <remarks>Asked between operations. Words of records on a C stack are gone by then; of a region it is only asked that a container
/// points into it.</remarks>
internal sealed class Undeclared(Journal journal, Layout layout, Region statics, ImmutableArray<Region> regions) : IJournalGuard
{
    private readonly SortedDictionary<ulong, long> pending = [];
    private readonly HashSet<ulong> known = [];
    private readonly HashSet<(string Struct, long Offset)> knownInObjects = [];
    private readonly HeapView view = new(journal.Space, journal.Shadow, layout);

    /// <summary>The first one; null while there is none.</summary>
    public UndeclaredWord? First { get; private set; }

    public void BeforeEvent(in Event e)
    {
        // Only words count.
    }

    public void BeforeWrite(Address address)
    {
        if (First is null && !known.Contains(address.Value))
            pending.TryAdd(address.Value, journal.LastEvent);
    }

    /// <summary>Looks at what was written since it was asked last.</summary>
    public void Settle()
    {
        foreach (var (word, number) in pending)
        {
            var address = new Address(word);
            if (First is null && journal.Space.IsMapped(address) && Complaint(address) is { } complaint)
                First = new UndeclaredWord(number, $"event {number} writes {address}, {complaint}");
        }

        pending.Clear();
    }

    private string? Complaint(Address address)
    {
        var cell = journal.Shadow.CellAt(address);
        if (cell is { State: CellState.Freed })
            return null;
        if (cell is { } taken && journal.Shadow.OccupantOf(taken) is { IsRuntime: false } entry)
            return InObject(layout.Struct(layout.Types[entry.TypeId].Struct), address - (taken.State == CellState.Forwarded ? taken.Start + entry.PrefixWords * 8L : entry.Address));
        // One struct may lie within another.
        var complaints = view.Instances().Where(one => !one.HasEnded && address >= one.Address && address < one.Address + one.Layout.Size)
            .Select(one => InStruct(one.Layout, address - one.Address)).ToList();
        if (complaints.Count > 0)
            return complaints.Contains(null) ? Known(address) : complaints[^1];
        if (statics.Contains(address))
            return $"in its statics, offset {address - statics.Start}, where no struct of the layout lies";
        if (regions.FirstOrDefault(one => one.Contains(address)) is { } region)
            return IsPointedInto(region) ? null : $"in region '{region.Name}', which holds no object there and into which no container of the layout points";
        // The runtime's own words, an allocator's, or a cell that the collector took for itself.
        return cell is { Row: 0 } own && !IsPointedInto(new Region("cell", own.Start, own.End))
            ? $"in a cell of {own.Bytes} bytes that it took, into which no container or pointer of the layout points"
            : null;
    }

    private string? Known(Address address)
    {
        known.Add(address.Value);
        return null;
    }

    private string? InObject(StructLayout one, long offset)
    {
        if (knownInObjects.Contains((one.Name, offset)))
            return null;
        var complaint = InStruct(one, offset);
        if (complaint is null)
            knownInObjects.Add((one.Name, offset));
        return complaint;
    }

    private static string? InStruct(StructLayout one, long offset) =>
        one.Fields.Any(field => field.Offset == offset) || one.Containers.Any(container => Covers(container, one, offset))
            ? null
            : $"offset {offset} of {one.Name}, which no field and no container of it describes";

    private static bool Covers(Container container, StructLayout one, long offset)
    {
        var (from, words) = container switch
        {
            LinkedList list => (list.Offset + Math.Min(list.NextOffset, list.PrevOffset < 0 ? list.NextOffset : list.PrevOffset), list.PrevOffset < 0 ? 1 : 2),
            Vector { IsIndirect: false, CountField.Length: > 0 } vector => (vector.Offset, one.Size == 0 ? int.MaxValue : (one.Size - vector.Offset) / 8),
            Vector { IsIndirect: false } vector => (vector.Offset, vector.Count),
            ChunkedDeque => (container.Offset, 2),
            RawWords raw => (raw.Offset, raw.Count),
            ObjectBits => (container.Offset, int.MaxValue),
            CardBits { GrowsDown: true } => (int.MinValue, int.MaxValue),
            CardBits => (container.Offset, int.MaxValue),
            _ => (container.Offset, 1),
        };
        return offset >= from && offset - from < words * 8L;
    }

    /// <summary>Whether a pointer field or a container of a struct that is found from the root points into a range.</summary>
    private bool IsPointedInto(Region range) => view.Instances().Where(instance => !instance.HasEnded).Any(instance =>
        instance.Layout.Containers.Any(container => Names(instance.Address + container.Offset, range))
        || instance.Layout.Fields.Any(field => Names(instance.Address + field.Offset, range)));

    private bool Names(Address word, Region range) => view.TryRead(word, out var value) && range.Contains(new Address(value));
}
