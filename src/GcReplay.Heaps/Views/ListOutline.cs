using GcReplay.Heaps.Events;
using GcReplay.Heaps.Memory;

namespace GcReplay.Heaps.Views;

/// <summary>One node of a list with what its links name.</summary>
/// <param name="Index">Place in the list; -1 for the head.</param>
/// <param name="Node">Address of its link words.</param>
/// <param name="Next">What its next word names.</param>
/// <param name="Prev">What its prev word names; null when there is none, or it is no link now, or can not be read.</param>
/// <param name="Faults">What is wrong at it.</param>
public sealed record ListNode(long Index, Address Node, Address? Next, Address? Prev, IReadOnlyList<ListFault> Faults);

/// <summary>A linked list walked once: how many members there are, what is wrong, and every so-many-th node, so that any stretch of it can be
/// shown at the cost of the stretch.</summary>
/// <remarks>Belongs to the state that it was made at, and to others that differ in words that the walk did not read. Cost of making it: the
/// members.</remarks>
public sealed class ListOutline
{
    /// <summary>Members between two nodes that are kept.</summary>
    public const int Stride = 256;

    /// <summary>Words between the start of a cell and its object, or a node in it.</summary>
    private const int PrefixMax = 16;

    /// <summary>More faults than this are not told apart.</summary>
    private const int FaultsMax = 1000;

    private readonly HeapView view;
    private readonly List<Address> kept = [];
    private readonly Dictionary<long, List<ListFault>> faults = [];
    private readonly SortedSet<long> faultyMembers = [];
    private readonly HashSet<ulong> nodes;
    private readonly HeadState headState;
    private readonly bool prevIsValid;

    /// <param name="member">Where the head is gone: one of the members, as the others are known only through it. Null otherwise.</param>
    public ListOutline(HeapView view, ListInstance list, Address? member = null)
    {
        this.view = view;
        List = list;
        var walker = new ListWalker(view, list, HeapView.ChainMax);
        IsWhole = member is { } known ? walker.FollowFrom(known, Keep, Note) : walker.Follow(Keep, Note);
        nodes = walker.Nodes;
        (headState, prevIsValid) = (list.HeadState, list.PrevIsValid);
    }

    public ListInstance List { get; private set; }

    /// <summary>Number of members.</summary>
    public long Count { get; private set; }

    public int FaultCount { get; private set; }

    /// <summary>The first fault; null when there is none.</summary>
    public ListFault? First { get; private set; }

    /// <summary>Whether the walk came back to the head, or to the 0 that ends a list that is no ring.</summary>
    public bool IsWhole { get; }

    /// <summary>Indexes of the members with faults, ascending; -1 for the head.</summary>
    public IEnumerable<long> FaultyMembers => faultyMembers;

    public IReadOnlyList<ListFault> FaultsAt(long index) => faults.TryGetValue(index, out var here) ? here : [];

    /// <summary>The head as a node; what its links name is null where they can not be read.</summary>
    public ListNode Head => NodeOf(-1, List.Head);

    /// <summary>Consecutive members.</summary>
    /// <remarks>Cost: those, and less than <see cref="Stride"/> before them.</remarks>
    public IEnumerable<ListNode> Members(long first, long count)
    {
        first = Math.Max(first, 0);
        var end = Math.Min(Count, first + count);
        if (first >= end)
            yield break;
        var node = kept[(int)(first / Stride)];
        for (var i = first / Stride * Stride; i < end; i++)
        {
            if (i >= first)
                yield return NodeOf(i, node);
            if (!view.TryRead(node + List.Family.NextOffset, out var word))
                yield break;
            node = List.Family.Address(word);
        }
    }

    /// <summary>The place of a member; -1 when it is none.</summary>
    /// <remarks>Cost: the members before it.</remarks>
    public long IndexOf(Address member)
    {
        var sought = List.Family.NodeOf(member);
        if (kept.Count == 0)
            return -1;
        var node = kept[0];
        for (var i = 0L; i < Count; i++)
        {
            if (node == sought)
                return i;
            if (!view.TryRead(node + List.Family.NextOffset, out var word))
                return -1;
            node = List.Family.Address(word);
        }

        return -1;
    }

    /// <summary>Takes the list's instance at another state, whose words the walk read are the same; false when its head or its phase changed.</summary>
    /// <remarks>Ask <see cref="MayChange(in Event)"/> about the events in between, and <see cref="MayChange(Address, ulong)"/> about the words
    /// that they changed.</remarks>
    public bool Renew(ListInstance now)
    {
        if (now.Head != List.Head || now.HeadState != headState || now.PrevIsValid != prevIsValid)
            return false;
        List = now;
        return true;
    }

    /// <summary>Whether a changed word is one that the walk read.</summary>
    public bool MayChange(Address word, ulong xor)
    {
        var family = List.Family;
        return (xor & ~family.TagMask) != 0
            && (IsOwn(word - family.NextOffset) || prevIsValid && family.PrevOffset >= 0 && IsOwn(word - family.PrevOffset));
    }

    /// <summary>Whether an event bears, moves or frees a member, or memory of a list that is broken.</summary>
    public bool MayChange(in Event e)
    {
        if (e.Kind is not (EventKind.Map or EventKind.Unmap or EventKind.Allocate or EventKind.Free or EventKind.Move))
            return false;
        if (FaultCount > 0 || e.Kind is EventKind.Map or EventKind.Unmap or EventKind.Move)
            return true;
        // Of the cell only its start is known; a member's node lies near it.
        for (var words = -PrefixMax; words <= PrefixMax; words++)
        {
            if (nodes.Contains((new Address(e.A) + words * 8L).Value))
                return true;
        }

        return false;
    }

    private bool IsOwn(Address node) => node == List.Head || nodes.Contains(node.Value);

    private void Keep(int index, Address node)
    {
        if (index % Stride == 0)
            kept.Add(node);
        Count = index + 1;
    }

    private void Note(ListFault fault)
    {
        First ??= fault;
        if (++FaultCount > FaultsMax)
            return;
        if (!faults.TryGetValue(fault.Position, out var here))
            faults.Add(fault.Position, here = []);
        faultyMembers.Add(fault.Position);
        here.Add(fault);
    }

    private ListNode NodeOf(long index, Address node)
    {
        var family = List.Family;
        return new ListNode(index, node, Read(family.NextOffset), family.PrevOffset >= 0 && List.PrevIsValid ? Read(family.PrevOffset) : null, FaultsAt(index));

        Address? Read(int offset) => view.TryRead(node + offset, out var word) ? family.Address(word) : null;
    }
}
