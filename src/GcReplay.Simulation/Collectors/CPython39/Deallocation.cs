using GcReplay.Heaps.Events;
using GcReplay.Heaps.Memory;
using GcReplay.Simulation.Chaos.Faults;
using GcReplay.Simulation.Interpreters;
using static GcReplay.Simulation.Collectors.CPython39.ObjectWords;

namespace GcReplay.Simulation.Collectors.CPython39;

/// <summary>The death of an object whose count reached 0: untrack, trashcan, finalizer, weak references, then its references are given
/// back in order (what they held dies in between), then its memory.</summary>
/// <remarks>Upstream recurses through tp_dealloc. Here the frames of that recursion are words (object, references given back, whether it
/// drains the trashcan) on the simulated C stack, so that a chain of any length dies without recursion of ours and runs into the end of that
/// stack as the real one would. Only a script calls back into the interpreter. Source: Objects/typeobject.c subtype_dealloc,
/// Objects/object.c PyObject_CallFinalizerFromDealloc, Objects/tupleobject.c tupledealloc, Objects/dictobject.c dict_dealloc,
/// Objects/funcobject.c func_dealloc, Modules/gcmodule.c PyObject_GC_Del.</remarks>
internal sealed class Deallocation(
    CPython39Collector collector, Process process, GcLists lists, ReferenceWords references, Weakrefs weakrefs, Dicts dicts, FreeLists freeLists)
{
    private const int FrameBytes = 16;
    private const ulong Drains = 1;

    private readonly Trashcan trashcan = new(process);

    // Looked up once: these are asked for at every death.
    private readonly int untrackMacro = process.Site("untrack-macro");
    private readonly int untrackAtDeath = process.Site("untrack-at-death");
    private readonly Fault untrackForgotten = process.Fault(CPython39Faults.UntrackForgotten);
    private readonly Fault weakrefsNotCleared = process.Fault(CPython39Faults.WeakrefsNotCleared);
    private readonly Fault dyingNotHeld = process.Fault(CPython39Faults.DyingNotHeld);

    /// <summary>Kills an object and everything that dies with it, depth first.</summary>
    public void Run(Address reference)
    {
        var bottom = process.CStackTop;
        Enter(reference);
        while (process.CStackTop > bottom)
        {
            var frame = process.CStackTop - FrameBytes;
            var dying = new Address(process.Journal.ReadOwn(frame));
            if (dying.Value == Drains)
                Drain(frame);
            else if (GiveBackNext(frame, dying) is { IsNull: false } child)
                Enter(child);
            else
                Leave(frame, dying);
        }
    }

    /// <summary>Everything up to the first reference that is given back; then its frame stands on the stack, unless it was put off or
    /// resurrected.</summary>
    private void Enter(Address reference)
    {
        process.Event(EventKind.Dealloc, reference.Value);
        var kind = collector.KindOf(reference);
        // func_dealloc uses the macro that does not look whether the object is tracked.
        if ((kind == Kind.Function || kind.IsCollected() && lists.IsTracked(reference)) && !untrackForgotten.Strikes())
            lists.Untrack(reference, kind == Kind.Function ? untrackMacro : untrackAtDeath);
        if (kind.UsesTrashcan() && !trashcan.Begin(reference))
            return;
        if (kind == Kind.Finalizer && !Finalize(reference))
            return;
        if (kind == Kind.Weakref)
            weakrefs.Clear(reference);
        if (kind.IsNode() && !weakrefsNotCleared.Strikes())
            weakrefs.ClearAtDeath(reference);
        if (kind == Kind.Legacy)
            CallDel(reference);
        process.Event(EventKind.Clear, reference.Value, 1);
        process.Journal.WriteOwn(process.PushCStack(FrameBytes), reference.Value);
    }

    /// <summary>PyObject_CallFinalizerFromDealloc, between a track and an untrack; false when the object is alive again.</summary>
    private bool Finalize(Address reference)
    {
        lists.Track(collector.State, reference, process.Site("track-for-finalizer"));
        if ((process.Journal.Read(reference + GcPrev) & Finalized) == 0)
        {
            if (!dyingNotHeld.Strikes())
                collector.Retain(reference, Address.Null);
            collector.RunFinalizer(reference);
            process.Event(EventKind.Flag, reference.Value, (reference + GcPrev).Value);
            process.Journal.Write(reference + GcPrev, process.Journal.Read(reference + GcPrev) | Finalized);
            if (collector.Decrement(reference) > 0)
            {
                process.Event(EventKind.Resurrect, reference.Value);
                return false;
            }
        }

        lists.Untrack(reference, untrackMacro);
        return true;
    }

    /// <summary>tp_del, which subtype_dealloc calls on a tracked object.</summary>
    private void CallDel(Address reference)
    {
        lists.Track(collector.State, reference, process.Site("track-for-finalizer"));
        collector.RunScript(reference, -1, "tp_del");
        lists.Untrack(reference, untrackMacro);
    }

    /// <summary>Gives back references from where the frame stands; gives the first one that was the last of its object, null when none
    /// is left.</summary>
    private Address GiveBackNext(Address frame, Address dying)
    {
        var owned = references.Owned(dying, collector.KindOf(dying));
        for (var i = process.Index(frame + 8, int.MaxValue); i < owned.Count; i++)
        {
            var slot = owned.At(i);
            var child = new Address(process.Journal.Read(slot));
            if (child.IsNull)
                continue;
            process.Event(EventKind.Store, dying.Value, slot.Value, 0);
            process.Journal.Write(slot, 0);
            process.Journal.WriteOwn(frame + 8, (ulong)i + 1);
            if (collector.Decrement(child) == 0)
                return child;
        }

        return Address.Null;
    }

    private void Leave(Address frame, Address dying)
    {
        var kind = collector.KindOf(dying);
        if (kind == Kind.Dict)
            dicts.FreeTable(dying);
        var isKept = kind switch
        {
            Kind.Tuple => freeLists.KeepTuple(dying, collector.SizeOf(dying)),
            Kind.Dict => freeLists.KeepDict(dying),
            _ => false,
        };
        if (!isKept)
            collector.FreeObject(dying, kind);
        process.PopCStack(frame);
        if (kind.UsesTrashcan() && trashcan.End())
            process.Journal.WriteOwn(process.PushCStack(FrameBytes), Drains);
    }

    private void Drain(Address frame)
    {
        if (trashcan.Take() is { IsNull: false } next)
            Enter(next);
        else
            process.PopCStack(frame);
    }
}
