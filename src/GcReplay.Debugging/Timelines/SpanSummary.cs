using GcReplay.Heaps.Events;

namespace GcReplay.Debugging.Timelines;

/// <summary>What a span of a thread holds.</summary>
/// <param name="End">Event that closes it; 0 when none does.</param>
/// <param name="Events">Of its thread, between the one that opens and the one that closes it.</param>
/// <param name="KindCounts">How many of them, by number of kind.</param>
public sealed record SpanSummary(long End, long Events, IReadOnlyList<int> KindCounts)
{
    public int Count(EventKind kind) => KindCounts[(int)kind];
}

/// <summary>Summaries of spans, each looked for once. Cost of one: a scan of its events.</summary>
public sealed class SpanSummaries(BlockCache blocks)
{
    private const int KindsMax = 64;
    private const int KeptMax = 20_000;

    private readonly Dictionary<long, SpanSummary> known = [];

    /// <param name="begin">Number of the event that opens the span.</param>
    public SpanSummary Of(long begin, int thread, Progress progress = default)
    {
        if (known.TryGetValue(begin, out var found))
            return found;
        if (known.Count >= KeptMax)
            known.Clear();
        var test = new CountsUpToEnd(thread, begin, new int[KindsMax]);
        var end = new EventScan(blocks).Forward(begin + 1, blocks.Source.EventCount, ref test, progress);
        return known[begin] = new SpanSummary(end, test.Events, test.Counts);
    }

    private struct CountsUpToEnd(int thread, long begin, int[] counts) : IEventTest
    {
        public readonly int[] Counts => counts;

        public long Events { get; private set; }

        public bool Hits(EventBlock block, int index)
        {
            if (block.Threads[index] != thread)
                return false;
            var kind = block.Kinds[index];
            if (block.A[index] == (ulong)begin && ((EventKind)kind).EndsSpan())
                return true;
            Events++;
            if (kind < counts.Length)
                counts[kind]++;
            return false;
        }
    }
}
