using System.Collections.Immutable;
using GcReplay.Heaps.Events;
using GcReplay.Heaps.Memory;
using GcReplay.Traces;

namespace GcReplay.Benchmarks;

/// <summary>A trace whose collector gave no reasons: its sites keep their names alone.</summary>
internal sealed class WithoutReasons(ITraceSource trace) : ITraceSource
{
    public TraceHeader Header { get; } = trace.Header with
    {
        Layout = trace.Header.Layout with { Sites = [.. trace.Header.Layout.Sites.Select(site => site with { Reason = "" })] },
    };

    public TraceOutcome? Outcome => trace.Outcome;

    public ImmutableArray<RecordedChoice> Choices => trace.Choices;

    public long EventCount => trace.EventCount;

    public string? Damage => trace.Damage;

    public int BlockCount => trace.BlockCount;

    public IReadOnlyList<long> Checkpoints => trace.Checkpoints;

    public long FirstEvent(int block) => trace.FirstEvent(block);

    public int BlockOf(long number) => trace.BlockOf(number);

    public EventBlock ReadBlock(int block) => trace.ReadBlock(block);

    public BlockSummary? ReadSummary(int block) => trace.ReadSummary(block);

    public void LoadCheckpoint(int index, AddressSpace into) => trace.LoadCheckpoint(index, into);
}
