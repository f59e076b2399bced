using GcReplay.Heaps.Memory;

namespace GcReplay.Heaps.Views;

/// <summary>One walk along a list that trusts no word of it.</summary>
internal sealed class ListWalker(HeapView view, ListInstance list, int membersMax)
{
    private readonly HashSet<ulong> seen = [];
    private readonly LinkFamily family = list.Family;
    private Action<int, Address> onMember = (_, _) => { };
    private Action<ListFault> onFault = _ => { };
    private int count;
    private int prefix;

    public ListWalk Walk()
    {
        var (members, faults) = (new List<Address>(), new List<ListFault>());
        var isWhole = Follow((_, node) => members.Add(family.ObjectOf(node)), faults.Add);
        return new ListWalk(members, faults, isWhole);
    }

    /// <summary>The nodes walked so far, in no order.</summary>
    public HashSet<ulong> Nodes => seen;

    /// <summary>Tells each member's index and node, and each fault, in the order of the list.</summary>
    /// <returns>Whether the walk came to the list's end.</returns>
    public bool Follow(Action<int, Address> member, Action<ListFault> fault)
    {
        (onMember, onFault) = (member, fault);
        if (list.HeadState is not (HeadState.Unmapped or HeadState.Reused))
            return Follow(list.Head);
        Fault(ListFaultKind.NoHead, list.Head, list.Head, $"the head of {list.Name} lies in {view.Describe(list.Head)}");
        return false;
    }

    /// <summary>As <see cref="Follow(Action{int, Address}, Action{ListFault})"/>, for a list whose head is gone: what its members still know of
    /// each other, from the first that the prev links of one of them lead to.</summary>
    public bool FollowFrom(Address known, Action<int, Address> member, Action<ListFault> fault)
    {
        (onMember, onFault) = (member, fault);
        var first = FirstBefore(family.NodeOf(known));
        seen.Clear();
        seen.Add(first.Value);
        Tell(first);
        if (family.PrevOffset >= 0 && list.PrevIsValid && view.TryRead(first + family.PrevOffset, out var word))
            Fault(KindOf(family.Address(word)), first, family.Address(word), $"prev of {Text(first)} names {Text(family.Address(word))}, which does not lead back to it", true);
        return Follow(first);
    }

    private bool Follow(Address before)
    {
        var prevIsValid = list.PrevIsValid;
        while (count < membersMax)
        {
            if (!view.TryRead(before + family.NextOffset, out var word))
            {
                Fault(ListFaultKind.Unmapped, before, before, $"{Text(before)} lies in unmapped memory");
                break;
            }

            var node = family.Address(word);
            if (IsEnd(node))
            {
                if (family.IsCircular && prevIsValid)
                    CheckPrev(node, before);
                return true;
            }

            if (!IsNode(before, node))
                break;
            if (prevIsValid)
                CheckPrev(node, before);
            Tell(node);
            before = node;
        }

        return false;
    }

    private void Tell(Address node) => onMember(count++, node);

    private bool IsEnd(Address node)
    {
        if (family.IsCircular)
            return node == list.Head && list.HeadState is not (HeadState.Unmapped or HeadState.Reused);
        return node.IsNull;
    }

    /// <summary>Whether the walk can go on at a node: a dead one still has links.</summary>
    private bool IsNode(Address before, Address node)
    {
        // Nearly all nodes are as they should be: those are asked no more than this takes.
        if (!node.IsNull && view.IsLivingObject(family.ObjectOf(node), ref prefix) && view.ListAt(node) is null && seen.Add(node.Value))
            return true;
        if (node.IsNull)
            return Stop(ListFaultKind.Open, before, node, "is 0: the list is open");
        if (!node.IsWordAligned || !view.Space.IsMapped(node + family.NextOffset))
            return Stop(ListFaultKind.Unmapped, before, node, $"names {node}: {view.Describe(node)}");
        if (view.ListAt(node) is { } other)
            return Stop(ListFaultKind.OtherHead, before, node, $"names the head of {other.Name}");
        if (!seen.Add(node.Value))
            return Stop(ListFaultKind.Repeat, before, node, $"leads back to {Text(node)}");
        if (view.ObjectAt(family.ObjectOf(node)) is not { } member)
            return Stop(ListFaultKind.NoObject, before, node, $"names {view.Describe(node)}, which is no member of any list");
        if (!member.IsLive)
            Fault(ListFaultKind.Dead, before, node, $"next of {Text(before)} names {member}, which is freed");
        return true;
    }

    private Address FirstBefore(Address node)
    {
        seen.Add(node.Value);
        while (family.PrevOffset >= 0 && list.PrevIsValid && view.TryRead(node + family.PrevOffset, out var word)
            && family.Address(word) is var before && IsMember(before) && view.TryRead(before + family.NextOffset, out var next) && family.Address(next) == node
            && seen.Count < membersMax && seen.Add(before.Value))
            node = before;
        return node;
    }

    private bool IsMember(Address node) => !node.IsNull && node.IsWordAligned && view.ListAt(node) is null && view.ObjectAt(family.ObjectOf(node)) is not null;

    private ListFaultKind KindOf(Address node) =>
        node.IsNull ? ListFaultKind.Open : !view.Space.IsMapped(node) ? ListFaultKind.Unmapped : view.ListAt(node) is not null ? ListFaultKind.OtherHead : IsMember(node) ? ListFaultKind.Prev : ListFaultKind.NoObject;

    private void CheckPrev(Address node, Address before)
    {
        view.TryRead(node + family.PrevOffset, out var word);
        var named = family.Address(word);
        if (named != before)
            Fault(ListFaultKind.Prev, node, named, $"prev of {Text(node)} names {Text(named)}, not {Text(before)}", true);
    }

    private bool Stop(ListFaultKind kind, Address node, Address found, string what)
    {
        Fault(kind, node, found, $"next of {Text(node)} {what}");
        return false;
    }

    private void Fault(ListFaultKind kind, Address node, Address found, string message, bool isPrev = false) =>
        onFault(new ListFault(kind, count - 1, node, found, message, isPrev));

    private string Text(Address node) => view.DescribeNode(node, family);
}
