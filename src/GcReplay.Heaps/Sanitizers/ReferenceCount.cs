using GcReplay.Heaps.Events;
using GcReplay.Heaps.Layouts;
using GcReplay.Heaps.Sanitizers.Indexes;
using GcReplay.Heaps.Views;

namespace GcReplay.Heaps.Sanitizers;

/// <summary>The reference count of a living object is at least the number of owned references to it that words hold. Must hold
/// at ends of operations while none is under way on any thread: inside one, references are in flight.</summary>
/// <remarks>Exceptions: kinds of object without a reference count. A count that is too high is a leak, not a corruption.</remarks>
public sealed class ReferenceCount : ISanitizer
{
    public string Name => "reference-count";

    public string Claim => "No reference count is below the number of owned references.";

    public IReadOnlyList<EventKind> Kinds { get; } = [EventKind.OperationEnd];

    public bool IsPromised(HeapView view) => view.CountsReferences;

    public bool HoldsAfter(in Event e, HeapView view) => view.IsIdle();

    public bool MayFail(HeapIndex index, in Event after) => index.MayCountTooFew();

    public IEnumerable<Violation> Check(HeapView view, in Event after, long number)
    {
        var violations = new List<Violation>();
        var census = view.Census();
        for (var i = 0; i < census.Objects.Count; i++)
        {
            var entry = census.Objects[i];
            var plan = view.PlanOf(entry);
            if (census.OwnedReferencesTo(i) == 0 || plan.ReferenceCount is not { } field)
                continue;
            var count = view.Read(plan, entry.Address, field, entry);
            if (count.Role != FieldRole.ReferenceCount || count.Value >= (ulong)census.OwnedReferencesTo(i))
                continue;
            violations.Add(new Violation(
                Name, number,
                $"{view.TextOf(entry)} has reference count {count.Value}, but {census.OwnedReferencesTo(i)} owned references name it: it will be freed too early",
                entry.Address, entry.Number, "", view.TypeOf(entry).Name));
        }

        return violations;
    }
}
