using GcReplay.Heaps;
using GcReplay.Heaps.Events;
using GcReplay.Traces;

namespace GcReplay.Debugging.Timelines;

/// <summary>The blocks decoded last, so that moving to and fro decodes each only once. Memory is flat: a handful of blocks.</summary>
public sealed class BlockCache(ITraceSource source)
{
    private const int Capacity = 6;

    private readonly (int Index, EventBlock? Block)[] entries = new (int, EventBlock?)[Capacity];
    private EventBlock? last;
    private int oldest;

    public ITraceSource Source { get; } = source;

    /// <summary>The block that holds an event, 1 to <see cref="ITraceSource.EventCount"/>.</summary>
    public EventBlock Holding(long number)
    {
        if (last is { } hit && number >= hit.FirstEvent && number <= hit.LastEvent)
            return hit;
        Check.That(number >= 1 && number <= Source.EventCount, $"event {number} of {Source.EventCount} was asked for");
        return last = Read(Source.BlockOf(number));
    }

    /// <summary>The first and last event of the block around an event, when it need not be read for a test; null when it must.</summary>
    internal (long First, long Last)? Passes<T>(long number, ref T test)
        where T : struct, IEventTest
    {
        if (last is { } hit && number >= hit.FirstEvent && number <= hit.LastEvent)
            return null;
        var block = Source.BlockOf(number);
        if (Source.ReadSummary(block) is not { } summary || test.MayHit(summary))
            return null;
        return (Source.FirstEvent(block), block + 1 < Source.BlockCount ? Source.FirstEvent(block + 1) - 1 : Source.EventCount);
    }

    public RecordedEvent EventAt(long number)
    {
        var block = Holding(number);
        return new RecordedEvent(number, block, (int)(number - block.FirstEvent));
    }

    private EventBlock Read(int index)
    {
        foreach (var (known, cached) in entries)
        {
            if (cached is not null && known == index)
                return cached;
        }

        var block = Source.ReadBlock(index);
        entries[oldest] = (index, block);
        oldest = (oldest + 1) % Capacity;
        return block;
    }
}
