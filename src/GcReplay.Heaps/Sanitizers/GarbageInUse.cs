using GcReplay.Heaps.Events;
using GcReplay.Heaps.Memory;
using GcReplay.Heaps.Sanitizers.Indexes;
using GcReplay.Heaps.Views;

namespace GcReplay.Heaps.Sanitizers;

/// <summary>The ground truth of a collection that looks at a part of the heap: nothing outside of what it takes for garbage refers to it. Must
/// hold when it has decided, before it clears weak references, calls finalizers or empties objects: at the beginnings of phases that the
/// layout names with its lists.</summary>
/// <remarks>Exception: references of objects whose count is 0. They are being deallocated, and may have given the reference back that
/// they still hold. Other garbage that the collection does not look at is outside as well: it goes on living.</remarks>
public sealed class GarbageInUse : ISanitizer
{
    public string Name => "garbage-in-use";

    public string Claim => "Nothing that a collection leaves alive refers to what it takes for garbage.";

    public IReadOnlyList<EventKind> Kinds { get; } = [EventKind.PhaseBegin];

    public bool IsPromised(HeapView view) => view.KnowsGarbage;

    public bool HoldsAfter(in Event e, HeapView view) => view.MayHaveGarbageAt(e.A, new Address(e.B));

    public bool MayFail(HeapIndex index, in Event after) => index.MayGarbageBeInUse(after.A, new Address(after.B));

    public IEnumerable<Violation> Check(HeapView view, in Event after, long number)
    {
        var violations = new List<Violation>();
        foreach (var list in view.GarbageAt(after.A, new Address(after.B)))
        {
            var census = view.Census();
            var garbage = list.Walk().Members.Select(census.IndexOf).Where(index => index >= 0).ToHashSet();
            foreach (var reference in census.OwnedReferences)
            {
                var target = census.IndexOf(reference.Target);
                if (!garbage.Contains(target) || garbage.Contains(reference.Holder) || reference.Holder >= 0 && IsDying(view, census.Objects[reference.Holder]))
                    continue;
                var entry = census.Objects[target];
                violations.Add(new Violation(
                    Name, number, $"{view.TextOf(entry)} is on {list.Name} and taken for garbage, but {census.Describe(reference)} refers to it",
                    reference.Slot, entry.Number, list.Name, view.TypeOf(entry).Name));
            }
        }

        return violations;
    }

    private static bool IsDying(HeapView view, ObjectEntry holder) =>
        view.PlanOf(holder) is { ReferenceCount: { } field } plan
        && view.Read(plan, holder.Address, field, holder) is { Role: Layouts.FieldRole.ReferenceCount, Value: 0 };
}
