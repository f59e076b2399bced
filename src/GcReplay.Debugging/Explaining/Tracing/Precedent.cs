using GcReplay.Debugging.Provenance;
using GcReplay.Debugging.Timelines;
using GcReplay.Heaps.Events;
using GcReplay.Heaps.Layouts;
using GcReplay.Heaps.Memory;
using GcReplay.Traces;

namespace GcReplay.Debugging.Explaining.Tracing;

/// <summary>What tells events of one sort: what happens at the same place of the collector's code.</summary>
/// <param name="Container">The container that it is about; 0 for none.</param>
/// <param name="Acts">Of a visit, a barrier and a sweep, what was decided.</param>
/// <param name="IsRoot">A visit of a root.</param>
internal readonly record struct EventSort(EventKind Kind, int Site, ulong Container, bool Acts, bool IsRoot)
{
    public static EventSort Of(in Event e) => new(
        e.Kind, e.Site,
        e.Kind switch { EventKind.Push or EventKind.Pop or EventKind.Link => e.A, EventKind.PhaseBegin => e.A, _ => 0 },
        e.Kind switch { EventKind.Visit or EventKind.Barrier => e.D != 0, EventKind.Sweep => e.B != 0, _ => false },
        e.Kind == EventKind.Visit && e.A == 0);
}

/// <summary>Events of a sort.</summary>
internal readonly struct OfSort(EventSort sort) : IEventTest
{
    public bool Hits(EventBlock block, int index) => (EventKind)block.Kinds[index] == sort.Kind && EventSort.Of(block[index]) == sort;

    public bool MayHit(BlockSummary summary) => (summary.Kinds & 1UL << (int)sort.Kind) != 0;
}

/// <summary>A step that the collector took each other time and left out once.</summary>
/// <param name="Step">What was left out.</param>
/// <param name="At">The event behind which it is missing.</param>
/// <param name="Peers">So many other objects had it.</param>
/// <param name="Example">The step as it was taken for one of them.</param>
internal readonly record struct MissingStep(EventSort Step, long At, int Peers, long Example);

/// <summary>Compares what was done with one object with what was done with others at the same place of the collector's code. An omission has no event
/// of its own; its peers show where it would be.</summary>
internal sealed class Precedent(Witness witness)
{
    /// <summary>So many peers are compared with one event: the nearest.</summary>
    private const int PeersMax = 40;

    /// <summary>A step belongs to a place when so many of its peers have it, in percent.</summary>
    private const int ShareMin = 80;

    /// <summary>The step that is missing around an event which deals with an object, within its collection; null when nothing is, or there is nothing to
    /// compare with. Peers are those that were of its colour and mark before the collection.</summary>
    public MissingStep? Around(long number, ObjectName o)
    {
        var own = StepsOf(o, number);
        var state = StateOf(o, number);
        var (peers, seen) = (0, new Dictionary<EventSort, Seen>());
        foreach (var peer in witness.PeersOf(number, PeersMax))
        {
            if (ObjectOf(peer) is not { } other || StateOf(other, peer) != state)
                continue;
            peers++;
            Note(StepsOf(other, peer), peer, seen);
        }

        var common = seen.Where(s => s.Value.Count * 100 >= peers * ShareMin && own.All(step => step.Sort != s.Key));
        foreach (var (step, there) in common.OrderBy(s => Rank(s.Key.Kind)).ThenBy(s => s.Value.Distance).ThenBy(s => s.Value.Example))
        {
            // Only what follows from something that was done with this object as well.
            var from = there.IsFirst ? witness.SpanBegin(number) : own.Where(s => there.After.Contains(s.Sort)).Select(s => s.Number).DefaultIfEmpty(0).Max();
            if (from > 0 && Place(step, from, witness.SpanEnd(number)) is var at and > 0)
                return new MissingStep(step, at, there.Count, there.Example);
        }

        return null;
    }

    private static void Note(List<(EventSort Sort, long Number)> steps, long peer, Dictionary<EventSort, Seen> seen)
    {
        var counted = new HashSet<EventSort>();
        for (var i = 0; i < steps.Count; i++)
        {
            if (!seen.TryGetValue(steps[i].Sort, out var step))
                seen.Add(steps[i].Sort, step = new Seen { Example = steps[i].Number, Distance = Math.Abs(steps[i].Number - peer) });
            if (counted.Add(steps[i].Sort))
                step.Count++;
            if (i == 0)
                step.IsFirst = true;
            else
                step.After.Add(steps[i - 1].Sort);
        }
    }

    /// <summary>How a step was taken with peers.</summary>
    private sealed class Seen
    {
        public int Count;
        public long Example;
        public long Distance;

        /// <summary>Whether it was the first that a collection did with an object.</summary>
        public bool IsFirst;

        /// <summary>What was done with the object just before.</summary>
        public HashSet<EventSort> After { get; } = [];
    }

    private (int? Phase, Colour Colour, bool IsMarked) StateOf(ObjectName o, long number)
    {
        var before = witness.SpanBegin(number) - 1;
        var view = witness.ViewAt(before);
        return view.Object(o.Number, o.IsRuntime) is { } there
            ? (witness.PhaseAt(before), there.Colour, Witness.MarksOf(view, there).Any(m => there.Read(m).Value != 0))
            : (witness.PhaseAt(before), Colour.None, false);
    }

    /// <summary>Steps that keep an object first.</summary>
    private static int Rank(EventKind kind) => kind switch { EventKind.Push => 0, EventKind.Mark or EventKind.Flag => 1, _ => 2 };

    /// <summary>Where a step would be in a stretch: the first place between two events as it stands between elsewhere. 0 when there is none.</summary>
    public long Place(EventSort step, long from, long end)
    {
        var (before, after) = (new HashSet<EventSort>(), new HashSet<EventSort>());
        foreach (var peer in witness.Nearest(from, new OfSort(step), PeersMax))
        {
            if (peer > 1)
                before.Add(EventSort.Of(witness.Event(peer - 1).Event));
            if (peer < witness.EventCount)
                after.Add(EventSort.Of(witness.Event(peer + 1).Event));
        }

        for (var at = from; at < end; at++)
        {
            if (before.Contains(EventSort.Of(witness.Event(at).Event)) && after.Contains(EventSort.Of(witness.Event(at + 1).Event)))
                return at;
        }

        return 0;
    }

    /// <summary>What was done with an object in the collection of an event, in order.</summary>
    private List<(EventSort Sort, long Number)> StepsOf(ObjectName o, long number) =>
        [.. witness.Dealings.With(o, witness.SpanBegin(number), witness.SpanEnd(number)).Select(d => (EventSort.Of(d.Event), d.Number))];

    /// <summary>The object that an event deals with.</summary>
    private ObjectName? ObjectOf(long number)
    {
        var e = witness.Event(number).Event;
        var address = e.Kind switch
        {
            EventKind.Push or EventKind.Pop or EventKind.Link or EventKind.Move => e.B,
            EventKind.Visit => e.C,
            _ => e.A,
        };
        return witness.ViewAt(number).Shadow.OccupantAt(new Address(address)) is { } entry ? new ObjectName(entry.Number, entry.IsRuntime) : null;
    }
}
