using System.Collections.Immutable;
using GcReplay.Heaps.Events;
using GcReplay.Heaps.Memory;

namespace GcReplay.Traces;

/// <summary>A recorded run that can be read: a trace file, or one that was kept in memory.</summary>
public interface ITraceSource
{
    TraceHeader Header { get; }

    /// <summary>Null when the recorder was killed before it could write the end.</summary>
    TraceOutcome? Outcome { get; }

    /// <summary>Every choice that was asked between two answers or more, in the order asked; empty without chaos.</summary>
    ImmutableArray<RecordedChoice> Choices { get; }

    /// <summary>Number of the last event that can be read.</summary>
    long EventCount { get; }

    /// <summary>What is wrong with the trace (interrupted, cut, a damaged block), in words with numbers; null when it is whole.</summary>
    string? Damage { get; }

    /// <summary>What to know beside <see cref="Damage"/>: the trace is of a newer version than this tool. Null for nothing.</summary>
    string? Warning => null;

    int BlockCount { get; }

    /// <summary>Number of the first event of a block.</summary>
    long FirstEvent(int block);

    /// <summary>The block that holds an event, 1 to <see cref="EventCount"/>. Logarithmic.</summary>
    int BlockOf(long number);

    /// <summary>Decodes a block. The caller must not change it.</summary>
    EventBlock ReadBlock(int block);

    /// <summary>What a block's events touch, without decoding them; null where the trace has no index, or not of this block. Good until the
    /// next call.</summary>
    BlockSummary? ReadSummary(int block) => null;

    /// <summary>Positions of the checkpoints, ascending; position k is after event k. Position 0 (all words zero) needs none.</summary>
    IReadOnlyList<long> Checkpoints { get; }

    /// <summary>Fills an empty address space with the state at a checkpoint. Call <see cref="Shadow.Rebuild"/> on its shadow afterwards.</summary>
    /// <param name="index">Index into <see cref="Checkpoints"/>.</param>
    void LoadCheckpoint(int index, AddressSpace into);
}
