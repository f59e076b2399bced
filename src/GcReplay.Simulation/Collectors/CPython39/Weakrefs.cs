using GcReplay.Heaps.Events;
using GcReplay.Heaps.Memory;
using GcReplay.Simulation.Chaos.Faults;
using GcReplay.Simulation.Interpreters;
using static GcReplay.Simulation.Collectors.CPython39.ObjectWords;

namespace GcReplay.Simulation.Collectors.CPython39;

/// <summary>Weak references: each is on its target's list, newest first, until it is cleared.</summary>
/// <remarks>Source: Objects/weakrefobject.c insert_head, clear_weakref, PyObject_ClearWeakRefs of 3.9. Here every weak reference is of a
/// subclass or has a callback, so none is shared.</remarks>
internal sealed class Weakrefs(CPython39Collector collector, Process process, GcLists lists, Tuples tuples)
{
    private readonly Fault weakrefNotUnlinked = process.Fault(CPython39Faults.WeakrefNotUnlinked);

    /// <summary>The newest weak reference to a node; null when there is none.</summary>
    public Address First(Address target) => new(process.Journal.Read(target + WeakList));

    /// <summary>Whether a weak reference has a callback.</summary>
    public bool HasCallback(Address weakref) => process.Journal.Read(weakref + WeakrefWords.Callback) != 0;

    /// <summary>Makes a weak reference refer to a target: it becomes the newest one.</summary>
    public void Attach(Address weakref, Address target, int script)
    {
        var journal = process.Journal;
        process.Event(EventKind.Store, weakref.Value, (weakref + WeakrefWords.Target).Value, target.Value, 0, process.Site("new-weakref"));
        var next = First(target);
        journal.Write(weakref + WeakrefWords.Target, target.Value);
        journal.Write(weakref + WeakrefWords.Callback, (ulong)(script + 1));
        journal.Write(weakref + WeakrefWords.Next, next.Value);
        if (!next.IsNull)
            journal.Write(next + WeakrefWords.Previous, weakref.Value);
        journal.Write(target + WeakList, weakref.Value);
    }

    /// <summary>clear_weakref: it leaves its target's list; nothing when it is dead already. The callback stays in its word.</summary>
    public void Clear(Address weakref)
    {
        var journal = process.Journal;
        var target = new Address(journal.Read(weakref + WeakrefWords.Target));
        if (target.IsNull)
            return;
        process.Event(EventKind.Store, weakref.Value, (weakref + WeakrefWords.Target).Value, 0, 0, process.Site("clear-weakref"));
        var previous = new Address(journal.Read(weakref + WeakrefWords.Previous));
        var next = new Address(journal.Read(weakref + WeakrefWords.Next));
        if (First(target) == weakref)
            journal.Write(target + WeakList, next.Value);
        journal.Write(weakref + WeakrefWords.Target, 0);
        if (!previous.IsNull)
            journal.Write(previous + WeakrefWords.Next, next.Value);
        if (!next.IsNull && !weakrefNotUnlinked.Strikes())
            journal.Write(next + WeakrefWords.Previous, previous.Value);
        journal.Write(weakref + WeakrefWords.Previous, 0);
        journal.Write(weakref + WeakrefWords.Next, 0);
    }

    /// <summary>Calls the callback of a weak reference that was cleared.</summary>
    public void Call(Address weakref) =>
        collector.RunScript(weakref, collector.Length(weakref + WeakrefWords.Callback) - 1, "weakref-callback");

    /// <summary>PyObject_ClearWeakRefs, for a node at reference count 0: clears its weak references and calls their callbacks.</summary>
    public void ClearAtDeath(Address dying)
    {
        // Most objects have none, and this is asked at every death.
        if (First(dying).IsNull)
            return;
        // The basic reference and the basic proxy, as upstream takes them: whatever has no callback at the front, twice.
        for (var i = 0; i < 2; i++)
        {
            if (First(dying) is { IsNull: false } basic && !HasCallback(basic))
                Clear(basic);
        }

        var first = First(dying);
        if (first.IsNull)
            return;
        var count = CountFrom(first);
        if (count > 1)
        {
            ClearMany(dying, first, count);
            return;
        }

        Clear(first);
        if (HasCallback(first))
            Call(first);
    }

    private int CountFrom(Address weakref)
    {
        var count = 0;
        for (; !weakref.IsNull; weakref = new Address(process.Journal.Read(weakref + WeakrefWords.Next)))
            count++;
        return count;
    }

    /// <summary>Several are held by a temporary tuple while they are called. Its allocation may collect, and comes before any is
    /// cleared: the pointer to the first is older than the tuple, as upstream.</summary>
    private void ClearMany(Address dying, Address first, int count)
    {
        var owner = process.Journal.Shadow.OccupantAt(dying)?.Number ?? 0;
        var holder = process.PushCStack(8);
        var tuple = tuples.New(2 * count, collector.TemporaryName, process.Journal.Shadow.Objects.NextIn(owner), holder);
        lists.Track(collector.State, tuple, process.Site("track-at-birth"));
        var current = first;
        for (var i = 0; i < count; i++)
        {
            var next = new Address(process.Journal.Read(current + WeakrefWords.Next));
            if (process.Journal.Read(current + RefCount) > 0)
                collector.Retain(current, Item(tuple, i));
            Clear(current);
            current = next;
        }

        for (var i = 0; i < count; i++)
        {
            var weakref = new Address(process.Journal.Read(Item(tuple, i)));
            if (!weakref.IsNull && HasCallback(weakref))
                Call(weakref);
        }

        collector.Release(tuple, holder);
        process.PopCStack(holder);
    }

    /// <summary>Upstream's pairs: the weak reference, and beside it its callback, which here stays in the weak reference.</summary>
    private static Address Item(Address tuple, int index) => tuple + TupleWords.Items + index * 16L;
}
