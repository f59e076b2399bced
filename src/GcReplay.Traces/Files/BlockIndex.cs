namespace GcReplay.Traces.Files;

/// <summary>Which block holds which events.</summary>
internal sealed class BlockIndex
{
    private readonly List<long> firsts = [];

    public int Count => firsts.Count;

    public long EventCount { get; private set; }

    public long First(int block) => firsts[block];

    public void Add(int events)
    {
        firsts.Add(EventCount + 1);
        EventCount += events;
    }

    /// <summary>The block that holds an event. Logarithmic.</summary>
    public int BlockOf(long number)
    {
        Heaps.Check.That(number >= 1 && number <= EventCount, $"event {number} is not among 1-{EventCount}");
        var found = firsts.BinarySearch(number);
        return found >= 0 ? found : ~found - 1;
    }
}
