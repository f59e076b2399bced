using GcReplay.Debugging.Provenance;
using GcReplay.Heaps.Events;
using GcReplay.Heaps.Memory;

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

/// <summary>A step that the collector took each other time and left out once.</summary>
/// <param name="Step">What was left out.</param>
/// <param name="At">The event behind which it is missing.</param>
/// <param name="Peers">So many other objects had it.</param>
/// <param name="Example">The step as it was taken for one of them.</param>
internal readonly record struct MissingStep(EventSort Step, long At, int Peers, long Example);

/// <summary>Compares what was done with one object with what was done with others at the same place of the collector's code. An omission has no event
/// of its own; its peers show where it would be.</summary>
internal sealed class Precedent(Scene scene)
{
    /// <summary>So many peers are compared with one event: the nearest.</summary>
    private const int PeersMax = 40;

    /// <summary>A step belongs to a place when so many of its peers have it, in percent.</summary>
    private const int ShareMin = 80;

    /// <summary>The step that is missing around an event which deals with an object, within its collection; null when nothing is, or there is nothing to
    /// compare with.</summary>
    public MissingStep? Around(long number, ObjectName o)
    {
        var sort = EventSort.Of(scene.Event(number).Event);
        var phase = scene.PhaseAt(number);
        var own = StepsOf(o, number);
        var all = new List<Dictionary<EventSort, long>>();
        foreach (var peer in PeersOf(number, sort).Where(peer => scene.PhaseAt(peer) == phase))
        {
            if (ObjectOf(peer) is { } other)
                all.Add(StepsOf(other, peer));
        }

        if (all.Count == 0)
            return null;
        var common = all.SelectMany(steps => steps).GroupBy(step => step.Key).Where(g => g.Count() * 100 >= all.Count * ShareMin && !own.ContainsKey(g.Key));
        foreach (var missing in common.OrderBy(g => Rank(g.Key.Kind)).ThenBy(g => g.First().Value))
        {
            if (Place(missing.Key, number) is var at and > 0)
                return new MissingStep(missing.Key, at, missing.Count(), missing.OrderBy(m => Math.Abs(m.Value - number)).First().Value);
        }

        return null;
    }

    /// <summary>Steps that keep an object first.</summary>
    private static int Rank(EventKind kind) => kind switch { EventKind.Push => 0, EventKind.Mark or EventKind.Flag => 1, _ => 2 };

    /// <summary>Where a step would be in the collection of an event: between two events as it stands between elsewhere.</summary>
    private long Place(EventSort step, long number)
    {
        var (before, after) = (new HashSet<EventSort>(), new HashSet<EventSort>());
        foreach (var peer in scene.AllOf(1, scene.EventCount, step.Kind).Where(n => EventSort.Of(scene.Event(n).Event) == step).OrderBy(n => Math.Abs(n - number)).Take(PeersMax))
        {
            if (peer > 1)
                before.Add(EventSort.Of(scene.Event(peer - 1).Event));
            if (peer < scene.EventCount)
                after.Add(EventSort.Of(scene.Event(peer + 1).Event));
        }

        var (begin, end) = (scene.SpanBegin(number), scene.SpanEnd(number));
        for (var at = number; at < end; at++)
        {
            if (Fits(at))
                return at;
        }

        for (var at = begin; at < number; at++)
        {
            if (Fits(at))
                return at;
        }

        return 0;

        bool Fits(long at) => before.Contains(EventSort.Of(scene.Event(at).Event)) && after.Contains(EventSort.Of(scene.Event(at + 1).Event));
    }

    private IEnumerable<long> PeersOf(long number, EventSort sort) => scene.AllOf(1, scene.EventCount, sort.Kind)
        .Where(n => n != number && EventSort.Of(scene.Event(n).Event) == sort).OrderBy(n => Math.Abs(n - number)).Take(PeersMax).Order();

    /// <summary>What was done with an object in the collection of an event, each sort once.</summary>
    private Dictionary<EventSort, long> StepsOf(ObjectName o, long number)
    {
        var steps = new Dictionary<EventSort, long>();
        foreach (var dealing in scene.Dealings.With(o, scene.SpanBegin(number), scene.SpanEnd(number)).Where(d => !d.IsHolder || d.Kind == EventKind.Barrier))
            steps.TryAdd(EventSort.Of(dealing.Event), dealing.Number);
        return steps;
    }

    /// <summary>The object that an event deals with.</summary>
    private ObjectName? ObjectOf(long number)
    {
        var e = scene.Event(number).Event;
        var address = e.Kind switch
        {
            EventKind.Push or EventKind.Pop or EventKind.Link or EventKind.Move => e.B,
            EventKind.Visit => e.C,
            _ => e.A,
        };
        return scene.ViewAt(number).Shadow.OccupantAt(new Address(address)) is { } entry ? new ObjectName(entry.Number, entry.IsRuntime) : null;
    }
}
