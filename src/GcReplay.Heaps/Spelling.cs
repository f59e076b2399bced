namespace GcReplay.Heaps;

/// <summary>Finds the name that was probably meant, for messages about wrong input.</summary>
public static class Spelling
{
    /// <summary>The name that begins as <paramref name="written"/> does, or else differs by the fewest letters, if few enough to be
    /// a slip; null when none is near. Case does not count.</summary>
    public static string? Nearest(string written, IEnumerable<string> names)
    {
        string? nearest = null;
        var least = Math.Max(1, (written.Length + 1) / 3) + 1;
        foreach (var name in names)
        {
            var isBeginning = written.Length > 1 && name.StartsWith(written, StringComparison.OrdinalIgnoreCase);
            var distance = isBeginning ? 0 : Distance(written, name, least);
            if (distance >= least || distance >= name.Length)
                continue;
            least = distance;
            nearest = name;
        }

        return nearest;
    }

    /// <summary><c>; did you mean 'load'?</c>, or nothing when no name is near.</summary>
    public static string Suggest(string written, IEnumerable<string> names) =>
        Nearest(written, names) is { } nearest ? $"; did you mean '{nearest}'?" : "";

    /// <summary>Insertions, removals, replacements and swaps of neighbours that turn one word into the other (optimal string alignment);
    /// <paramref name="limit"/> when the lengths alone say that it is no less.</summary>
    private static int Distance(string left, string right, int limit)
    {
        if (Math.Abs(left.Length - right.Length) >= limit)
            return limit;
        var rows = new int[left.Length + 1, right.Length + 1];
        for (var i = 0; i <= left.Length; i++)
            rows[i, 0] = i;
        for (var j = 0; j <= right.Length; j++)
            rows[0, j] = j;
        for (var i = 1; i <= left.Length; i++)
        {
            for (var j = 1; j <= right.Length; j++)
            {
                var differ = char.ToUpperInvariant(left[i - 1]) == char.ToUpperInvariant(right[j - 1]) ? 0 : 1;
                rows[i, j] = Math.Min(rows[i - 1, j - 1] + differ, Math.Min(rows[i - 1, j], rows[i, j - 1]) + 1);
                if (i > 1 && j > 1 && left[i - 1] == right[j - 2] && left[i - 2] == right[j - 1])
                    rows[i, j] = Math.Min(rows[i, j], rows[i - 2, j - 2] + 1);
            }
        }

        return rows[left.Length, right.Length];
    }
}
