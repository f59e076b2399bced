using GcReplay.Debugging.Timelines;
using GcReplay.Heaps.Events;
using GcReplay.Heaps.Layouts;
using GcReplay.Heaps.Memory;
using GcReplay.Traces;

namespace GcReplay.Debugging.Explaining.Ends;

/// <summary>Why an object came off a container in a state in which no other does: it was put there so, or what happens to the others in
/// between did not happen to it.</summary>
internal sealed class StayPrecedent
{
    /// <summary>So many others are compared: the nearest before.</summary>
    private const int PeersMax = 16;

    /// <summary>So many events between an object's coming and going are looked at.</summary>
    private const int StayMax = 2000;

    private readonly Inquiry inquiry;
    private readonly Address address;
    private readonly Stay own;
    private readonly List<Stay> peers;

    private StayPrecedent(Inquiry inquiry, Address address, Stay own, List<Stay> peers)
    {
        this.inquiry = inquiry;
        this.address = address;
        this.own = own;
        this.peers = peers;
    }

    /// <summary>What made the object of an assertion odd, when it has just been taken off a container; null when it was not, or is like the others.</summary>
    /// <param name="taken">The event before the assertion.</param>
    public static Deviation? Of(Inquiry inquiry, Address address, long taken)
    {
        if (!Telling.IsKnown(inquiry, taken) || inquiry.Debugger.Timeline.EventAt(taken) is not { Kind: EventKind.Pop } pop || pop.Event.B != address.Value
            || StayOf(inquiry, taken) is not { } own)
            return null;
        var scan = new EventScan(inquiry.Debugger.Timeline.Blocks);
        var test = new Takes(pop.Event.A, pop.Event.Site);
        var peers = new List<Stay>();
        for (var at = taken; peers.Count < PeersMax && (at = scan.Backward(at - 1, inquiry.Debugger.Timeline.Start + 2, ref test, inquiry.Progress)) > 0;)
        {
            if (StayOf(inquiry, at) is { } peer)
                peers.Add(peer);
        }

        return new StayPrecedent(inquiry, address, own, peers).Find();
    }

    private Deviation? Find()
    {
        if (peers.Count == 0)
            return null;
        var odd = own.Left.Where(f => own.Came.TryGetValue(f.Key, out var before) && before == f.Value
            && peers.TrueForAll(p => p.Left.TryGetValue(f.Key, out var other) && other != f.Value)).ToList();
        var others = peers.Count == 1 ? "the other that came off it had" : $"{peers.Count} others that came off it had";
        // What happens to the others while they are there says more than how they came.
        foreach (var (flag, value) in odd.OrderBy(f => peers.Count(p => p.Came.TryGetValue(f.Key, out var came) && came != f.Value)))
        {
            var (state, usual) = value == 0 ? ("clear", "set") : ("set", "clear");
            if (peers.Find(p => p.Came.TryGetValue(flag, out var came) && came != value) is { } peer)
                return new Deviation(own.Push, $"leaves {flag} {state}; {others} it {usual}", peer.Push);
            if (Missing() is var (at, step))
                return new Deviation(at, $"{inquiry.Debugger.Timeline.EventAt(step).Kind} of the object is missing here; {others} {flag} {usual} through it", step);
        }

        return null;
    }

    /// <summary>Where the first step is missing that the nearest of the others had, and that step; null when none is.</summary>
    private (long At, long Step)? Missing()
    {
        var blocks = inquiry.Debugger.Timeline.Blocks;
        var mine = StepsOf(own, address);
        var sorts = mine.Select(n => EventSort.Of(blocks.EventAt(n).Event)).ToHashSet();
        foreach (var peer in peers)
        {
            var steps = StepsOf(peer, new Address(blocks.EventAt(peer.Pop).Event.B));
            var at = steps.FindIndex(n => !sorts.Contains(EventSort.Of(blocks.EventAt(n).Event)));
            if (at < 0)
                continue;
            var (step, after) = (steps[at], at == 0 ? peer.Push : steps[at - 1]);
            // What lies between the two steps of the other belongs to the first of them.
            var between = new HashSet<EventSort>();
            for (var n = after + 1; n < step; n++)
                between.Add(EventSort.Of(blocks.EventAt(n).Event));
            var sort = EventSort.Of(blocks.EventAt(after).Event);
            var place = at == 0 ? own.Push : mine.FindLast(n => EventSort.Of(blocks.EventAt(n).Event) == sort);
            while (place > 0 && place + 1 < own.Pop && between.Contains(EventSort.Of(blocks.EventAt(place + 1).Event)))
                place++;
            if (place > 0)
                return (place, step);
        }

        return null;
    }

