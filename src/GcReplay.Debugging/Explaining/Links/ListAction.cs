using GcReplay.Debugging.Timelines;
using GcReplay.Heaps.Events;
using GcReplay.Heaps.Memory;
using GcReplay.Heaps.Views;

namespace GcReplay.Debugging.Explaining.Links;

/// <summary>A link that a list action should have written and did not, or wrote otherwise.</summary>
/// <param name="Family">To which the link belongs.</param>
/// <param name="Word">Of the link.</param>
/// <param name="Node">That has the link: an object's link words, or a head.</param>
/// <param name="IsPrev">Whether it is a prev link.</param>
/// <param name="Expected">What it should name after the action; null where anything but <paramref name="Holds"/> would do.</param>
/// <param name="Holds">What it names.</param>
/// <param name="IsSecond">Whether the event put on a list what was on one already; then the link is what it was before.</param>
internal sealed record WrongLink(LinkFamily Family, Address Word, Address Node, bool IsPrev, Address? Expected, Address Holds, bool IsSecond = false);

/// <summary>Compares what an event declares to have done to a list with the words it left: neighbours must name each other, and nobody may
/// go on naming what has left.</summary>
/// <remarks>Asks only of links that were whole before the event: what was broken earlier is not the fault of this one. Knows lists that are
/// linked both ways and closed to a ring; of others only that what leaves is no longer named.</remarks>
internal sealed class ListAction
{
    private readonly Timeline timeline;
    private readonly RecordedEvent recorded;
    private readonly LinkFamily family;

    /// <param name="timeline">Stands just after the event.</param>
    private ListAction(Timeline timeline, LinkFamily family)
    {
        this.timeline = timeline;
        this.family = family;
        recorded = timeline.EventAt(timeline.Position);
    }

    private bool IsRing => family.IsCircular && family.PrevOffset >= 0;

    /// <summary>Kinds of event that change lists.</summary>
    public static ulong Kinds { get; } =
        OfKinds.MaskOf(EventKind.Link, EventKind.Unlink, EventKind.Relink, EventKind.Splice, EventKind.ListInit, EventKind.Behead);

    /// <summary>The first link that the present event left wrong; null when it did all that it declares, or is no list action.</summary>
    public static WrongLink? FaultOf(Timeline timeline)
    {
        var e = timeline.EventAt(timeline.Position).Event;
        if ((Kinds >> (int)e.Kind & 1) == 0 || timeline.View.Families is not [var first, ..] families)
            return null;
        return new ListAction(timeline, families.Length == 1 ? first : FamilyOf(timeline.View, families, e)).Fault(e);
    }

    private static LinkFamily FamilyOf(HeapView view, LinkFamily[] families, in Event e)
    {
        var head = new Address(e.Kind is EventKind.Relink ? e.B : e.A);
        if (e.Kind != EventKind.Unlink && view.ListAt(head) is { } list)
            return list.Family;
        return view.ObjectAt(new Address(e.A)) is { } o ? families.FirstOrDefault(f => view.HasNode(o.Entry, f)) ?? families[0] : families[0];
    }

    private WrongLink? Fault(in Event e) => e.Kind switch
    {
        EventKind.Link => Second(family.NodeOf(new Address(e.B))) ?? Joined(new Address(e.A), family.NodeOf(new Address(e.B))),
        EventKind.Unlink => Left(family.NodeOf(new Address(e.A)), default),
        EventKind.Relink => Left(family.NodeOf(new Address(e.A)), new Address(e.B)) ?? Joined(new Address(e.B), family.NodeOf(new Address(e.A))),
        EventKind.Splice => Merged(new Address(e.A), new Address(e.B)),
        EventKind.ListInit when IsRing => Next(new Address(e.A), new Address(e.A)) ?? Prev(new Address(e.A), new Address(e.A)),
        EventKind.Behead when IsRing && Was(new Address(e.A), true) is { IsNull: false } prev && Was(new Address(e.A), false) is { IsNull: false } next && prev != new Address(e.A) =>
            Next(prev, next) ?? Prev(next, prev),
        _ => null,
    };

