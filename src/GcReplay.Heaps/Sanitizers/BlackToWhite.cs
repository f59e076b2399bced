using GcReplay.Heaps.Events;
using GcReplay.Heaps.Layouts;
using GcReplay.Heaps.Sanitizers.Indexes;
using GcReplay.Heaps.Views;

namespace GcReplay.Heaps.Sanitizers;

/// <summary>While marking, no black object has an owned reference to a white one: the collector would not look at it again and
/// would free what it refers to. Must hold at ends of operations while none is under way on any thread, in phases whose name
/// contains <c>mark</c>. Source: GC Handbook, chapter 15, the strong tri-colour invariant.</summary>
/// <remarks>Exceptions: roots, which are grey; objects waiting to be looked at again, which a layout colours grey; layouts with
/// reference counts, where white is only a first guess; other phases (while sweeping, white is also what was swept already).</remarks>
public sealed class BlackToWhite : ISanitizer
{
    public string Name => "black-to-white";

    public string Claim => "While marking, no black object refers to a white one.";

    public IReadOnlyList<EventKind> Kinds { get; } = [EventKind.OperationEnd];

    public bool IsPromised(HeapView view) => view.Traces;

    public bool HoldsAfter(in Event e, HeapView view) => view.IsIdle();

    public bool MayFail(HeapIndex index, in Event after) => index.MayBlackReferToWhite();

    public IEnumerable<Violation> Check(HeapView view, in Event after, long number)
    {
        var violations = new List<Violation>();
        var census = view.Census();
        var colours = census.Objects.Select(view.ColourOf).ToArray();
        foreach (var reference in census.OwnedReferences)
        {
            var target = census.IndexOf(reference.Target);
            if (reference.Holder < 0 || target < 0 || colours[reference.Holder] != Colour.Black || colours[target] != Colour.White)
                continue;
            var black = view.Object(census.Objects[reference.Holder].Number)!;
            if (black.Phase is not { } phase || !view.IsMarking(phase))
                continue;
            violations.Add(new Violation(
                Name, number, $"black {black} refers to white {view.Describe(reference.Target)} through {census.NameOf(reference)}; sweeping will free it", reference.Slot,
                black.Number, "", black.Type.Name));
        }

        return violations;
    }
}
