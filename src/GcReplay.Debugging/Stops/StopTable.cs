using GcReplay.Debugging.Timelines;
using GcReplay.Heaps;
using GcReplay.Heaps.Events;

namespace GcReplay.Debugging.Stops;

/// <summary>A breakpoint or watchpoint that was set.</summary>
/// <param name="id">From 1; never used again in a session.</param>
/// <param name="isTemporary">Deleted when hit.</param>
public sealed class Stop(int id, StopCondition condition, bool isTemporary)
{
    public int Id { get; } = id;

    public StopCondition Condition { get; } = condition;

    public bool IsTemporary { get; } = isTemporary;

    /// <summary>How many runs stopped here.</summary>
    public long Hits { get; internal set; }

    /// <summary><c>breakpoint 2: object #12</c>.</summary>
    public override string ToString() => $"{(IsTemporary ? "temporary " : "")}{Condition.Noun} {Id}: {Condition.What}";
}

/// <summary>The breakpoints and watchpoints of a session, in the order they were set.</summary>
public sealed class StopTable
{
    private readonly List<Stop> stops = [];
    private int lastId;

    public IReadOnlyList<Stop> All => stops;

    public Stop Add(StopCondition condition, bool isTemporary = false)
    {
        var stop = new Stop(++lastId, condition, isTemporary);
        stops.Add(stop);
        return stop;
    }

    /// <exception cref="GcReplayException">There is no such stop.</exception>
    public Stop Delete(int id)
    {
        var index = stops.FindIndex(s => s.Id == id);
        if (index < 0)
        {
            throw new GcReplayException(stops.Count == 0
                ? $"there is no breakpoint or watchpoint {id}: none is set. Try: break Free"
                : $"there is no breakpoint or watchpoint {id}; set are {string.Join(", ", stops.Select(s => s.Id))}. Try: info");
        }

        var stop = stops[index];
        stops.RemoveAt(index);
        return stop;
    }

    public void Clear() => stops.Clear();

    /// <summary>Counts the stops that an event hits, deletes the temporary ones among them, and returns them.</summary>
    internal IReadOnlyList<Stop> Hit(RecordedEvent e)
    {
        var hit = stops.Where(s => e.Hits(s.Condition)).ToList();
        foreach (var stop in hit)
        {
            stop.Hits++;
            if (stop.IsTemporary)
                stops.Remove(stop);
        }

        return hit;
    }

    /// <summary>All conditions as one test for a scan.</summary>
    internal StopTest Test(IEnumerable<StopCondition> others) => new([.. stops.Select(s => s.Condition), .. others]);
}

/// <summary>Whether an event hits any of some conditions.</summary>
internal readonly struct StopTest(StopCondition[] conditions) : IEventTest
{
    private readonly ulong kinds = conditions.Aggregate(0UL, (mask, c) => mask | c.Kinds);

    public bool Hits(EventBlock block, int index)
    {
        var kind = 1UL << block.Kinds[index];
        if ((kinds & kind) == 0)
            return false;
        foreach (var condition in conditions)
        {
            if ((condition.Kinds & kind) != 0 && condition.Hits(block, index))
                return true;
        }

        return false;
    }
}
