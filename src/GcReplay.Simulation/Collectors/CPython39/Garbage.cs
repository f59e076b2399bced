using GcReplay.Heaps.Events;
using GcReplay.Heaps.Memory;
using GcReplay.Simulation.Chaos.Faults;
using GcReplay.Simulation.Interpreters;
using static GcReplay.Simulation.Collectors.CPython39.ObjectWords;

namespace GcReplay.Simulation.Collectors.CPython39;

/// <summary>What a collection does with what it found unreachable: legacy finalizers are set aside, weak references cleared and called,
/// finalizers called, what stayed garbage cleared.</summary>
/// <remarks>Source: Modules/gcmodule.c move_legacy_finalizers, handle_weakrefs, finalize_garbage, delete_garbage,
/// handle_legacy_finalizers of 3.9.</remarks>
internal sealed class Garbage(
    CPython39Collector collector, Process process, GcLists lists, ReferenceWords references, Reachability reachability, Weakrefs weakrefs, Dicts dicts,
    GarbageList garbageList)
{
    private readonly Fault legacyNotFollowed = process.Fault(CPython39Faults.LegacyNotFollowed);
    private readonly Fault garbageNotHeld = process.Fault(CPython39Faults.GarbageNotHeld);
    private readonly Fault finalizedNotNoted = process.Fault(CPython39Faults.FinalizedNotNoted);

    public void ClearUnreachableMask(Address list)
    {
        for (var node = lists.NextOf(list); node != list; node = lists.NextOf(node))
        {
            process.Event(EventKind.Flag, GcLists.ObjectOf(node).Value, node.Value);
            process.Journal.Write(node, process.Journal.Read(node) & ~NextUnreachable);
        }
    }

    public void ClearCollecting(Address list)
    {
        for (var node = lists.NextOf(list); node != list; node = lists.NextOf(node))
            ClearCollectingOf(GcLists.ObjectOf(node));
    }

    /// <summary>move_legacy_finalizers: takes the marks off the links, and sets objects with tp_del aside, with all that is reachable from
    /// them.</summary>
    public void MoveLegacyFinalizers(Address record, Address unreachable, Address finalizers)
    {
        for (Address node = lists.NextOf(unreachable), next; node != unreachable; node = next)
        {
            var reference = GcLists.ObjectOf(node);
            process.Event(EventKind.Flag, reference.Value, node.Value);
            process.Journal.Write(node, process.Journal.Read(node) & ~NextUnreachable);
            next = lists.NextOf(node);
            if (collector.KindOf(reference) != Kind.Legacy)
                continue;
            ClearCollectingOf(reference);
            lists.Move(reference, finalizers, 0, process.Site("has-legacy-finalizer"));
        }

        for (var node = lists.NextOf(finalizers); node != finalizers; node = lists.NextOf(node))
            MoveReachable(record, GcLists.ObjectOf(node), finalizers);
        process.Event(EventKind.Counters, record.Value);
        process.Journal.WriteOwn(record + RecordWords.Cursor, 0);
    }

    /// <summary>handle_weakrefs: clears those to and among the garbage, then calls the callbacks of those that live.</summary>
    /// <returns>Weak references that died when their callback was over.</returns>
    public ulong HandleWeakrefs(Address unreachable, Address callbacks, Address old)
    {
        for (var node = lists.NextOf(unreachable); node != unreachable; node = lists.NextOf(node))
        {
            var reference = GcLists.ObjectOf(node);
            var kind = collector.KindOf(reference);
            if (kind == Kind.Weakref)
                weakrefs.Clear(reference);
            else if (kind.IsNode())
                ClearWeakrefsTo(reference, callbacks);
        }

        var freed = 0UL;
        while (!lists.IsEmpty(callbacks))
        {
            var node = lists.NextOf(callbacks);
            weakrefs.Call(GcLists.ObjectOf(node));
            collector.Release(GcLists.ObjectOf(node));
            if (lists.NextOf(callbacks) == node)
                lists.Move(GcLists.ObjectOf(node), old, 0, process.Site("called-weakref"));
            else
                freed++;
        }

        return freed;
    }

    /// <summary>finalize_garbage: calls each finalizer that was not called before, once.</summary>
    public void Finalize(Address record, Address unreachable, Address seen)
    {
        while (!lists.IsEmpty(unreachable))
        {
            var reference = GcLists.ObjectOf(lists.NextOf(unreachable));
            lists.Move(reference, seen);
            if (collector.KindOf(reference) != Kind.Finalizer || (process.Journal.Read(reference + GcPrev) & Finalized) != 0)
                continue;
            process.Event(EventKind.Flag, reference.Value, (reference + GcPrev).Value);
            if (!finalizedNotNoted.Strikes())
                process.Journal.Write(reference + GcPrev, process.Journal.Read(reference + GcPrev) | Finalized);
            collector.Retain(reference, record + RecordWords.Held);
            collector.RunFinalizer(reference);
            collector.Release(reference, record + RecordWords.Held);
        }

        lists.Merge(seen, unreachable);
    }

    /// <summary>delete_garbage: breaks cycles with tp_clear; what survives it joins the older generation.</summary>
    public void Delete(Address record, Address list, Address old)
    {
        while (!lists.IsEmpty(list))
        {
            var node = lists.NextOf(list);
            var reference = GcLists.ObjectOf(node);
            if (!garbageNotHeld.Strikes())
                collector.Retain(reference, record + RecordWords.Held);
            Clear(reference);
            collector.Release(reference, record + RecordWords.Held);
            if (lists.NextOf(list) != node)
                continue;
            ClearCollectingOf(reference);
            lists.Move(reference, old, 0, process.Site("survived-clear"));
        }
    }

    /// <summary>handle_legacy_finalizers: objects with tp_del go into gc.garbage; they and what they reach join the older generation.</summary>
    /// <returns>Length of the whole list.</returns>
    public ulong HandleLegacyFinalizers(Address state, Address finalizers, Address old)
    {
        var count = lists.Length(finalizers);
        for (var node = lists.NextOf(finalizers); node != finalizers; node = lists.NextOf(node))
        {
            if (collector.KindOf(GcLists.ObjectOf(node)) == Kind.Legacy)
                garbageList.Append(state, GcLists.ObjectOf(node));
        }

        lists.Merge(finalizers, old);
        return count;
    }

    private void MoveReachable(Address record, Address reference, Address finalizers)
    {
        var visited = reachability.Scan(record, reference);
        for (var i = 0; i < visited.Count; i++)
        {
            var target = new Address(process.Journal.Read(visited.At(i)));
            if (target.IsNull)
                continue;
            var moves = collector.KindOf(target).IsCollected() && (process.Journal.Space.Peek(target + GcPrev) & Collecting) != 0;
            var site = process.Site(moves ? "reachable-from-legacy" : "not-collecting");
            process.Event(EventKind.Visit, reference.Value, visited.At(i).Value, target.Value, moves ? 1UL : 0, site);
            process.Journal.Read(visited.At(i));
            if (!moves || legacyNotFollowed.Strikes())
                continue;
            lists.Move(target, finalizers, 0, site);
            ClearCollectingOf(target);
        }
    }

    private void ClearWeakrefsTo(Address dying, Address callbacks)
    {
        while (weakrefs.First(dying) is { IsNull: false } weakref)
        {
            weakrefs.Clear(weakref);
            var isTrash = (process.Journal.Read(weakref + GcPrev) & Collecting) != 0;
            if (!weakrefs.HasCallback(weakref) || isTrash)
                continue;
            collector.Retain(weakref, Address.Null);
            lists.Move(weakref, callbacks, 0, process.Site("callback-to-call"));
        }
    }

    /// <summary>tp_clear, of kinds that have one.</summary>
    private void Clear(Address reference)
    {
        var kind = collector.KindOf(reference);
        if (!kind.HasClear())
            return;
        process.Event(EventKind.Clear, reference.Value, 0);
        if (kind == Kind.Weakref)
            weakrefs.Clear(reference);
        else if (kind == Kind.Dict)
            dicts.Clear(reference);
        else
            ClearSlots(reference, references.Owned(reference, kind));
    }

    private void ClearSlots(Address reference, References owned)
    {
        for (var i = 0; i < owned.Count; i++)
        {
            if (process.Journal.Read(owned.At(i)) != 0)
                collector.StoreSlot(reference, owned.At(i), Address.Null);
        }
    }

    private void ClearCollectingOf(Address reference)
    {
        process.Event(EventKind.Flag, reference.Value, (reference + GcPrev).Value);
        process.Journal.Write(reference + GcPrev, process.Journal.Read(reference + GcPrev) & ~Collecting);
    }
}
