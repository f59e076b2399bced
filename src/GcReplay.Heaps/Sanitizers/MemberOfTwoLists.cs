using GcReplay.Heaps.Events;
using GcReplay.Heaps.Sanitizers.Indexes;
using GcReplay.Heaps.Views;

namespace GcReplay.Heaps.Sanitizers;

/// <summary>An object is a member of at most one living list of a kind. Must hold at the end of every operation.</summary>
/// <remarks>Exceptions: none among living lists; a list whose head was freed does not count.</remarks>
public sealed class MemberOfTwoLists : ISanitizer
{
    public string Name => "member-of-two-lists";

    public string Claim => "An object is on one list at most.";

    public IReadOnlyList<EventKind> Kinds { get; } = [EventKind.OperationEnd];

    public bool IsPromised(HeapView view) => view.Families.Length > 0;

    public bool HoldsAfter(in Event e, HeapView view) => true;

    public bool MayFail(HeapIndex index, in Event after) => index.MayListBeBroken();

    public IEnumerable<Violation> Check(HeapView view, in Event after, long number)
    {
        var violations = new List<Violation>();
        var members = view.Families.ToDictionary(f => f, _ => new Dictionary<ulong, ListInstance>());
        foreach (var (list, walk) in view.LivingWalks())
        {
            var known = members[list.Family];
            foreach (var member in walk.Members)
            {
                if (known.TryAdd(member.Value, list))
                    continue;
                var both = view.ObjectAt(member);
                violations.Add(new Violation(
                    Name, number, $"{view.Describe(member)} is on {known[member.Value].Name} and on {list.Name}", member, both?.Number ?? 0, list.Name,
                    both?.Type.Name ?? ""));
            }
        }

        return violations;
    }
}
