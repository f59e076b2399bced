using GcReplay.Debugging.Timelines;
using GcReplay.Heaps.Events;
using GcReplay.Heaps.Memory;
using GcReplay.Heaps.Views;
using GcReplay.Traces;

namespace GcReplay.Debugging.Provenance;

/// <summary>Finds when the header of an object decoded last, and the event that destroyed it.</summary>
/// <remarks>Looks at the writes to the header backwards. When the last one left it good, what its links name has changed since: then halves
/// the positions between.</remarks>
public sealed class HeaderHistory(BlockCache blocks, Func<long, Timeline> at)
{
    /// <summary>So many writes to a bad header are looked at.</summary>
    private const int WritesMax = 1000;

    /// <summary>The event that destroyed a header which is bad where a timeline stands; 0 when it was never good before, or too many
    /// writes ago.</summary>
    public long DestroyedBy(Timeline timeline, ObjectView o, long birth, Progress progress = default)
    {
        var words = Header.WordsOf(timeline.View, o).Select(a => a.Value).ToHashSet();
        var bad = timeline.Position;
        for (var i = 0; i < WritesMax && bad > birth; i++)
        {
            var test = new WritesOne(words);
            var write = Math.Max(birth, new EventScan(blocks).Backward(bad, birth + 1, ref test, progress));
            if (write < bad && IsGood(write, o.Number))
                return Flip(write, bad, o.Number);
            if (write == birth)
                return 0;
            if (IsGood(write - 1, o.Number))
                return write;
            bad = write - 1;
        }

        return 0;
    }

    private long Flip(long good, long bad, ulong number)
    {
        while (bad - good > 1)
        {
            var middle = good + (bad - good) / 2;
            if (IsGood(middle, number))
                good = middle;
            else
                bad = middle;
        }

        return bad;
    }

    private bool IsGood(long position, ulong number)
    {
        var view = at(position).View;
        return view.Object(number) is { State: not ObjectState.Unmapped } o && Header.FaultOf(view, o) is null;
    }

    private readonly struct WritesOne(HashSet<ulong> words) : IEventTest
    {
        public bool Hits(EventBlock block, int index)
        {
            for (var change = block.ChangeStart(index); change < block.ChangeEnds[index]; change++)
            {
                if (words.Contains(block.ChangeAddresses[change]))
                    return true;
            }

            return false;
        }

        public bool MayHit(BlockSummary summary)
        {
            // order: whether any is there does not depend on it.
            foreach (var word in words)
            {
                if (summary.Written.Contains(new Address(word)))
                    return true;
            }

            return false;
        }
    }
}
