namespace GcReplay.Reports;

/// <summary>Events in a row that a player can show.</summary>
internal readonly record struct EventPiece(long First, long Last)
{
    public long Count => Last - First + 1;
}

/// <summary>Which events a player shows: all around the chain when it is short, otherwise a piece around each of its links.</summary>
internal static class EventWindow
{
    /// <summary>Further from a link than this nothing is shown.</summary>
    private const long RadiusMax = 60;

    /// <param name="links">Events of the chain, the most important first; none for a trace in which nothing is wrong: then its last events.</param>
    /// <param name="first">First event that can be shown.</param>
    /// <param name="last">Last event that can be shown.</param>
    /// <param name="max">How many at most, at least 1.</param>
    /// <returns>Ascending, with events between them.</returns>
    public static IReadOnlyList<EventPiece> Around(IEnumerable<long> links, long first, long last, long max)
    {
        if (last < first)
            return [];
        if (last - first < max)
            return [new EventPiece(first, last)];
        var shown = links.Where(l => l >= first && l <= last).Distinct().Take((int)max).ToList();
        if (shown.Count == 0)
            return [new EventPiece(Math.Max(first, last - max + 1), last)];
        // The widest pieces that are few enough together.
        var (fits, tooWide) = (0L, RadiusMax + 1);
        while (tooWide - fits > 1)
        {
            var radius = (fits + tooWide) / 2;
            if (Pieces(shown, radius, first, last).Sum(p => p.Count) <= max)
                fits = radius;
            else
                tooWide = radius;
        }

        return Pieces(shown, fits, first, last);
    }

    private static List<EventPiece> Pieces(IEnumerable<long> links, long radius, long first, long last)
    {
        var pieces = new List<EventPiece>();
        foreach (var link in links.Order())
        {
            var piece = new EventPiece(Math.Max(first, link - radius), Math.Min(last, link + radius));
            if (pieces.Count > 0 && piece.First <= pieces[^1].Last + 1)
                pieces[^1] = pieces[^1] with { Last = piece.Last };
            else
                pieces.Add(piece);
        }

        return pieces;
    }
}
