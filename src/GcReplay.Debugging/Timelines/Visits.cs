namespace GcReplay.Debugging.Timelines;

/// <summary>The positions that a session visited, as a browser keeps pages: going back and on does not forget, going elsewhere
/// forgets what lay ahead.</summary>
public sealed class Visits
{
    /// <summary>Older visits are forgotten, so that a long session stays small.</summary>
    public const int Most = 1000;

    private readonly List<long> positions = [0];
    private int at;

    /// <summary>How many positions can be gone back to.</summary>
    public int Behind => at;

    /// <summary>How many positions can be gone on to.</summary>
    public int Ahead => positions.Count - 1 - at;

    /// <summary>Notes that the session came to a position.</summary>
    public void Add(long position)
    {
        if (positions[at] == position)
            return;
        positions.RemoveRange(at + 1, positions.Count - at - 1);
        positions.Add(position);
        if (positions.Count > Most)
            positions.RemoveAt(0);
        at = positions.Count - 1;
    }

    /// <summary>The position some visits back (less than 0) or on.</summary>
    public long Peek(int by) => positions[at + by];

    /// <summary>Goes there.</summary>
    public void Go(int by) => at += by;
}
