using GcReplay.Heaps.Events;
using GcReplay.Traces;

namespace GcReplay.Debugging.Stops;

/// <summary>When to stop. Answered from an event and its changes alone as far as these tell, so that a run need not play what it passes.</summary>
/// <param name="What">As lists show it: <c>object #12</c>.</param>
public abstract record StopCondition(string What)
{
    /// <summary>One bit for each kind of event that can hit.</summary>
    public virtual ulong Kinds => ulong.MaxValue;

    /// <summary><c>breakpoint</c> or <c>watchpoint</c>.</summary>
    public virtual string Noun => "breakpoint";

    /// <summary>Whether an event may hit, as far as it tells alone.</summary>
    public abstract bool Hits(EventBlock block, int index);

    /// <summary>Whether an event of a block may hit, as far as the block's index tells.</summary>
    public virtual bool MayHit(BlockSummary summary) => (summary.Kinds & Kinds) != 0;

    /// <summary>Whether an event that may hit does only when words say so, too: then <see cref="StateRun"/> asks.</summary>
    public virtual bool NeedsState => false;

    protected static ulong Mask(params ReadOnlySpan<EventKind> kinds)
    {
        var mask = 0UL;
        foreach (var kind in kinds)
            mask |= 1UL << (int)kind;
        return mask;
    }
}
