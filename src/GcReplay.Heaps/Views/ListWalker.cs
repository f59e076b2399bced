using GcReplay.Heaps.Memory;

namespace GcReplay.Heaps.Views;

/// <summary>One walk along a list that trusts no word of it.</summary>
internal sealed class ListWalker(HeapView view, ListInstance list, int membersMax)
{
    private readonly List<Address> members = [];
    private readonly List<ListFault> faults = [];
    private readonly HashSet<ulong> seen = [];
    private readonly LinkFamily family = list.Family;

    public ListWalk Walk()
    {
        if (list.HeadState is HeadState.Unmapped or HeadState.Reused)
        {
            Fault(ListFaultKind.NoHead, list.Head, list.Head, $"the head of {list.Name} lies in {view.Describe(list.Head)}");
            return new ListWalk(members, faults, false);
        }

        var prevIsValid = list.PrevIsValid;
        var before = list.Head;
        while (members.Count < membersMax)
        {
            if (!view.TryRead(before + family.NextOffset, out var word))
            {
                Fault(ListFaultKind.Unmapped, before, before, $"{Text(before)} lies in unmapped memory");
                break;
            }

            var node = family.Address(word);
            if (IsEnd(before, node))
            {
                if (family.IsCircular && prevIsValid)
                    CheckPrev(node, before);
                return new ListWalk(members, faults, true);
            }

            if (!IsNode(before, node))
                break;
            if (prevIsValid)
                CheckPrev(node, before);
            members.Add(family.ObjectOf(node));
            before = node;
        }

        return new ListWalk(members, faults, false);
    }

    private bool IsEnd(Address before, Address node)
    {
        if (family.IsCircular)
            return node == list.Head;
        return node.IsNull;
    }

    /// <summary>Whether the walk can go on at a node: a dead one still has links.</summary>
    private bool IsNode(Address before, Address node)
    {
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

    private void CheckPrev(Address node, Address before)
    {
        view.TryRead(node + family.PrevOffset, out var word);
        var named = family.Address(word);
        if (named != before)
            Fault(ListFaultKind.Prev, node, named, $"prev of {Text(node)} names {Text(named)}, not {Text(before)}");
    }

    private bool Stop(ListFaultKind kind, Address node, Address found, string what)
    {
        Fault(kind, node, found, $"next of {Text(node)} {what}");
        return false;
    }

    private void Fault(ListFaultKind kind, Address node, Address found, string message) =>
        faults.Add(new ListFault(kind, members.Count - 1, node, found, message));

    private string Text(Address node) => view.DescribeNode(node, family);
}
