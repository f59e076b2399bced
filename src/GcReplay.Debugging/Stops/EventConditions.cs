using GcReplay.Debugging.Timelines;
using GcReplay.Heaps.Events;
using GcReplay.Traces;

namespace GcReplay.Debugging.Stops;

/// <summary>Events of one kind.</summary>
public sealed record AtKind(EventKind Kind) : StopCondition($"event {Kind}")
{
    public override ulong Kinds => Mask(Kind);

    public override bool Hits(EventBlock block, int index) => block.Kinds[index] == (byte)Kind;
}

/// <summary>The run is over or damaged after the event.</summary>
public sealed record AtFailure() : StopCondition("crash, assertion, hang or hazard")
{
    public override ulong Kinds => Mask(EventKind.Hazard, EventKind.Crash, EventKind.Assertion, EventKind.Hang);

    public override bool Hits(EventBlock block, int index) => (Kinds >> block.Kinds[index] & 1) != 0;
}

/// <summary>One event: a finding of the sanitizers.</summary>
public sealed record AtEvent(long Number, string What) : StopCondition(What)
{
    public override bool Hits(EventBlock block, int index) => block.FirstEvent + index == Number;

    public override bool MayHit(BlockSummary summary) => Number >= summary.FirstEvent && Number <= summary.LastEvent;
}

/// <summary>A collection enters or leaves a phase.</summary>
/// <param name="Begin">Whether to stop where it begins.</param>
/// <param name="End">Whether to stop where it ends.</param>
public sealed record AtPhase(int Phase, string Name, bool Begin, bool End, BlockCache Blocks)
    : StopCondition($"phase {Name}{(Begin ? End ? ", begin and end" : "" : ", end")}")
{
    public override ulong Kinds => (Begin ? Mask(EventKind.PhaseBegin) : 0) | (End ? Mask(EventKind.PhaseEnd) : 0);

    public override bool Hits(EventBlock block, int index) => (EventKind)block.Kinds[index] switch
    {
        EventKind.PhaseBegin => Begin && block.A[index] == (ulong)Phase,
        EventKind.PhaseEnd => End && BegunBy(block, index),
        _ => false,
    };

    private bool BegunBy(EventBlock block, int index)
    {
        var begin = block.A[index];
        if (begin == 0 || begin >= (ulong)(block.FirstEvent + index))
            return false;
        var e = (long)begin >= block.FirstEvent ? block[(int)((long)begin - block.FirstEvent)] : Blocks.EventAt((long)begin).Event;
        return e.Kind == EventKind.PhaseBegin && e.A == (ulong)Phase;
    }
}

/// <summary>One of some operations of the program begins.</summary>
/// <param name="Operations">Indexes into the trace's operations.</param>
/// <param name="Thread">The thread that must run it; -1 for any.</param>
public sealed record AtOperation(string What, IReadOnlyList<int> Operations, int Thread = -1) : StopCondition(What)
{
    private readonly HashSet<ulong> operations = [.. Operations.Select(o => (ulong)o)];

    public override ulong Kinds => Mask(EventKind.OperationBegin);

    public override bool Hits(EventBlock block, int index) =>
        block.Kinds[index] == (byte)EventKind.OperationBegin && operations.Contains(block.A[index]) && (Thread < 0 || block.Threads[index] == Thread);
}

/// <summary>A place in the collector's or the allocator's code where it decides.</summary>
/// <param name="Sites">Indexes into the layout's sites: those of that name.</param>
public sealed record AtSite(string Name, IReadOnlyList<int> Sites) : StopCondition($"site {Name}")
{
    public override bool Hits(EventBlock block, int index) => block.Sites[index] != 0 && Sites.Contains(block.Sites[index]);
}

/// <summary>Every event: where only an expression decides.</summary>
public sealed record AtAny() : StopCondition("every event")
{
    public override bool Hits(EventBlock block, int index) => true;
}
