using GcReplay.Heaps.Events;
using GcReplay.Heaps.Memory;
using GcReplay.Heaps.Sanitizers.Indexes;
using GcReplay.Heaps.Views;

namespace GcReplay.Heaps.Sanitizers;

/// <summary>Every member of a living list is a living object. Must hold at the end of every operation.</summary>
/// <remarks>Exceptions: lists whose head was freed, and members that belong to one (foreign lists): they are shown, and the free
/// of the head was the finding. Of containers other than linked lists only those are asked of which the layout says that their members
/// must live, and only while no operation is under way on any thread.</remarks>
public sealed class DeadList : ISanitizer
{
    public string Name => "dead-list";

    public string Claim => "A list of a living interpreter has no freed members.";

    public IReadOnlyList<EventKind> Kinds { get; } = [EventKind.OperationEnd];

    public bool IsPromised(HeapView view) => view.Families.Length > 0 || !view.Tracing.LiveLists.IsEmpty;

    public bool HoldsAfter(in Event e, HeapView view) => true;

    public bool MayFail(HeapIndex index, in Event after) => index.MayListBeBroken() || index.MayMemberBeDead();

    public IEnumerable<Violation> Check(HeapView view, in Event after, long number)
    {
        var violations = new List<Violation>();
        foreach (var (list, walk) in view.LivingWalks())
        {
            foreach (var fault in walk.Faults)
            {
                if (fault.Kind != ListFaultKind.Dead)
                    continue;
                var dead = view.ObjectAt(list.Family.ObjectOf(fault.Found));
                violations.Add(new Violation(
                    Name, number, $"{list.Name}: {fault.Message}; it was freed without being untracked", fault.Found, dead?.Number ?? 0, list.Name,
                    dead?.Type.Name ?? ""));
            }
        }

        if (view.IsIdle())
            violations.AddRange(view.Tracing.LiveLists.SelectMany(list => DeadMembers(view, list, number)));
        return violations;
    }

    private IEnumerable<Violation> DeadMembers(HeapView view, string list, long number)
    {
        foreach (var member in view.MembersOf(list).Order().Select(member => new Address(member)))
        {
            if (view.Shadow.CellAt(member) is { State: CellState.Live } && view.Shadow.OccupantAt(member) is { } living && living.Address == member)
                continue;
            var dead = view.ObjectAt(member);
            yield return new Violation(
                Name, number, $"{list} names {view.Describe(member)}, where no living object is", member, dead?.Number ?? 0, list, dead?.Type.Name ?? "");
        }
    }
}
