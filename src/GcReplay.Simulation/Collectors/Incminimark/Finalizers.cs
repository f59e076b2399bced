using GcReplay.Heaps.Events;
using GcReplay.Heaps.Memory;
using GcReplay.Simulation.Chaos.Faults;

namespace GcReplay.Simulation.Collectors.Incminimark;

/// <summary>Objects with finalizers at the end of marking: those that nothing reaches are queued, in the order in which they refer to
/// each other, and kept alive with all that they reach.</summary>
/// <remarks>States of an object: 0 not reached, 1 reached by the walk from an object with a finalizer (GCFLAG_FINALIZATION_ORDERING), 2
/// that and kept alive (GCFLAG_VISITED), 3 kept alive. Source: rpython/memory/gc/incminimark.py, deal_with_objects_with_finalizers.</remarks>
internal sealed class Finalizers(GcContext gc, Marking marking, OldWeakrefs weakrefs)
{
    private readonly int deals = gc.Site("deal_with_objects_with_finalizers");
    private readonly int ignores = gc.Site("ignore-finalizer");
    private readonly int lives = gc.Site("finalizer-object-lives");
    private readonly int unreached = gc.Site("finalizer-object-unreached");
    private readonly int bumps = gc.Site("_bump_finalization_state_from_0_to_1");
    private readonly int keeps = gc.Site("_recursively_bump_finalization_state_from_1_to_2");
    private readonly int clears = gc.Site("_recursively_bump_finalization_state_from_2_to_3");
    private readonly int queues = gc.Site("mark_finalizer_to_run");
    private readonly Fault finalizableNotKept = gc.Fault(IncminimarkFaults.FinalizableNotKept);

    private GcWords Words => gc.Words;

    public void DealWithObjects()
    {
        while (!Words.OldObjectsWithFinalizers.IsEmpty)
            Order(Words.OldObjectsWithFinalizers.PopLeft(deals));
        weakrefs.Invalidate();
        while (!Words.Marked.IsEmpty)
            Queue(Words.Marked.PopLeft(deals));
        Words.Counters(deals);
        Words.OldObjectsWithFinalizers.Swap(Words.NewWithFinalizer.Address);
    }

    private int StateOf(Address reference) => (gc.Journal.Read(reference) & (GcFlag.Visited | GcFlag.FinalizationOrdering)) switch
    {
        0 => 0,
        GcFlag.FinalizationOrdering => 1,
        GcFlag.Visited => 3,
        _ => 2,
    };

    private void Order(Address reference)
    {
        gc.Assert(StateOf(reference) != 1, "finalization-state", reference);
        if (gc.Objects.Has(reference, GcFlag.IgnoreFinalizer))
        {
            Words.Counters(ignores);
            return;
        }

        if (gc.Objects.Has(reference, GcFlag.Visited))
        {
            Words.NewWithFinalizer.Append(reference, lives);
            return;
        }

        Words.Marked.Append(reference, unreached);
        Words.Pending.Append(reference, unreached);
        while (!Words.Pending.IsEmpty)
            Walk(Words.Pending.Pop(deals));
        // 1 -> 2, for all that it reaches: visiting sets GCFLAG_VISITED.
        if (!finalizableNotKept.Strikes())
            Words.ObjectsToTrace.Append(reference, keeps);
        marking.VisitAll();
    }

    private void Walk(Address reference)
    {
        var state = StateOf(reference);
        if (state == 2)
            ClearOrdering(reference);
        if (state != 0)
            return;
        gc.Event(EventKind.Flag, reference.Value, reference.Value, 0, 0, bumps);
        gc.Objects.Set(reference, GcFlag.FinalizationOrdering);
        Words.KeptAliveByFinalizer = unchecked(Words.KeptAliveByFinalizer + gc.Objects.SizeOf(reference));
        AppendReferences(reference, Words.Pending, bumps);
    }

    /// <summary>2 -> 3, for the object and all that it reaches.</summary>
    private void ClearOrdering(Address first)
    {
        Words.TmpStack.Append(first, clears);
        while (!Words.TmpStack.IsEmpty)
        {
            var reference = Words.TmpStack.Pop(clears);
            if (!gc.Objects.Has(reference, GcFlag.FinalizationOrdering))
                continue;
            gc.Event(EventKind.Flag, reference.Value, reference.Value, 0, 0, clears);
            gc.Objects.Clear(reference, GcFlag.FinalizationOrdering);
            AppendReferences(reference, Words.TmpStack, clears);
        }
    }

    private void AppendReferences(Address reference, AddressStack stack, int site)
    {
        var count = gc.Objects.ReferenceCount(reference, gc.Objects.KindOf(reference));
        for (var i = 0; i < count; i++)
        {
            var target = new Address(gc.Journal.Read(ObjectModel.ReferenceAt(reference, i)));
            if (!target.IsNull)
                stack.Append(target, site);
        }
    }

    private void Queue(Address reference)
    {
        var state = StateOf(reference);
        gc.Assert(state >= 2, "finalization-state", reference);
        if (state == 3)
        {
            Words.NewWithFinalizer.Append(reference, lives);
            return;
        }

        Words.RunFinalizers.Append(reference, queues);
        ClearOrdering(reference);
    }
}
