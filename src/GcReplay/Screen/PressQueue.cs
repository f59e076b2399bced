namespace GcReplay.Screen;

/// <summary>What the user did and the screen has not answered yet. A key held down is one entry with a count, so that what follows
/// it never waits for more than one action.</summary>
/// <remarks>For several threads.</remarks>
internal sealed class PressQueue
{
    /// <summary>More than this is not kept. A command line that is pasted where the terminal does not say so comes as that many keys.</summary>
    private const int EntriesMax = 1024;

    private const int RepeatsMax = 10_000;

    private readonly Lock gate = new();
    private readonly List<(Press Press, int Count)> entries = [];

    public bool HasAny
    {
        get
        {
            lock (gate)
                return entries.Count > 0;
        }
    }

    /// <summary>Adds a press at the end.</summary>
    /// <returns>False when the queue is full, and the press is lost.</returns>
    public bool Add(Press press)
    {
        lock (gate)
        {
            if (entries.Count > 0 && entries[^1] is var last && last.Press == press && last.Count < RepeatsMax)
            {
                entries[^1] = (press, last.Count + 1);
                return true;
            }

            // Only the newest size counts.
            if (press.Key == "Resize")
                entries.RemoveAll(e => e.Press.Key == "Resize");
            else if (entries.Count >= EntriesMax)
                return false;
            entries.Add((press, 1));
            return true;
        }
    }

    /// <summary>Takes the oldest press, and how many times it was repeated at once; null when there is none.</summary>
    public (Press Press, int Count)? Take()
    {
        lock (gate)
        {
            if (entries.Count == 0)
                return null;
            var first = entries[0];
            entries.RemoveAt(0);
            return first;
        }
    }

    /// <summary>Forgets all but a change of size.</summary>
    public void Clear()
    {
        lock (gate)
            entries.RemoveAll(e => e.Press.Key != "Resize");
    }
}
