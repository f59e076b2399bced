using GcReplay.Heaps.Events;

namespace GcReplay.Traces.Files;

/// <summary>Whether the events of a block stay inside the tables of their trace's header: threads, sites, operations, phases.</summary>
internal sealed class EventLimits(TraceHeader header)
{
    private readonly int threads = Math.Max(header.Threads.Length, 1);
    private readonly int sites = Math.Max(header.Layout.Sites.Length, 1);

    public void Check(EventBlock block)
    {
        for (var i = 0; i < block.Count; i++)
        {
            if (block.Threads[i] >= threads)
                throw Outside(block, i, "thread", block.Threads[i], threads);
            if (block.Sites[i] >= sites)
                throw Outside(block, i, "site", block.Sites[i], sites);
            switch ((EventKind)block.Kinds[i])
            {
                case EventKind.OperationBegin when block.A[i] >= (ulong)header.Operations.Length:
                    throw Outside(block, i, "operation", block.A[i], header.Operations.Length);
                case EventKind.PhaseBegin when block.A[i] >= (ulong)header.Layout.Phases.Length:
                    throw Outside(block, i, "phase", block.A[i], header.Layout.Phases.Length);
                default:
                    break;
            }
        }
    }

    private static MalformedFrameException Outside(EventBlock block, int index, string what, ulong number, int count) =>
        new($"names {what} {number} in event {block.FirstEvent + index}; the header has {count}");
}