    /// <summary>What was done with an object while it was on the container, in order.</summary>
    private List<long> StepsOf(Stay stay, Address of)
    {
        var steps = new List<long>();
        var scan = new EventScan(inquiry.Debugger.Timeline.Blocks);
        var test = new Deals(of.Value);
        for (var at = stay.Push; steps.Count < StayMax && (at = scan.Forward(at + 1, stay.Pop - 1, ref test, inquiry.Progress)) > 0;)
            steps.Add(at);
        return steps;
    }

    private static Stay? StayOf(Inquiry inquiry, long taken)
    {
        var timeline = inquiry.Debugger.Timeline;
        var pop = timeline.EventAt(taken).Event;
        var test = new Moves(pop.A, pop.B);
        var scan = new EventScan(timeline.Blocks);
        // What is put on a container twice comes off it twice: who was last to come is first to leave.
        var (push, inside) = (taken, 1);
        for (var i = 0; i < StayMax && inside > 0 && (push = scan.Backward(push - 1, timeline.Start + 1, ref test, inquiry.Progress)) > 0; i++)
            inside += timeline.EventAt(push).Kind == EventKind.Pop ? 1 : -1;
        return push == 0 || inside > 0 ? null : new Stay(push, taken, FlagsOf(inquiry, new Address(pop.B), push), FlagsOf(inquiry, new Address(pop.B), taken - 1));
    }

    private static SortedDictionary<string, ulong> FlagsOf(Inquiry inquiry, Address address, long position)
    {
        var flags = new SortedDictionary<string, ulong>(StringComparer.Ordinal);
        if (inquiry.At(position).View.ObjectAt(address) is { } o)
        {
            foreach (var field in o.Layout.Fields.Where(IsFlag))
                flags[field.Name] = o.Read(field).Value;
        }

        return flags;
    }

    private static bool IsFlag(Field field) => field.Meanings is [{ Role: FieldRole.Flag }];

    /// <summary>An object's time on a container.</summary>
    /// <param name="Came">Its flags when it was put there.</param>
    /// <param name="Left">Its flags before it was taken off.</param>
    private sealed record Stay(long Push, long Pop, SortedDictionary<string, ulong> Came, SortedDictionary<string, ulong> Left);

    private readonly struct Takes(ulong container, int site) : IEventTest
    {
        public bool Hits(EventBlock block, int index) => (EventKind)block.Kinds[index] == EventKind.Pop && block.A[index] == container && block.Sites[index] == site;

        public bool MayHit(BlockSummary summary) => (summary.Kinds & 1UL << (int)EventKind.Pop) != 0;
    }

    private readonly struct Moves(ulong container, ulong address) : IEventTest
    {
        public bool Hits(EventBlock block, int index) => (EventKind)block.Kinds[index] is EventKind.Push or EventKind.Pop && block.A[index] == container && block.B[index] == address;

        public bool MayHit(BlockSummary summary) => summary.Names(new Address(address));
    }

    private readonly struct Deals(ulong address) : IEventTest
    {
        public bool Hits(EventBlock block, int index) => (EventKind)block.Kinds[index] switch
        {
            EventKind.Push or EventKind.Pop or EventKind.Link => block.B[index] == address,
            EventKind.Mark or EventKind.Unmark or EventKind.Flag => block.A[index] == address,
            _ => false,
        };

        public bool MayHit(BlockSummary summary) => summary.Names(new Address(address));
    }
}
