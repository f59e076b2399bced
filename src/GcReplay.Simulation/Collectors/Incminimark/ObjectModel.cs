using System.Collections.Immutable;
using GcReplay.Heaps.Memory;
using GcReplay.Simulation.Interpreters;
using GcReplay.Simulation.Recording;

namespace GcReplay.Simulation.Collectors.Incminimark;

/// <summary>Objects as their own words describe them. Those words may be anything by now: a freed object's, or overwritten ones.</summary>
internal sealed class ObjectModel(Process process, ImmutableArray<int> typeKinds)
{
    private readonly Journal journal = process.Journal;

    /// <summary>The header without counting as an access: who decides by it opens an event and reads it in there.</summary>
    public ulong Peek(Address reference) => journal.Space.Peek(reference);

    public bool Has(Address reference, ulong flag) => (journal.Read(reference) & flag) != 0;

    public void Set(Address reference, ulong flags) => journal.Write(reference, journal.Read(reference) | flags);

    public void Clear(Address reference, ulong flags) => journal.Write(reference, journal.Read(reference) & ~flags);

    public Kind KindOfType(int typeId) => typeId >= 0 && typeId < typeKinds.Length ? (Kind)typeKinds[typeId] : Kind.None;

    public Kind KindOf(ulong header) => KindOfType(unchecked((int)(uint)header));

    public Kind KindOf(Address reference) => KindOf(journal.Read(reference));

    /// <summary>Items of an array, bytes of a string; 0 for other kinds.</summary>
    public int LengthOf(Address reference, Kind kind) =>
        kind.LengthAt() is var at and > 0 ? Collector.LengthOf(journal.Read(reference + at)) : 0;

    /// <summary>Bytes of an object, rounded up to words.</summary>
    public long SizeOf(Address reference, Kind kind) => Kinds.Rounded(kind.Bytes(LengthOf(reference, kind)));

    public long SizeOf(Address reference) => SizeOf(reference, KindOf(reference));

    /// <summary>References that are traced.</summary>
    public int ReferenceCount(Address reference, Kind kind) => kind switch
    {
        Kind.Array => LengthOf(reference, kind),
        Kind.Node => Kinds.NodeReferences,
        _ => 0,
    };

    public static Address ReferenceAt(Address reference, int index) => reference + Kinds.FirstReference + index * 8L;

    /// <summary>Whether a living object is at exactly this address.</summary>
    public bool IsLive(Address reference) =>
        Windows.IsProcess(reference) && reference.IsWordAligned && journal.Shadow.CellAt(reference) is { State: CellState.Live } cell
        && journal.Shadow.OccupantOf(cell) is { } entry && entry.Address == reference;
}
