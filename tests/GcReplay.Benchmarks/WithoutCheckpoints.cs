using System.Collections.Immutable;
using GcReplay.Heaps.Events;
using GcReplay.Heaps.Memory;
using GcReplay.Traces;

namespace GcReplay.Benchmarks;

/// <summary>A trace whose every event must be played: jumping to a checkpoint would measure something else.</summary>
internal sealed class WithoutCheckpoints(ITraceSource trace) : ITraceSource
{
    public TraceHeader Header => trace.Header;

    public TraceOutcome? Outcome => trace.Outcome;

    public ImmutableArray<RecordedChoice> Choices => trace.Choices;

    public long EventCount => trace.EventCount;

    public string? Damage => trace.Damage;

    public int BlockCount => trace.BlockCount;

    public IReadOnlyList<long> Checkpoints => [];

    public long FirstEvent(int block) => trace.FirstEvent(block);

    public int BlockOf(long number) => trace.BlockOf(number);

    public EventBlock ReadBlock(int block) => trace.ReadBlock(block);

    public void LoadCheckpoint(int index, AddressSpace into) => throw new InvalidOperationException("there is none");
}
