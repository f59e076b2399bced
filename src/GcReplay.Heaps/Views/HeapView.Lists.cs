using GcReplay.Heaps.Layouts;
using GcReplay.Heaps.Memory;

namespace GcReplay.Heaps.Views;

/// <summary>Linked lists, and which of them an object is on.</summary>
public sealed partial class HeapView
{
    /// <summary>So many single questions follow links before one full pass answers all further ones at this state.</summary>
    private const int FollowedQuestionsMax = 4;

    private const ulong Underway = ulong.MaxValue;

    /// <summary>All linked lists, those of structs that ended included, in the order of <see cref="Instances"/>.</summary>
    public IEnumerable<ListInstance> Lists()
    {
        var now = Now();
        return now.Lists ??= [.. Instances().SelectMany(
            i => i.Plan.LinkedLists.Select(c => new ListInstance(this, i, c)))];
    }

    /// <summary>A list by its full name, or by the end of it behind a dot when only one living list ends so.</summary>
    public ListInstance? List(string name)
    {
        if (Lists().FirstOrDefault(l => l.Name == name) is { } exact)
            return exact;
        var ending = Lists().Where(l => !l.Holder.HasEnded && l.Name.EndsWith("." + name, StringComparison.Ordinal)).Take(2).ToArray();
        return ending.Length == 1 ? ending[0] : null;
    }

    /// <summary>The list whose head lies at an address: a living one before one that ended, the later of two that ended.</summary>
    public ListInstance? ListAt(Address head)
    {
        var now = Now();
        if (now.ListsByHead is null)
        {
            now.ListsByHead = [];
            foreach (var list in Lists())
            {
                if (!list.Holder.HasEnded || !now.ListsByHead.TryGetValue(list.Head.Value, out var known) || known.Holder.HasEnded)
                    now.ListsByHead[list.Head.Value] = list;
            }
        }

        return now.ListsByHead.GetValueOrDefault(head.Value);
    }

    /// <summary>All lists that have not ended, each walked once for this state.</summary>
    public IReadOnlyList<(ListInstance List, ListWalk Walk)> LivingWalks()
    {
        var now = Now();
        return now.LivingWalks ??= [.. Lists().Where(l => !l.Holder.HasEnded).Select(l => (l, l.Walk()))];
    }

    /// <summary>Names under which collection records hold a list, with the record: <c>young</c>, <c>old</c>.</summary>
    public IEnumerable<(string Name, StructInstance Record)> HoldersOf(ListInstance list)
    {
        FindHolders();
        return Now().Holders.TryGetValue(list.Head.Value, out var holders) ? holders : [];
    }

    /// <summary>Whether there are lists whose members are garbage when some phase begins.</summary>
    public bool KnowsGarbage => layoutPlan.KnowsGarbage;

    /// <summary>Whether there can be garbage on the lists whose members are garbage now that a phase begins.</summary>
    /// <param name="record">The struct of the collection, which the lists lie in; null when it is not known.</param>
    /// <remarks>Cost: the heads of the lists.</remarks>
    public bool MayHaveGarbageAt(ulong phase, Address record)
    {
        if (phase >= (ulong)layoutPlan.GarbageLists.Length)
            return false;
        foreach (var list in layoutPlan.GarbageLists[phase])
        {
            var head = record + list.Offset;
            if (record.IsNull || !TryRead(head + list.NextOffset, out var next) || (next & ~list.TagMask) != (list.IsCircular ? head.Value : 0))
                return true;
        }

        return false;
    }

    /// <summary>The living lists whose members are garbage now that a phase begins.</summary>
    /// <param name="record">The struct of the collection; null for all.</param>
    public IEnumerable<ListInstance> GarbageAt(ulong phase, Address record) => Lists().Where(list =>
        !list.Holder.HasEnded && (record.IsNull || list.Holder.Address == record) && Array.IndexOf(layoutPlan.GarbageLists[phase], list.Container) >= 0);

    public int? PhaseOf(ListInstance list)
    {
        FindHolders();
        return Now().Holders.TryGetValue(list.Head.Value, out var holders) && PhaseOf(holders[^1].Record) is { } held
            ? held
            : list.Holder.HasEnded ? null : PhaseOf(list.Holder);
    }

    /// <summary>The list that a living object is on; null when it is on none, or in a ring without a head.</summary>
    public ListInstance? ListOf(ObjectEntry entry) =>
        HeadOf(entry) is { IsNull: false } head ? ListAt(head) : null;

