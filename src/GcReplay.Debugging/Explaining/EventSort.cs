using GcReplay.Debugging.Timelines;
using GcReplay.Heaps.Events;
using GcReplay.Traces;

namespace GcReplay.Debugging.Explaining;

/// <summary>What tells events of one sort: what happens at the same place of the collector's code.</summary>
/// <param name="Container">The container that it is about, or the phase that begins; 0 for none.</param>
/// <param name="Acts">Of a visit, a barrier and a sweep, what was decided; of a store, whether it stores a reference.</param>
/// <param name="IsRoot">A visit of a root.</param>
internal readonly record struct EventSort(EventKind Kind, int Site, ulong Container, bool Acts, bool IsRoot)
{
    public static EventSort Of(in Event e) => new(
        e.Kind, e.Site,
        e.Kind is EventKind.Push or EventKind.Pop or EventKind.Link or EventKind.PhaseBegin ? e.A : 0,
        e.Kind switch { EventKind.Visit or EventKind.Barrier => e.D != 0, EventKind.Sweep => e.B != 0, EventKind.Store => e.C != 0, _ => false },
        e.Kind == EventKind.Visit && e.A == 0);
}

/// <summary>Events of a sort.</summary>
internal readonly struct OfSort(EventSort sort) : IEventTest
{
    public bool Hits(EventBlock block, int index) => (EventKind)block.Kinds[index] == sort.Kind && EventSort.Of(block[index]) == sort;

    public bool MayHit(BlockSummary summary) => (summary.Kinds & 1UL << (int)sort.Kind) != 0;
}
