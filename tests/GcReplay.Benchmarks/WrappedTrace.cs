using System.Collections.Immutable;
using GcReplay.Heaps.Events;
using GcReplay.Heaps.Memory;
using GcReplay.Traces;

namespace GcReplay.Benchmarks;

/// <summary>Another trace as it is, for those that are otherwise in one point.</summary>
internal abstract class WrappedTrace(ITraceSource trace) : ITraceSource
{
    public virtual TraceHeader Header => trace.Header;

    public TraceOutcome? Outcome => trace.Outcome;

    public ImmutableArray<RecordedChoice> Choices => trace.Choices;

    public long EventCount => trace.EventCount;

    public string? Damage => trace.Damage;

    public int BlockCount => trace.BlockCount;

    public virtual IReadOnlyList<long> Checkpoints => trace.Checkpoints;

    public long FirstEvent(int block) => trace.FirstEvent(block);

    public int BlockOf(long number) => trace.BlockOf(number);

    public virtual EventBlock ReadBlock(int block) => trace.ReadBlock(block);

    public virtual BlockSummary? ReadSummary(int block) => trace.ReadSummary(block);

    public virtual void LoadCheckpoint(int index, AddressSpace into) => trace.LoadCheckpoint(index, into);
}