    /// <summary>For every living object that is on a list: the head of that list, by following every link once.</summary>
    /// <remarks>Cost: the living objects and the lists.</remarks>
    public IEnumerable<(Address Object, Address Head)> FullPass()
    {
        var heads = HeadsByFullPass();
        foreach (var entry in LiveEntries())
        {
            if (heads.TryGetValue(entry.Address.Value, out var head))
                yield return (entry.Address, head);
        }
    }

    /// <summary>Whether objects of this kind have link words of the family in their cell.</summary>
    public bool HasNode(in ObjectEntry entry, LinkFamily family) =>
        IsObject(entry)
        && Layout.Types[entry.TypeId].IsCollected
        && family.NodeOf(entry.Address) + family.NextOffset >= entry.CellStart;

    private Address HeadOf(in ObjectEntry entry)
    {
        if (Families.Length == 0 || CellOf(entry) is not { State: CellState.Live } || !IsObject(entry))
            return default;
        if (Membership is { IsValid: true } index)
        {
            logged?.Members.Add(entry.Address.Value);
            return index.HeadOf(entry.Address);
        }

        var now = Now();
        if (now.Heads is null && now.HeadQuestions++ < FollowedQuestionsMax && Families.All(f => f.IsCircular))
            return Follow(entry);
        return HeadsByFullPass().GetValueOrDefault(entry.Address.Value);
    }

    private Address Follow(in ObjectEntry entry)
    {
        foreach (var family in Families)
        {
            if (!HasNode(entry, family))
                continue;
            var seen = new HashSet<ulong>();
            var node = family.NodeOf(entry.Address);
            while (seen.Add(node.Value) && TryRead(node + family.NextOffset, out var word))
            {
                node = family.Address(word);
                if (ListAt(node) is { } list && list.Family == family)
                    return node;
            }
        }

        return default;
    }

    private Dictionary<ulong, Address> HeadsByFullPass()
    {
        var now = Now();
        if (now.Heads is { } known)
            return known;
        var heads = new Dictionary<ulong, Address>();
        var live = LiveEntries().ToList();
        foreach (var family in Families)
        {
            var found = family.IsCircular ? FollowAll(family, live) : WalkAll(family);
            foreach (var entry in live)
            {
                if (HasNode(entry, family) && found.TryGetValue(family.NodeOf(entry.Address).Value, out var head) && head is not (0 or Underway))
                    heads.TryAdd(entry.Address.Value, new Address(head));
            }
        }

        return now.Heads = heads;
    }

    /// <summary>Head by node for rings: each node is followed until a head, a dead end, or a node whose answer is known. An object
    /// whose links lie where a head is (one of them is corrupt) is on the list that its next leads to.</summary>
    private Dictionary<ulong, ulong> FollowAll(LinkFamily family, List<ObjectEntry> live)
    {
        var found = new Dictionary<ulong, ulong>(live.Count);
        var heads = new Dictionary<ulong, ulong>(live.Count);
        foreach (var entry in live)
        {
            var node = family.NodeOf(entry.Address);
            if (HasNode(entry, family) && TryRead(node + family.NextOffset, out var word))
                found[node.Value] = HeadFrom(family.Address(word), family, heads);
        }

        return found;
    }

    private ulong HeadFrom(Address node, LinkFamily family, Dictionary<ulong, ulong> heads)
    {
        var path = new List<ulong>();
        ulong answer;
        while (!heads.TryGetValue(node.Value, out answer))
        {
            if (ListAt(node) is { } list && list.Family == family)
            {
                answer = node.Value;
                break;
            }

            if (!TryRead(node + family.NextOffset, out var word))
                break;
            heads.Add(node.Value, Underway);
            path.Add(node.Value);
            node = family.Address(word);
        }

        answer = answer == Underway ? 0 : answer;
        foreach (var passed in path)
            heads[passed] = answer;
        return answer;
    }

    private Dictionary<ulong, ulong> WalkAll(LinkFamily family)
    {
        var heads = new Dictionary<ulong, ulong>();
        foreach (var list in Lists())
        {
            if (list.Family != family || list.HeadState is HeadState.Unmapped or HeadState.Reused)
                continue;
            foreach (var member in list.Walk().Members)
                heads.TryAdd(family.NodeOf(member).Value, list.Head.Value);
        }

        return heads;
    }
}
