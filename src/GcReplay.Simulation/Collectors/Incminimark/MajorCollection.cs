using GcReplay.Heaps.Events;
using GcReplay.Simulation.Chaos.Faults;

namespace GcReplay.Simulation.Collectors.Incminimark;

/// <summary>The major collection as a machine of four states; each step comes directly after a minor collection.</summary>
/// <remarks>Source: rpython/memory/gc/incminimark.py, major_collection_step.</remarks>
internal sealed class MajorCollection(
    GcContext gc, Marking marking, Finalizers finalizers, OldWeakrefs weakrefs, Sweeping sweeping, ConsistencyCheck check)
{
    private readonly int swaps = gc.Site("more_objects_to_trace-swapped");
    private readonly int startsSweep = gc.Site("start_free_rawmalloc_objects");
    private readonly int pointingToPinned = gc.Site("_sweep_old_objects_pointing_to_pinned");
    private readonly int keptAlive = gc.Site("kept_alive_by_finalizer-reset");
    private readonly int finalizerTrigger = gc.Site("finalizer-trigger");
    private readonly Fault deadPinnedParentKept = gc.Fault(IncminimarkFaults.DeadPinnedParentKept);

    private GcWords Words => gc.Words;

    /// <summary>One step.</summary>
    /// <param name="reserving">Bytes that are about to be allocated.</param>
    public void Step(long reserving, bool isAutomatic)
    {
        gc.Event(EventKind.CollectionBegin, 1, (ulong)gc.Process.InterpreterId(gc.Process.Interpreter), Words.Address.Value, isAutomatic ? 1UL : 0);
        var begin = gc.Journal.LastEvent;
        var freed = Words.Freed;
        gc.Assert(Words.PinnedObjectsInNursery != 0 || Words.NurseryFree == Words.Nursery, "nursery-not-empty", Words.Address);
        if (gc.Settings.Debug >= 1)
            check.Run();
        Words.Counters();
        Words.ThresholdObjectsMadeOld = unchecked(Words.ThresholdObjectsMadeOld + Words.NurserySize / 2);
        gc.Event(EventKind.PhaseBegin, (ulong)Words.State, Words.Address.Value);
        var phase = gc.Journal.LastEvent;
        switch (Words.State)
        {
            case GcState.Scanning:
                Scan();
                break;
            case GcState.Marking:
                Mark();
                break;
            case GcState.Sweeping:
                sweeping.Step(reserving);
                break;
            default:
                ExecuteFinalizers();
                break;
        }

        gc.Event(EventKind.PhaseEnd, (ulong)phase);
        gc.Event(EventKind.CollectionEnd, (ulong)begin, (ulong)unchecked(Words.Freed - freed));
    }

    private void Scan()
    {
        Words.Counters();
        Words.SizeObjectsMadeOld = 0;
        Words.ThresholdObjectsMadeOld = Words.NurserySize / 2;
        Words.ObjectsToTrace.Delete();
        marking.CollectRoots();
        Words.Counters();
        Words.MoreObjectsToTrace.Delete();
        Words.State = GcState.Marking;
    }

    private void Mark()
    {
        var estimate = Math.Max(Words.GcIncrementStep, unchecked(2 * Words.NurserySurvivingSize));
        var remaining = marking.VisitStep(estimate, Words.SingleStep);
        if (remaining >= estimate / 2 && !Words.MoreObjectsToTrace.IsEmpty)
        {
            // Less than half of the step was needed: what came up while marking is visited in one go, so that marking ends.
            Words.Counters(swaps);
            Words.ObjectsToTrace.Swap(Words.MoreObjectsToTrace.Address);
            marking.VisitAll();
        }

        if (Words.ObjectsToTrace.IsEmpty && Words.MoreObjectsToTrace.IsEmpty)
            EndMarking();
    }

    private void EndMarking()
    {
        // Prebuilt objects may have become roots since the scan.
        marking.CollectNonstackRoots();
        marking.VisitAll();
        Words.Counters(keptAlive);
        Words.KeptAliveByFinalizer = 0;
        if (!Words.OldObjectsWithFinalizers.IsEmpty)
            finalizers.DealWithObjects();
        else
            weakrefs.Invalidate();
        gc.SmallObjects.MassFreePrepare();
        Words.Counters(startsSweep);
        Words.RawMallocMightSweep.Swap(Words.OldRawmallocedObjects.Address);
        if (!Words.OldObjectsPointingToPinned.IsEmpty)
            ForgetDeadPointingToPinned();
        Words.Counters();
        Words.State = GcState.Sweeping;
    }

    private void ForgetDeadPointingToPinned()
    {
        foreach (var reference in Words.OldObjectsPointingToPinned)
        {
            if ((gc.Objects.Peek(reference) & GcFlag.Visited) != 0 || deadPinnedParentKept.Strikes())
                Words.TmpStack.Append(reference, pointingToPinned);
        }

        Words.Counters(pointingToPinned);
        Words.OldObjectsPointingToPinned.Delete();
        Words.OldObjectsPointingToPinned.Swap(Words.TmpStack.Address);
        Words.UpdatedPointingToPinned = true;
    }

    private void ExecuteFinalizers()
    {
        // First the state: a finalizer may collect.
        Words.Counters();
        Words.State = GcState.Scanning;
        if (!Words.RunFinalizers.IsEmpty)
            Words.Counters(finalizerTrigger);
    }
}
