using GcReplay.Heaps.Events;
using GcReplay.Heaps.Sanitizers.Indexes;
using GcReplay.Heaps.Views;

namespace GcReplay.Heaps.Sanitizers;

/// <summary>No object carries the mark in a phase in which nothing is marked: the next marking would take it for visited, and free what
/// it refers to. Must hold at ends of operations while none is under way on any thread, for layouts that name the mark and such
/// phases.</summary>
/// <remarks>Exceptions: none. Places that objects will move to are asked, too, for the mark moves in with the object or stays there.</remarks>
public sealed class MarkedOutsideMarking : ISanitizer
{
    public string Name => "marked-outside-marking";

    public string Claim => "No object carries the mark in a phase in which nothing is marked.";

    public IReadOnlyList<EventKind> Kinds { get; } = [EventKind.OperationEnd];

    public bool IsPromised(HeapView view) => view.Tracing.Marked is not null;

    public bool HoldsAfter(in Event e, HeapView view) =>
        view.IsIdle() && view.WholePhase is { } phase && view.Tracing.UnmarkedPhases.Contains(view.PhaseName(phase));

    public bool MayFail(HeapIndex index, in Event after) => index.MayBeMarked();

    public IEnumerable<Violation> Check(HeapView view, in Event after, long number) => Find(view, number);

    private IEnumerable<Violation> Find(HeapView view, long number)
    {
        var mark = view.Tracing.Marked!;
        var phase = view.PhaseName(view.WholePhase!.Value);
        foreach (var entry in view.Census().Objects.Concat(view.LiveShadows()))
        {
            if (view.Holds(mark, entry))
                yield return new Violation(
                    Name, number,
                    $"{(entry.IsRuntime ? $"the place {entry.Address} kept for a {view.TypeOf(entry).Name}" : view.TextOf(entry))} has {string.Join(", ", mark.FlagsSet)} set in "
                    + $"phase {phase}: the next marking will take it for visited",
                    entry.Address, entry.IsRuntime ? 0 : entry.Number, "", view.TypeOf(entry).Name);
        }
    }
}
