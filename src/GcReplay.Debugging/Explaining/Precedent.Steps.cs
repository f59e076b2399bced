using GcReplay.Debugging.Provenance;
using GcReplay.Heaps.Events;
using GcReplay.Heaps.Layouts;

namespace GcReplay.Debugging.Explaining;

/// <summary>Steps: what was done with one object, and with others.</summary>
internal sealed partial class Precedent
{
    /// <summary>A step belongs to a place when so many of its peers have it, in percent.</summary>
    private const int ShareMin = 80;

    /// <summary>The step that is missing around an event which deals with an object, within its collection; null when nothing is, or there is nothing to
    /// compare with. Peers are those that were of its colour and mark before the collection.</summary>
    public Deviation? Around(long number, ObjectName o)
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
                return new Deviation(
                    at, $"{step.Kind} of the object is missing here, which event {there.Example} is for another one{(there.Count > 1 ? $", and {there.Count - 1} more are elsewhere" : "")}", there.Example);
        }

        return null;
    }

    /// <summary>The first step of the operation of an event, in front of it, which comes in front of none of its peers; null when there is none, or there
    /// are no peers. Scripts, and other operations within, are left out.</summary>
    public Deviation? OutOfTurn(long number)
    {
        var peers = witness.PeersOf(number, PeersMax).ToList();
        var usual = peers.SelectMany(StepsBefore).Select(n => EventSort.Of(witness.Event(n).Event)).ToHashSet();
        var odd = peers.Count == 0 ? 0 : StepsBefore(number).FirstOrDefault(n => !usual.Contains(EventSort.Of(witness.Event(n).Event)));
        return odd == 0 ? null : new Deviation(odd, $"comes in front of event {number}; elsewhere nothing like it comes in front of such an event", peers[0]);
    }

    private List<long> StepsBefore(long number)
    {
        var (begin, thread) = (witness.Around(number, EventKind.OperationBegin), witness.Event(number).Thread);
        var steps = new List<long>();
        for (var at = begin + 1; begin > 0 && at < number && at - begin < StretchMax; at++)
        {
            if (witness.Event(at).Thread == thread && witness.At(at).Shadow.InnermostSpan(thread) == begin)
                steps.Add(at);
        }

        return steps;
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
}