    /// <summary>Before it joined, a node was linked already, and its neighbour named it.</summary>
    private WrongLink? Second(Address node)
    {
        if (!IsRing || Was(node, true) is not { IsNull: false } prev || Was(node, false).IsNull || Was(prev, false) != node)
            return null;
        return new WrongLink(family, WordOf(prev, false), prev, false, null, node, IsSecond: true);
    }

    /// <summary>A node stands at the end of a ring.</summary>
    private WrongLink? Joined(Address head, Address node)
    {
        if (!IsRing)
            return null;
        var last = Was(head, true);
        return Next(node, head) ?? Prev(head, node) ?? (last.IsNull || last == node ? null : Next(last, node) ?? Prev(node, last));
    }

    /// <summary>Who named a node by the links of both names it no longer, unless it came to stand beside it again.</summary>
    /// <param name="joins">Head of the list that it joined; null for none.</param>
    private WrongLink? Left(Address node, Address joins)
    {
        if (family.PrevOffset < 0)
            return LeftOneWay(node);
        var (prev, next) = (Was(node, true), Was(node, false));
        if (prev.IsNull || Was(prev, false) != node)
            return null;
        var joinsBehind = joins.IsNull ? default : Was(joins, true);
        if (Now(prev, false) == node && prev != joinsBehind)
            return Wrong(prev, false, next, node);
        return !next.IsNull && next != joins && Was(next, true) == node && Now(next, true) == node ? Wrong(next, true, prev, node) : null;
    }

    /// <summary>In a list of one way the event itself says which node stood in front.</summary>
    private WrongLink? LeftOneWay(Address node)
    {
        var e = recorded.Event;
        var front = new Address(e.B);
        if (e.Kind != EventKind.Unlink || front.IsNull || Was(front, false) != node)
            return null;
        return Now(front, false) == node ? Wrong(front, false, Was(node, false), node) : null;
    }

    private WrongLink? Merged(Address from, Address to)
    {
        if (!IsRing || from == to)
            return null;
        var (first, last, tail) = (Was(from, false), Was(from, true), Was(to, true));
        if (first == from || first.IsNull || last.IsNull || tail.IsNull)
            return null;
        return Next(tail, first) ?? Prev(first, tail) ?? Next(last, to) ?? Prev(to, last) ?? Next(from, from) ?? Prev(from, from);
    }

    private WrongLink? Next(Address node, Address expected) => Now(node, false) == expected ? null : Wrong(node, false, expected, Now(node, false));

    private WrongLink? Prev(Address node, Address expected) => Now(node, true) == expected || IsCount(node) ? null : Wrong(node, true, expected, Now(node, true));

    /// <summary>Whether the prev word of a member is no link at present; that of a head always is.</summary>
    private bool IsCount(Address node)
    {
        var e = recorded.Event;
        var list = timeline.View.ListAt(new Address(e.Kind is EventKind.Relink or EventKind.Splice ? e.B : e.A));
        return list is { PrevIsValid: false } && node != list.Head && timeline.View.ListAt(node) is null;
    }

    private WrongLink? Wrong(Address node, bool isPrev, Address? expected, Address holds) =>
        timeline.Space.IsMapped(WordOf(node, isPrev)) ? new WrongLink(family, WordOf(node, isPrev), node, isPrev, expected, holds) : null;

    private Address WordOf(Address node, bool isPrev) => node + (isPrev ? family.PrevOffset : family.NextOffset);

    private Address Now(Address node, bool isPrev) => family.Address(timeline.View.TryRead(WordOf(node, isPrev), out var word) ? word : 0);

    /// <summary>What the link named before the event.</summary>
    private Address Was(Address node, bool isPrev)
    {
        var address = WordOf(node, isPrev);
        if (!timeline.View.TryRead(address, out var word))
            return default;
        for (var i = 0; i < recorded.ChangeCount; i++)
        {
            if (recorded.Change(i) is var change && change.Address == address)
                word ^= change.Xor;
        }

        return family.Address(word);
    }
}
