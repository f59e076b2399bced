using GcReplay.Heaps.Events;
using GcReplay.Heaps.Memory;
using GcReplay.Heaps.Sanitizers.Indexes;
using GcReplay.Heaps.Views;

namespace GcReplay.Heaps.Sanitizers;

/// <summary>When no collection is under way no place that an object left is still there, no reference names such a place, and no living
/// object looks like one. Must hold at ends of operations while none is under way on any thread, for layouts that say how a place
/// looks that an object left.</summary>
/// <remarks>Exceptions: in a sweeping phase a holder that is garbage. Borrowed references are asked, too: a weak reference to an
/// object that moved names its new place. A place that was used again can not be told from any other.</remarks>
public sealed class ForwardingLeft : ISanitizer
{
    public string Name => "forwarding-left-behind";

    public string Claim => "Nothing names a place that an object left.";

    public IReadOnlyList<EventKind> Kinds { get; } = [EventKind.OperationEnd];

    public bool IsPromised(HeapView view) => view.Tracing.Forwarded is not null;

    public bool HoldsAfter(in Event e, HeapView view) => view.IsIdle();

    public bool MayFail(HeapIndex index, in Event after) => index.MayForwardingBeLeft();

    public IEnumerable<Violation> Check(HeapView view, in Event after, long number) =>
        [.. Names(view, number), .. Looks(view, number), .. Places(view, number)];

    private IEnumerable<Violation> Names(HeapView view, long number)
    {
        var isSweeping = view.WholePhase is { } phase && view.IsSweeping(phase);
        foreach (var reference in view.Roots().Concat(view.Census().Objects.SelectMany(view.References)))
        {
            if (MovedFrom(view, reference.Target) is not { } moved)
                continue;
            var holder = reference.Holder is { } at ? view.ObjectAt(at) : null;
            if (isSweeping && holder is not null && !view.Census().Reachable()[view.Census().IndexOf(holder.Address)])
                continue;
            var name = holder is null ? reference.Name : $"{holder}.{reference.Name}";
            yield return new Violation(
                Name, number, $"{name} names {reference.Target}, the place that {view.TextOf(moved)} left: it is at {moved.Address} now", reference.Slot,
                holder?.Number ?? 0, "", holder?.Type.Name ?? "");
        }
    }

    private IEnumerable<Violation> Looks(HeapView view, long number)
    {
        foreach (var entry in view.Census().Objects)
        {
            if (view.Holds(view.Tracing.Forwarded!, entry))
                yield return new Violation(
                    Name, number, $"{view.TextOf(entry)} did not move, and its header says that it did", entry.Address, entry.Number, "",
                    view.Layout.Types[entry.TypeId].Name);
        }
    }

    private IEnumerable<Violation> Places(HeapView view, long number)
    {
        foreach (var cell in view.Shadow.Cells().Where(cell => cell.State == CellState.Forwarded))
            yield return new Violation(
                Name, number, $"the place {cell.Start} that {(view.Shadow.OccupantOf(cell) is { } moved ? view.TextOf(moved) : "an object")} left was not given back", cell.Start);
    }

    /// <summary>The object that left the memory at an address and lives elsewhere; null when none did, or the memory was used again.</summary>
    internal static ObjectEntry? MovedFrom(HeapView view, Address place) =>
        view.Shadow.CellAt(place) is { State: CellState.Forwarded or CellState.Freed, IsRuntime: false } cell
        && view.Shadow.OccupantOf(cell) is { } entry && entry.CellStart != cell.Start && view.StateOf(entry) == ObjectState.Live
            ? entry
            : null;
}
