using GcReplay.Heaps.Events;
using GcReplay.Heaps.Sanitizers.Indexes;
using GcReplay.Heaps.Views;

namespace GcReplay.Heaps.Sanitizers;

/// <summary>An old object that has an owned reference to a young one is on a list of objects that the next minor collection looks at.
/// Must hold at ends of operations while none is under way on any thread, for layouts that say what is young and which lists those
/// are. Source: GC Handbook, 9.8, remembered sets.</summary>
/// <remarks>Exceptions: roots, at which every minor collection looks; objects on the list of those with cards, of which
/// <see cref="CardContents"/> asks more; in a sweeping phase a holder that is garbage: what it names may be gone, and another object be
/// there.</remarks>
public sealed class OldToYoung : ISanitizer
{
    public string Name => "old-to-young";

    public string Claim => "An old object that refers to a young one is remembered.";

    public IReadOnlyList<EventKind> Kinds { get; } = [EventKind.OperationEnd];

    public bool IsPromised(HeapView view) => !view.Tracing.Young.IsEmpty;

    public bool HoldsAfter(in Event e, HeapView view) => view.IsIdle();

    public bool MayFail(HeapIndex index, in Event after) => index.MayForgetYoung();

    public IEnumerable<Violation> Check(HeapView view, in Event after, long number) => Find(view, number);

    private IEnumerable<Violation> Find(HeapView view, long number)
    {
        var tracing = view.Tracing;
        foreach (var (census, holder, reference) in YoungReferences.Of(view))
        {
            if (YoungReferences.IsRemembered(view, holder) || view.MembersOf(tracing.CardList).Contains(holder.Address.Value))
                continue;
            yield return new Violation(
                Name, number,
                $"old {view.TextOf(holder)} refers to young {view.Describe(reference.Target)} through {census.NameOf(reference)}, and is on none of "
                + $"{string.Join(", ", tracing.YoungSources)}: the next minor collection will not see it",
                reference.Slot, holder.Number, "", view.TypeOf(holder).Name);
        }
    }
}
