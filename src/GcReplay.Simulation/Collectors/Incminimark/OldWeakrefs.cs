using GcReplay.Heaps.Events;
using GcReplay.Heaps.Memory;
using GcReplay.Simulation.Chaos.Faults;

namespace GcReplay.Simulation.Collectors.Incminimark;

/// <summary>Weak references outside the nursery: those whose target is not reached are cleared at the end of marking.</summary>
/// <remarks>Source: rpython/memory/gc/incminimark.py, invalidate_old_weakrefs.</remarks>
internal sealed class OldWeakrefs(GcContext gc)
{
    private readonly int dies = gc.Site("invalidate_old_weakrefs");
    private readonly int keeps = gc.Site("old-weakref-kept");
    private readonly int clears = gc.Site("old-weakref-cleared");
    private readonly Fault oldWeakrefNotCleared = gc.Fault(IncminimarkFaults.OldWeakrefNotCleared);

    private GcWords Words => gc.Words;

    public void Invalidate()
    {
        if (Words.OldObjectsWithWeakrefs.IsEmpty)
            return;
        while (!Words.OldObjectsWithWeakrefs.IsEmpty)
            Invalidate(Words.OldObjectsWithWeakrefs.Pop(dies));
        Words.Counters(keeps);
        Words.OldObjectsWithWeakrefs.Swap(Words.TmpStack.Address);
    }

    private void Invalidate(Address weakref)
    {
        if (!gc.Objects.Has(weakref, GcFlag.Visited))
            return;
        var slot = weakref + Kinds.WeakTarget;
        var target = new Address(gc.Journal.Read(slot));
        gc.Assert(!gc.Objects.Has(target, GcFlag.NoHeapPtrs), "weakref-to-clean-prebuilt", weakref);
        if ((gc.Journal.Read(target) & (GcFlag.Visited | GcFlag.FinalizationOrdering)) == GcFlag.Visited)
        {
            Words.TmpStack.Append(weakref, keeps);
            return;
        }

        gc.Event(EventKind.Store, weakref.Value, slot.Value, 0, 0, clears);
        if (!oldWeakrefNotCleared.Strikes())
            gc.Journal.Write(slot, 0);
    }
}
