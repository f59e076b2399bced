using System.Collections.Immutable;
using GcReplay.Heaps;
using GcReplay.Heaps.Events;
using GcReplay.Heaps.Memory;

namespace GcReplay.Traces.Files;

/// <summary>A trace that is kept in memory and never becomes a file: for tests, and for runs whose trace nobody asked for.</summary>
/// <param name="checkpointEveryBlocks">Blocks between two checkpoints.</param>
public sealed class MemoryTrace(TraceHeader header, int checkpointEveryBlocks = 1) : IBlockSink, ITraceSource
{
    private readonly List<EventBlock> blocks = [];
    private readonly List<(ulong Number, ulong[] Words)[]> checkpoints = [];
    private readonly List<long> positions = [];
    private readonly BlockIndex index = new();
    private readonly ContentHash hash = new();

    public TraceHeader Header { get; } = header;

    public TraceOutcome? Outcome { get; private set; }

    public ImmutableArray<RecordedChoice> Choices { get; private set; } = [];

    public long EventCount => index.EventCount;

    public string? Damage => Outcome switch
    {
        null => $"the run is not finished: {Readable.Events(EventCount)}",
        { Status: RunStatus.Cancelled } => Readable.Cancelled(EventCount),
        _ => null,
    };

    public int BlockCount => blocks.Count;

    public IReadOnlyList<long> Checkpoints => positions;

    public EventBlock Take(EventBlock block, AddressSpace state)
    {
        Check.That(Outcome is null && block.FirstEvent == EventCount + 1, $"block of event {block.FirstEvent} after event {EventCount}");
        if (block.Count == 0)
            return block;
        blocks.Add(block);
        index.Add(block.Count);
        hash.Add(block);
        if (blocks.Count % checkpointEveryBlocks == 0)
        {
            positions.Add(EventCount);
            checkpoints.Add([.. state.SavedPages().Select(page => (page.Number, page.Words.ToArray()))]);
        }

        return new EventBlock(block.Capacity) { FirstEvent = EventCount + 1 };
    }

    /// <summary>Closes the trace.</summary>
    /// <returns>The outcome with the content hash in it.</returns>
    public TraceOutcome Finish(TraceOutcome outcome, IReadOnlyList<RecordedChoice> choices)
    {
        Check.That(outcome.Events == EventCount, $"outcome of {outcome.Events} events, {EventCount} were taken");
        Choices = [.. choices];
        Outcome = outcome with { ContentHash = hash.Value };
        return Outcome;
    }

    public long FirstEvent(int block) => index.First(block);

    public int BlockOf(long number) => index.BlockOf(number);

    public EventBlock ReadBlock(int block) => blocks[block];

    public void LoadCheckpoint(int index, AddressSpace into)
    {
        Check.That(into.PageCount == 0, $"a checkpoint is loaded into a state that has {into.PageCount} pages");
        foreach (var (number, words) in checkpoints[index])
            into.LoadPage(number, words);

        into.RefreshMapped();
    }
}

/// <summary>How damage is told: the same words for traces in files and in memory.</summary>
internal static class Readable
{
    public static string Events(long count) => count switch
    {
        0 => "no event is readable",
        1 => "event 1 is readable",
        _ => $"events 1-{count} are readable",
    };

    public static string Cancelled(long count) => $"the recording was interrupted after event {count}: {Events(count)}";
}
