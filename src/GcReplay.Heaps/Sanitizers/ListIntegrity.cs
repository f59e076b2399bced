using GcReplay.Heaps.Events;
using GcReplay.Heaps.Sanitizers.Indexes;
using GcReplay.Heaps.Views;

namespace GcReplay.Heaps.Sanitizers;

/// <summary>Every living list is whole: following next from its head reaches the head again (or the 0 that ends a list that is no
/// ring), every step names an object's links, and every prev names the member before. Must hold at the end of every operation,
/// nested ones included.</summary>
/// <remarks>Exceptions: prev words in the phases in which they are no links; what lies behind a freed member (that is a finding
/// of <see cref="DeadList"/>); a list that runs through the head of one that ended (a foreign list, which is shown and is no
/// finding: the free of that head was).</remarks>
public sealed class ListIntegrity : ISanitizer
{
    public string Name => "list-integrity";

    public string Claim => "Every living list leads from its head through objects back to its head, and prev agrees with next.";

    public IReadOnlyList<EventKind> Kinds { get; } = [EventKind.OperationEnd];

    public bool IsPromised(HeapView view) => view.Families.Length > 0;

    public bool HoldsAfter(in Event e, HeapView view) => true;

    public bool MayFail(HeapIndex index, in Event after) => index.MayListBeBroken();

    public IEnumerable<Violation> Check(HeapView view, in Event after, long number)
    {
        var violations = new List<Violation>();
        foreach (var (list, walk) in view.LivingWalks())
        {
            foreach (var fault in walk.Faults)
            {
                if (fault.Kind == ListFaultKind.Dead || IsForeign(view, fault))
                    break;
                var member = fault.Position >= 0 && fault.Position < walk.Members.Count ? view.ObjectAt(walk.Members[fault.Position]) : null;
                violations.Add(new Violation(
                    Name, number, $"{list.Name}: {fault.Message}", fault.Node, member?.Number ?? 0, list.Name, member?.Type.Name ?? ""));
            }
        }

        return violations;
    }

    private static bool IsForeign(HeapView view, ListFault fault) =>
        fault.Kind is ListFaultKind.OtherHead or ListFaultKind.Unmapped && view.ListAt(fault.Found) is { Holder.HasEnded: true };
}
