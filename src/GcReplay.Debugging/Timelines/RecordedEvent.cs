using GcReplay.Debugging.Stops;
using GcReplay.Heaps.Events;
using GcReplay.Heaps.Memory;

namespace GcReplay.Debugging.Timelines;

/// <summary>An event of a trace with its number and the words it changed.</summary>
public readonly struct RecordedEvent(long number, EventBlock block, int index)
{
    /// <summary>Leads from position Number - 1 to position Number.</summary>
    public long Number { get; } = number;

    public Event Event => block[index];

    public EventKind Kind => (EventKind)block.Kinds[index];

    public int Thread => block.Threads[index];

    public int ChangeCount => block.ChangeEnds[index] - block.ChangeStart(index);

    /// <summary>The changes in the order they were made; a word written twice has two.</summary>
    public WordChange Change(int change) => block.Change(block.ChangeStart(index) + change);

    /// <summary>Whether it wrote a word, be it what stood there.</summary>
    public bool Writes(Address word)
    {
        for (var i = 0; i < ChangeCount; i++)
        {
            if (Change(i).Address == word)
                return true;
        }

        return false;
    }

    /// <summary>Whether a run would stop at this event for a condition.</summary>
    public bool Hits(StopCondition condition) => condition.Hits(block, index);

    internal bool Hits(Stop stop) => stop.IsHitBy(block, index);

    /// <summary>The words changed, each once, in the order first written: what all changes of the event together do to them.</summary>
    public IReadOnlyList<WordChange> NetChanges()
    {
        var net = new List<WordChange>();
        var places = new Dictionary<ulong, int>();
        for (var i = 0; i < ChangeCount; i++)
        {
            var change = Change(i);
            if (places.TryAdd(change.Address.Value, net.Count))
                net.Add(change);
            else
                net[places[change.Address.Value]] = change with { Xor = net[places[change.Address.Value]].Xor ^ change.Xor };
        }

        return net;
    }
}
