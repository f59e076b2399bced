using GcReplay.Heaps.Events;
using GcReplay.Traces;

namespace GcReplay.Debugging.Timelines;

/// <summary>Whether an event is what a scan looks for. A struct, so that the loop of the scan is compiled for it.</summary>
public interface IEventTest
{
    /// <summary>Asked for each event in the order of the scan.</summary>
    /// <param name="index">Of the event in the block.</param>
    bool Hits(EventBlock block, int index);

    /// <summary>Whether an event of a block may be it, as far as the block's index tells. Asked before the first event of a block that would
    /// have to be read; when not, none of its events is asked for.</summary>
    bool MayHit(BlockSummary summary) => true;
}

/// <summary>Looks through events without playing them, in both directions. Blocks in which the index says that nothing can be found are
/// passed over unread.</summary>
public sealed class EventScan(BlockCache blocks)
{
    /// <summary>The first event from <paramref name="first"/> up to <paramref name="last"/> that hits; 0 when none does.</summary>
    public long Forward<T>(long first, long last, ref T test, Progress progress = default)
        where T : struct, IEventTest
    {
        first = Math.Max(first, 1);
        last = Math.Min(last, blocks.Source.EventCount);
        while (first <= last)
        {
            progress.At(first);
            if (blocks.Passes(first, ref test) is var (_, passed))
            {
                first = passed + 1;
                continue;
            }

            var block = blocks.Holding(first);
            var end = (int)(Math.Min(block.LastEvent, last) - block.FirstEvent);
            for (var i = (int)(first - block.FirstEvent); i <= end; i++)
            {
                if (test.Hits(block, i))
                    return block.FirstEvent + i;
            }

            first = block.FirstEvent + end + 1;
        }

        return 0;
    }

    /// <summary>The first event from <paramref name="last"/> down to <paramref name="first"/> that hits; 0 when none does.</summary>
    public long Backward<T>(long last, long first, ref T test, Progress progress = default)
        where T : struct, IEventTest
    {
        first = Math.Max(first, 1);
        last = Math.Min(last, blocks.Source.EventCount);
        while (last >= first)
        {
            progress.At(last);
            if (blocks.Passes(last, ref test) is var (passed, _))
            {
                last = passed - 1;
                continue;
            }

            var block = blocks.Holding(last);
            var end = (int)(Math.Max(block.FirstEvent, first) - block.FirstEvent);
            for (var i = (int)(last - block.FirstEvent); i >= end; i--)
            {
                if (test.Hits(block, i))
                    return block.FirstEvent + i;
            }

            last = block.FirstEvent + end - 1;
        }

        return 0;
    }
}
