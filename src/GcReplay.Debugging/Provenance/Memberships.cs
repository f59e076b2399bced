using GcReplay.Debugging.Stops;
using GcReplay.Debugging.Timelines;
using GcReplay.Heaps.Events;
using GcReplay.Heaps.Memory;
using GcReplay.Heaps.Views;
using GcReplay.Traces;

namespace GcReplay.Debugging.Provenance;

/// <summary>Which events put members on a list or take them off: found by following list actions without their words. One object is
/// followed through the blocks that name it or its list; a list's members come from anywhere, which takes all blocks in which a list
/// changes or an object is born.</summary>
/// <remarks>Knows what events declare: a trace whose recorder declares no list actions has none. Memory: one bit for each event.</remarks>
public sealed class Memberships(BlockCache blocks)
{
    /// <summary>The index is never taken back here.</summary>
    private const int UndoMax = 1024;

    private static readonly ulong ListKinds = new[]
    {
        EventKind.Link, EventKind.Unlink, EventKind.Relink, EventKind.Splice, EventKind.ListInit, EventKind.Behead, EventKind.Allocate, EventKind.Move,
    }.Aggregate(0UL, (mask, kind) => mask | 1UL << (int)kind);

    /// <summary>A block without any of these changes no list.</summary>
    private static readonly ulong FollowedKinds = Enum.GetValues<EventKind>().Where(kind => kind.EndsRun()).Aggregate(ListKinds, (mask, kind) => mask | 1UL << (int)kind);

    /// <summary>Events that change who is on the list with that head.</summary>
    public EventSet OfList(Address head, Progress progress = default)
    {
        var follower = new ListFollower(head, AtStart() ?? new MembershipIndex(UndoMax), new EventSet(blocks.Source.EventCount));
        new EventScan(blocks).Forward(blocks.Source.Header.FirstPosition + 1, blocks.Source.EventCount, ref follower, progress);
        return follower.Found;
    }

    /// <summary>Events after which an object is on another list, or on none any more.</summary>
    public EventSet OfObject(IReadOnlyList<Placement> places, Progress progress = default)
    {
        var follower = new ObjectFollower { Places = [.. places], Found = new EventSet(blocks.Source.EventCount) };
        if (places.Count == 0)
            return follower.Found;
        var start = blocks.Source.Header.FirstPosition;
        if (places.LastOrDefault(place => place.From <= start) is { Object.IsNull: false } place && place.To >= start)
            follower.Begin(AtStart()?.HeadOf(place.Object) ?? default);
        new EventScan(blocks).Forward(Math.Max(places[0].From, start + 1), blocks.Source.EventCount, ref follower, progress);
        return follower.Found;
    }

    /// <summary>Who is on which list where a window begins: what led there is not in it. Null for a whole trace.</summary>
    private MembershipIndex? AtStart() => blocks.Source.Header.FirstPosition == 0 ? null : MembershipIndex.Build(new Timeline(blocks.Source).View);

    private static bool IsListAction(byte kind) => (ListKinds >> kind & 1) != 0;

    /// <summary>Follows one object from its birth, when it is on no list.</summary>
    private struct ObjectFollower : IEventTest
    {
        public Placement[] Places;
        public EventSet Found;
        private ulong head;

        /// <summary>Says on which list the object is when the scan begins after its birth.</summary>
        public void Begin(Address list) => head = list.Value;

        /// <summary>Never a hit, but at a fault: it ends the run, and what it interrupted is not known from events.</summary>
        public bool Hits(EventBlock block, int i)
        {
            if (!IsListAction(block.Kinds[i]))
                return ((EventKind)block.Kinds[i]).EndsRun();
            var number = block.FirstEvent + i;
            var before = AddressAt(number - 1);
            var after = AddressAt(number);
            var headBefore = before == 0 ? 0 : head;
            head = after == 0 ? 0 : HeadAfter(block[i], before == 0 ? after : before, headBefore);
            if (head != headBefore)
                Found.Add(number);
            return false;
        }

        public readonly bool MayHit(BlockSummary summary)
        {
            if (head != 0 && summary.Names(new Address(head)))
                return true;
            foreach (var place in Places)
            {
                if (summary.FirstEvent <= place.To + (place.To < long.MaxValue ? 1 : 0) && summary.LastEvent >= place.From
                    && (summary.Names(place.Object) || summary.Written.Contains(Windows.CellWord(place.Cell))))
                {
                    return true;
                }
            }

            return false;
        }

        private static ulong HeadAfter(in Event e, ulong at, ulong head) => e.Kind switch
        {
            EventKind.Link => e.B == at ? e.A : head,
            EventKind.Relink => e.A == at ? e.B : head,
            EventKind.Unlink => e.A == at ? 0 : head,
            EventKind.Allocate => e.A + (e.D >> 56) * 8 == at ? 0 : head,
            EventKind.Splice => e.A == head ? e.B : head,
            EventKind.ListInit or EventKind.Behead => e.A == head ? 0 : head,
            _ => head,
        };

        private readonly ulong AddressAt(long number)
        {
            foreach (var place in Places)
            {
                if (number >= place.From && number <= place.To)
                    return place.Object.Value;
            }

            return 0;
        }
    }

    /// <summary>Follows all objects, to know which list one leaves.</summary>
    private readonly struct ListFollower(Address head, MembershipIndex index, EventSet found) : IEventTest
    {
        public EventSet Found => found;

        /// <summary>Never a hit, but at a fault: it ends the run, and what it interrupted is not known from events.</summary>
        public bool Hits(EventBlock block, int i)
        {
            if (!IsListAction(block.Kinds[i]))
                return ((EventKind)block.Kinds[i]).EndsRun();
            var e = block[i];
            var isHit = Touches(e);
            index.Apply(e);
            if (isHit)
                found.Add(block.FirstEvent + i);
            return false;
        }

        public bool MayHit(BlockSummary summary) => (summary.Kinds & FollowedKinds) != 0;

        private bool Touches(in Event e) => e.Kind switch
        {
            EventKind.Link or EventKind.ListInit or EventKind.Behead => e.A == head.Value,
            EventKind.Relink => e.B == head.Value || IsMember(e.A),
            EventKind.Splice => e.A != e.B && (e.A == head.Value || e.B == head.Value),
            EventKind.Allocate => IsMember(e.A + (e.D >> 56) * 8),
            _ => IsMember(e.A),
        };

        private bool IsMember(ulong address) => index.HeadOf(new Address(address)) == head;
    }
}
