using GcReplay.Heaps.Events;
using GcReplay.Traces;

namespace GcReplay.Debugging.Timelines;

/// <summary>Events of some kinds.</summary>
internal readonly struct OfKinds(ulong mask) : IEventTest
{
    public OfKinds(params ReadOnlySpan<EventKind> kinds)
        : this(MaskOf(kinds))
    {
    }

    /// <summary>A bit for each kind, as <see cref="BlockSummary.Kinds"/> has them.</summary>
    public static ulong MaskOf(params ReadOnlySpan<EventKind> kinds)
    {
        var mask = 0UL;
        foreach (var kind in kinds)
            mask |= 1UL << (int)kind;
        return mask;
    }

    public bool Hits(EventBlock block, int index) => (mask >> block.Kinds[index] & 1) != 0;

    public bool MayHit(BlockSummary summary) => (summary.Kinds & mask) != 0;
}
