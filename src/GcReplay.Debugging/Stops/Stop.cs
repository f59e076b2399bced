using GcReplay.Debugging.Expressions;
using GcReplay.Heaps.Events;
using GcReplay.Traces;

namespace GcReplay.Debugging.Stops;

/// <summary>A breakpoint or watchpoint that was set.</summary>
/// <param name="id">From 1; never used again in a session.</param>
/// <param name="isTemporary">Deleted when it stopped a run.</param>
public sealed class Stop(int id, StopCondition condition, bool isTemporary)
{
    public int Id { get; } = id;

    public StopCondition Condition { get; } = condition;

    public bool IsTemporary { get; } = isTemporary;

    /// <summary>What must hold as well; null for nothing.</summary>
    public Expression? Guard { get; set; }

    /// <summary>How many of the next hits pass without stopping.</summary>
    public long Ignores { get; set; }

    /// <summary>How often runs came by while it and its condition held, stopped there or not.</summary>
    public long Hits { get; internal set; }

    /// <summary>One bit for each kind of event that can hit.</summary>
    internal ulong Kinds => Condition.Kinds & (Guard?.Kinds ?? ulong.MaxValue);

    /// <summary><c>breakpoint 2: object #12 if colour() == black</c>.</summary>
    public override string ToString() => $"{(IsTemporary ? "temporary " : "")}{Condition.Noun} {Id}: {What}";

    private string What => Guard is null ? Condition.What : Condition is AtAny ? $"if {Guard.Text}" : $"{Condition.What} if {Guard.Text}";

    /// <summary>Whether the event alone lets it hit.</summary>
    internal bool MayHit(EventBlock block, int index) =>
        Condition.Hits(block, index) && (Guard is null || Guard.MayHold(block, index));

    /// <summary>Whether it may hit an event of a block, as far as the block's index tells.</summary>
    internal bool MayHit(BlockSummary summary) => NeedsState ? Found.Count > 0 : LetsHit(summary);

    /// <summary>Whether some event of a block, as far as the block's index tells, lets it hit, whatever words say.</summary>
    internal bool LetsHit(BlockSummary summary) => (summary.Kinds & Kinds) != 0 && Condition.MayHit(summary);

    /// <summary>Whether words decide, and not the event alone.</summary>
    internal bool NeedsState => Condition.NeedsState || Guard is { NeedsState: true };

    /// <summary>Events of the present window of a run at which it hits, when words decide.</summary>
    internal HashSet<long> Found { get; } = [];

    /// <summary>Whether it hits; when words decide, within the present window of a run.</summary>
    internal bool IsHitBy(EventBlock block, int index) => NeedsState ? Found.Contains(block.FirstEvent + index) : MayHit(block, index);
}
