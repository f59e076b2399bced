using GcReplay.Debugging.Stops;
using GcReplay.Debugging.Timelines;
using GcReplay.Heaps.Events;
using GcReplay.Heaps.Memory;
using GcReplay.Heaps.Views;

namespace GcReplay.Debugging.Provenance;

/// <summary>Which events put members on a list or take them off: found by following the list actions of a whole trace once,
/// without its words.</summary>
/// <remarks>Knows what events declare: a trace whose recorder declares no list actions has none. Memory: one bit for each event.</remarks>
public sealed class Memberships(BlockCache blocks)
{
    /// <summary>The index is never taken back here.</summary>
    private const int UndoMax = 1024;

    /// <summary>Events that change who is on the list with that head.</summary>
    public EventSet OfList(Address head, Progress progress = default) => Follow(new Watched(head, []), progress);

    /// <summary>Events after which an object is on another list, or on none any more.</summary>
    public EventSet OfObject(IReadOnlyList<Placement> places, Progress progress = default) => Follow(new Watched(default, [.. places]), progress);

    private EventSet Follow(Watched watched, Progress progress)
    {
        var follower = new Follower(watched, new MembershipIndex(UndoMax), new EventSet(blocks.Source.EventCount));
        new EventScan(blocks).Forward(1, blocks.Source.EventCount, ref follower, progress);
        return follower.Found;
    }

    /// <param name="Head">Null address when an object is watched.</param>
    private readonly record struct Watched(Address Head, Placement[] Places)
    {
        public Address ObjectAt(long number)
        {
            foreach (var place in Places)
            {
                if (number >= place.From && number <= place.To)
                    return place.Object;
            }

            return default;
        }
    }

    private readonly struct Follower(Watched watched, MembershipIndex index, EventSet found) : IEventTest
    {
        private static readonly ulong ListKinds = new[]
        {
            EventKind.Link, EventKind.Unlink, EventKind.Relink, EventKind.Splice, EventKind.ListInit, EventKind.Behead, EventKind.Allocate, EventKind.Move,
        }.Aggregate(0UL, (mask, kind) => mask | 1UL << (int)kind);

        public EventSet Found => found;

        /// <summary>Never a hit, but at a fault: it ends the run, and what it interrupted is not known from events.</summary>
        public bool Hits(EventBlock block, int i)
        {
            var kind = (EventKind)block.Kinds[i];
            if ((ListKinds >> (int)kind & 1) == 0)
                return kind.EndsRun();
            var e = block[i];
            var number = block.FirstEvent + i;
            var before = watched.Head.IsNull ? HeadAt(number - 1) : default;
            var isHit = !watched.Head.IsNull && Touches(e);
            index.Apply(e);
            if (isHit || watched.Head.IsNull && HeadAt(number) != before)
                found.Add(number);
            return false;
        }

        private Address HeadAt(long number) => watched.ObjectAt(number) is { IsNull: false } at ? index.HeadOf(at) : default;

        private bool Touches(in Event e) => e.Kind switch
        {
            EventKind.Link or EventKind.ListInit or EventKind.Behead => e.A == watched.Head.Value,
            EventKind.Relink => e.B == watched.Head.Value || IsMember(e.A),
            EventKind.Splice => e.A != e.B && (e.A == watched.Head.Value || e.B == watched.Head.Value),
            EventKind.Allocate => IsMember(e.A + (e.D >> 56) * 8),
            _ => IsMember(e.A),
        };

        private bool IsMember(ulong address) => index.HeadOf(new Address(address)) == watched.Head;
    }
}
