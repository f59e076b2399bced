using GcReplay.Heaps.Events;
using GcReplay.Heaps.Memory;
using GcReplay.Simulation.Chaos.Faults;
using GcReplay.Simulation.Interpreters;
using static GcReplay.Simulation.Collectors.CPython39.ObjectWords;

namespace GcReplay.Simulation.Collectors.CPython39;

/// <summary>The doubly linked lists through <c>PyGC_Head</c>. An empty head points at itself. Every action is one event, with the
/// list it concerns as operand.</summary>
/// <remarks>Source: Modules/gcmodule.c gc_list_*. Nodes are addressed by their head (object - 16), objects by themselves.</remarks>
internal sealed class GcLists(Process process)
{
    private const int Next = 0;
    private const int Prev = 8;

    private readonly Fault prevNotRestored = process.Fault(CPython39Faults.PrevNotRestored);
    private readonly Fault nextNotRestored = process.Fault(CPython39Faults.NextNotRestored);
    private readonly Fault tailNotUpdated = process.Fault(CPython39Faults.TailNotUpdated);
    private readonly Fault spliceTailNotUpdated = process.Fault(CPython39Faults.SpliceTailNotUpdated);
    private readonly Fault spliceSourceNotEmptied = process.Fault(CPython39Faults.SpliceSourceNotEmptied);

    public static Address NodeOf(Address reference) => reference - HeadBytes;

    public static Address ObjectOf(Address node) => node + HeadBytes;

    /// <summary>Link to the next node, without its mark.</summary>
    public Address NextOf(Address node) => new(process.Journal.Read(node + Next) & ~NextUnreachable);

    public Address PrevOf(Address node) => new(process.Journal.Read(node + Prev) & ~PrevFlags);

    public bool IsEmpty(Address head) => NextOf(head) == head;

    public bool IsTracked(Address reference) => process.Journal.Read(reference + GcNext) != 0;

    /// <summary>gc_list_init.</summary>
    public void Init(Address head)
    {
        process.Event(EventKind.ListInit, head.Value);
        SetNext(head, head.Value);
        SetPrev(head, head);
    }

    /// <summary>gc_list_append, for a node that is on no list: _PyObject_GC_TRACK.</summary>
    public void Track(Address head, Address reference, int site)
    {
        process.Event(EventKind.Link, head.Value, reference.Value, 0, 0, site);
        AppendNode(head, NodeOf(reference), 0);
    }

    /// <summary>_PyObject_GC_UNTRACK: follows the two links, looks up no head. That is why a dangling one is written to.</summary>
    public void Untrack(Address reference, int site = 0)
    {
        var node = NodeOf(reference);
        var space = process.Journal.Space;
        process.Event(
            EventKind.Unlink, reference.Value, space.Peek(node + Prev) & ~PrevFlags, space.Peek(node + Next) & ~NextUnreachable, 0, site);
        RemoveNode(node);
        SetNext(node, 0);
        process.Journal.Write(node + Prev, process.Journal.Read(node + Prev) & Finalized);
    }

    /// <summary>gc_list_move: to the tail of another list.</summary>
    /// <param name="mark">Marks put on the links of the list it joins (<see cref="NextUnreachable"/> or 0).</param>
    public void Move(Address reference, Address head, ulong mark = 0, int site = 0)
    {
        process.Event(EventKind.Relink, reference.Value, head.Value, 0, 0, site);
        var node = NodeOf(reference);
        RemoveNode(node);
        AppendNode(head, node, mark);
    }

    /// <summary>Moves within move_unreachable, where the list the node leaves is only singly linked: the walk's own
    /// <paramref name="before"/> is the node in front.</summary>
    public void MoveUnreachable(Address reference, Address before, Address head, int site)
    {
        process.Event(EventKind.Relink, reference.Value, head.Value, 0, 0, site);
        var node = NodeOf(reference);
        SetNext(before, process.Journal.Read(node + Next));
        var last = PrevOf(head);
        SetNext(last, node.Value | NextUnreachable);
        SetPrev(node, last);
        SetNext(node, head.Value | NextUnreachable);
        SetPrev(head, node);
    }

    /// <summary>gc_list_merge: all of one list to the tail of another.</summary>
    public void Merge(Address from, Address to)
    {
        if (IsEmpty(from))
            return;
        process.Event(EventKind.Splice, from.Value, to.Value);
        var toTail = PrevOf(to);
        var first = NextOf(from);
        var last = PrevOf(from);
        SetNext(toTail, first.Value);
        SetPrev(first, toTail);
        SetNext(last, to.Value);
        if (!spliceTailNotUpdated.Strikes())
            SetPrev(to, last);
        if (spliceSourceNotEmptied.Strikes())
            return;
        SetNext(from, from.Value);
        SetPrev(from, from);
    }

    /// <summary>finalize_unlink_gc_head: the members stay linked to each other, and no head leads to them. The head's own links stay.</summary>
    public void Behead(Address head, int site)
    {
        process.Event(EventKind.Behead, head.Value, 0, 0, 0, site);
        var prev = PrevOf(head);
        var next = NextOf(head);
        SetNext(prev, next.Value);
        SetPrev(next, prev);
    }

    public ulong Length(Address head)
    {
        var length = 0UL;
        for (var node = NextOf(head); node != head; node = NextOf(node))
            length++;
        return length;
    }

    public void SetNext(Address node, ulong link) => process.Journal.Write(node + Next, link);

    /// <summary>_PyGCHead_SET_PREV: the flag bits stay.</summary>
    public void SetPrev(Address node, Address prev) =>
        process.Journal.Write(node + Prev, (process.Journal.Read(node + Prev) & PrevFlags) | prev.Value);

    private void RemoveNode(Address node)
    {
        var prev = PrevOf(node);
        var link = process.Journal.Read(node + Next);
        // The whole word, so that a mark on the unreachable list stays on the link that replaces it.
        if (!nextNotRestored.Strikes())
            SetNext(prev, link);
        if (!prevNotRestored.Strikes())
            SetPrev(new Address(link & ~NextUnreachable), prev);
    }

    private void AppendNode(Address head, Address node, ulong mark)
    {
        var last = PrevOf(head);
        SetNext(last, node.Value | mark);
        SetPrev(node, last);
        SetNext(node, head.Value | mark);
        if (!tailNotUpdated.Strikes())
            SetPrev(head, node);
    }
}
