namespace GcReplay.Simulation.Programs;

/// <summary>Finds the name that was meant.</summary>
public static class Spelling
{
    /// <summary><c>; did you mean 'load'?</c>, or nothing when no name is near.</summary>
    public static string Suggest(string written, IEnumerable<string> names)
    {
        var limit = Math.Max(1, (written.Length + 1) / 3);
        var nearest = names
            .Select(name => (name, distance: Distance(written, name, limit)))
            .Where(pair => pair.distance <= limit && pair.distance < pair.name.Length)
            .OrderBy(pair => pair.distance)
            .FirstOrDefault();
        return nearest.name is null ? "" : $"; did you mean '{nearest.name}'?";
    }

    /// <summary>Insertions, removals, replacements and swaps of neighbours that turn one word into the other (optimal string alignment);
    /// more than <paramref name="limit"/> when the lengths alone say so.</summary>
    private static int Distance(string a, string b, int limit)
    {
        if (Math.Abs(a.Length - b.Length) > limit)
            return limit + 1;
        var rows = new int[a.Length + 1, b.Length + 1];
        for (var i = 0; i <= a.Length; i++)
            rows[i, 0] = i;
        for (var j = 0; j <= b.Length; j++)
            rows[0, j] = j;
        for (var i = 1; i <= a.Length; i++)
        {
            for (var j = 1; j <= b.Length; j++)
            {
                var replaced = rows[i - 1, j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1);
                rows[i, j] = Math.Min(replaced, Math.Min(rows[i - 1, j], rows[i, j - 1]) + 1);
                if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                    rows[i, j] = Math.Min(rows[i, j], rows[i - 2, j - 2] + 1);
            }
        }
        return rows[a.Length, b.Length];
    }
}
