using GcReplay.Debugging.Expressions;
using GcReplay.Debugging.Timelines;
using GcReplay.Heaps;
using GcReplay.Heaps.Events;
using GcReplay.Traces;

namespace GcReplay.Debugging.Stops;

/// <summary>The breakpoints and watchpoints of a session, in the order they were set.</summary>
public sealed class StopTable
{
    private readonly List<Stop> stops = [];
    private int lastId;

    public IReadOnlyList<Stop> All => stops;

    public Stop Add(StopCondition condition, bool isTemporary = false, Expression? guard = null)
    {
        var stop = new Stop(++lastId, condition, isTemporary) { Guard = guard };
        stops.Add(stop);
        return stop;
    }

    /// <exception cref="GcReplayException">There is no such stop.</exception>
    public Stop Find(int id)
    {
        if (stops.Find(s => s.Id == id) is { } stop)
            return stop;
        throw new GcReplayException(stops.Count == 0
            ? $"there is no breakpoint or watchpoint {id}: none is set. Try: break Free"
            : $"there is no breakpoint or watchpoint {id}; set are {string.Join(", ", stops.Select(s => s.Id))}. Try: info");
    }

    /// <exception cref="GcReplayException">There is no such stop.</exception>
    public Stop Delete(int id)
    {
        var stop = Find(id);
        stops.Remove(stop);
        return stop;
    }

    public void Clear() => stops.Clear();

    /// <summary>Counts the stops that hit an event, deletes the temporary ones among them that stop there, and returns those that
    /// stop there.</summary>
    internal IReadOnlyList<Stop> Hit(RecordedEvent e)
    {
        var hit = new List<Stop>();
        foreach (var stop in stops)
        {
            if (!e.Hits(stop))
                continue;
            stop.Hits++;
            if (stop.Ignores > 0)
                stop.Ignores--;
            else
                hit.Add(stop);
        }

        stops.RemoveAll(s => s.IsTemporary && hit.Contains(s));
        return hit;
    }
}

/// <summary>Whether an event hits any of some stops.</summary>
internal readonly struct StopTest(Stop[] stops) : IEventTest
{
    private readonly ulong[] kindsOf = [.. stops.Select(s => s.Kinds)];
    private readonly ulong kinds = stops.Aggregate(0UL, (mask, s) => mask | s.Kinds);

    public bool Hits(EventBlock block, int index)
    {
        var kind = 1UL << block.Kinds[index];
        if ((kinds & kind) == 0)
            return false;
        for (var i = 0; i < stops.Length; i++)
        {
            if ((kindsOf[i] & kind) != 0 && stops[i].IsHitBy(block, index))
                return true;
        }

        return false;
    }

    public bool MayHit(BlockSummary summary)
    {
        foreach (var stop in stops)
        {
            if (stop.MayHit(summary))
                return true;
        }

        return false;
    }
}
