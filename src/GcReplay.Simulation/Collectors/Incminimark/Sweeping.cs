using GcReplay.Heaps.Events;
using GcReplay.Heaps.Memory;
using GcReplay.Simulation.Chaos.Faults;

namespace GcReplay.Simulation.Collectors.Incminimark;

/// <summary>Frees in steps what marking did not reach, and takes GCFLAG_VISITED off the rest: raw-malloced objects first, then the
/// small-object arenas.</summary>
/// <remarks>Source: rpython/memory/gc/incminimark.py, major_collection_step (STATE_SWEEPING), free_unvisited_rawmalloc_objects_step,
/// set_major_threshold_from.</remarks>
internal sealed class Sweeping
{
    private readonly GcContext gc;
    private readonly OldSpace oldSpace;
    private readonly Func<Address, bool> freesIfUnvisited;
    private readonly int pops;
    private readonly int survives;
    private readonly int dies;
    private readonly int prebuilt;
    private readonly int threshold;
    private readonly Fault blackSwept;
    private readonly Fault visitedNotCleared;

    public Sweeping(GcContext gc, OldSpace oldSpace)
    {
        this.gc = gc;
        this.oldSpace = oldSpace;
        freesIfUnvisited = Dies;
        pops = gc.Site("free_unvisited_rawmalloc_objects_step");
        survives = gc.Site("_free_if_unvisited-survives");
        dies = gc.Site("_free_if_unvisited-dies");
        prebuilt = gc.Site("_reset_gcflag_visited");
        threshold = gc.Site("set_major_threshold_from");
        blackSwept = gc.Fault(IncminimarkFaults.BlackSwept);
        visitedNotCleared = gc.Fault(IncminimarkFaults.VisitedNotCleared);
    }

    private GcWords Words => gc.Words;

    public void Step(long reserving)
    {
        if (!Words.RawMallocMightSweep.IsEmpty)
        {
            SweepRawMalloced(Words.RawSweepLimit);
            return;
        }

        if (gc.SmallObjects.MassFreeIncremental(freesIfUnvisited, Words.PageSweepLimit))
            End(reserving);
    }

    private void SweepRawMalloced(long limit)
    {
        for (var left = limit; left > 0 && !Words.RawMallocMightSweep.IsEmpty; left--)
            oldSpace.FreeIfUnvisited(Words.RawMallocMightSweep.Pop(pops), GcFlag.Visited);
    }

    /// <summary>_free_if_unvisited. Opens the event of the decision.</summary>
    private bool Dies(Address reference)
    {
        var isDead = (gc.Objects.Peek(reference) & GcFlag.Visited) == 0 || blackSwept.Strikes();
        gc.Event(EventKind.Sweep, reference.Value, isDead ? 1UL : 0, 0, 0, isDead ? dies : survives);
        if (isDead)
        {
            gc.Journal.Read(reference);
            Words.Freed++;
        }
        else if (!visitedNotCleared.Strikes())
        {
            gc.Objects.Clear(reference, GcFlag.Visited);
        }

        return isDead;
    }

    private void End(long reserving)
    {
        foreach (var reference in Words.PrebuiltRootObjects)
        {
            gc.Event(EventKind.Unmark, reference.Value, 0, 0, 0, prebuilt);
            gc.Objects.Clear(reference, GcFlag.Visited);
        }

        Words.Counters(threshold);
        Words.NumMajorCollects++;
        var used = Math.Max(0, gc.TotalMemoryUsed - Words.KeptAliveByFinalizer);
        // No faster growth than this, so that one peak does not set a threshold that is never reached again.
        var next = Math.Min(used * gc.Settings.MajorCollectionThreshold, Words.NextMajorCollectionInitial * gc.Settings.GrowthRateMax);
        next = Math.Max(next + reserving, Words.MinHeapSize);
        Words.NextMajorCollectionInitial = next;
        Words.NextMajorCollectionThreshold = next;
        Words.State = GcState.Finalizing;
    }
}
