using GcReplay.Debugging.Expressions;
using GcReplay.Heaps.Events;
using GcReplay.Traces;

namespace GcReplay.Debugging.Stops;

/// <summary>An expression comes to something else after the event than before it.</summary>
/// <param name="Expression">Asked at both positions.</param>
/// <param name="MayChange">Events that can change it; null for those that write a word, or all.</param>
public sealed record OnValue(string What, Expression Expression, StopCondition? MayChange) : StopCondition(What)
{
    public override string Noun => "watchpoint";

    public override bool NeedsState => true;

    public override ulong Kinds => MayChange?.Kinds ?? ulong.MaxValue;

    public override bool Hits(EventBlock block, int index) =>
        MayChange?.Hits(block, index) ?? (Expression.ReadsEvent || block.ChangeEnds[index] > block.ChangeStart(index) || !Keeps((EventKind)block.Kinds[index]));

    public override bool MayHit(BlockSummary summary) => MayChange?.MayHit(summary) ?? true;

    /// <summary>Whether the shadow is the same after such an event.</summary>
    private static bool Keeps(EventKind kind) =>
        kind is not (EventKind.Map or EventKind.Unmap or EventKind.Allocate or EventKind.Free or EventKind.Move or EventKind.ThreadSwitch);
}

/// <summary>Events that can change an object's colour: what the collector does to it, to whole lists or in phases, and what anybody
/// writes into the words that colours are told by.</summary>
/// <param name="Object">Events about the object.</param>
/// <param name="Words">Where the words that the layout's colours ask for lie, at every time.</param>
public sealed record MayRecolour(OnObject Object, OnWords Words) : StopCondition("")
{
    private static readonly ulong Common = Mask(
        EventKind.CollectionBegin, EventKind.CollectionEnd, EventKind.PhaseBegin, EventKind.PhaseEnd, EventKind.Splice, EventKind.ListInit,
        EventKind.Behead, EventKind.Flag, EventKind.Counters, EventKind.InterpreterBegin, EventKind.InterpreterEnd, EventKind.Setup);

    private static readonly ulong OfObject = Mask(
        EventKind.Allocate, EventKind.Free, EventKind.Mark, EventKind.Unmark, EventKind.Scan, EventKind.SetCollectorCount, EventKind.Link,
        EventKind.Unlink, EventKind.Relink, EventKind.Push, EventKind.Pop, EventKind.Sweep, EventKind.Move, EventKind.Card, EventKind.Dealloc,
        EventKind.Clear, EventKind.Resurrect);

    public override bool Hits(EventBlock block, int index) =>
        (Common >> block.Kinds[index] & 1) != 0
        || (OfObject >> block.Kinds[index] & 1) != 0 && Object.Names(block, index)
        || Words.Hits(block, index);

    public override bool MayHit(BlockSummary summary) =>
        (summary.Kinds & Common) != 0 || (summary.Kinds & OfObject) != 0 && Object.MayHit(summary) || Words.MayHit(summary);
}

/// <summary>Events that change who is on a list, known beforehand.</summary>
/// <param name="Shown">What the arrival shows before and after; null for nothing.</param>
public sealed record OnMembership(string What, EventSet Events, Expression? Shown = null) : StopCondition(What)
{
    public override string Noun => "watchpoint";

    public override bool Hits(EventBlock block, int index) => Events.Contains(block.FirstEvent + index);

    public override bool MayHit(BlockSummary summary) => Events.ContainsAny(summary.FirstEvent, summary.LastEvent);
}
