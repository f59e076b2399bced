using GcReplay.Heaps.Memory;
using GcReplay.Heaps.Views;

namespace GcReplay.Simulation.Conformance.Incminimark;

/// <summary>Who is at an address. Birth numbers are the file's serials: the program makes objects in the same order.</summary>
internal sealed class Identities(HeapView view)
{
    /// <summary>Serials of objects by the runtime number of their shadow.</summary>
    private readonly SortedDictionary<ulong, long> shadows = [];

    /// <summary>Shadows by their runtime number, as far as they were ever seen.</summary>
    public IEnumerable<(ulong Number, long Identity)> Shadows => shadows.Select(shadow => (shadow.Key, Identity.OfShadow(shadow.Value)));

    /// <summary>Of a program object by its birth number.</summary>
    public static long Of(ulong number)
    {
        var (head, ordinal) = (ObjectNumber.Head(number), ObjectNumber.Ordinal(number));
        return ordinal == 0 ? (long)head : head == 0 ? -(long)ordinal : Identity.Unknown(number);
    }

    /// <summary>The birth number of a program object.</summary>
    public static ulong NumberOf(long identity) => identity < 0 ? ObjectNumber.OfPrebuilt((int)~identity) : (ulong)identity;

    /// <summary>Of a shadow by its runtime number; null when it is none.</summary>
    public long? OfShadow(ulong number) => shadows.TryGetValue(number & ~Shadow.RuntimeFlag, out var serial) ? Identity.OfShadow(serial) : null;

    /// <summary>The last occupant of an address, alive or not.</summary>
    public long At(Address address)
    {
        if (address.IsNull)
            return Identity.Null;
        return view.Shadow.OccupantAt(address) is { } entry && entry.Address == address ? Of(entry) : Identity.Unknown(address.Value);
    }

    /// <summary>Of a program object or a shadow.</summary>
    public long Of(in ObjectEntry entry) =>
        !entry.IsRuntime ? Of(entry.Number) : OfShadow(entry.Number) ?? Identity.Unknown(entry.Address.Value);

    /// <summary>The object that lives at an address; null when none does.</summary>
    public ObjectEntry? LivingAt(Address address) =>
        view.Shadow.CellAt(address) is { State: CellState.Live } cell && view.Shadow.OccupantOf(cell) is { } entry && entry.Address == address ? entry : null;

    /// <summary>Whether the memory at an address is an object's, also of one that has moved away.</summary>
    public bool IsAllocated(Address address) =>
        view.Shadow.CellAt(address) is { State: CellState.Live or CellState.Forwarded };

    /// <summary>Whether a program object lives, wherever it is.</summary>
    public bool IsAlive(long identity) =>
        view.Shadow.Object(NumberOf(identity)) is { } entry && view.Shadow.CellAt(entry.Address) is { State: CellState.Live } cell && cell.Row == entry.Row && !cell.IsRuntime;

    /// <summary>Takes in that an object of the nursery has a shadow.</summary>
    public void Learn(Address reference, Address shadow)
    {
        if (view.Shadow.OccupantAt(shadow) is { IsRuntime: true } entry && entry.Address == shadow)
            shadows[entry.Number] = At(reference);
    }
}
