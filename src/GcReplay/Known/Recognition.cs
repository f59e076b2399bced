namespace GcReplay.Known;

/// <summary>How alike two failures are, the most alike first.</summary>
internal enum Likeness
{
    /// <summary>Both signatures are the same.</summary>
    Same = 0,

    /// <summary>The same first corrupt event; it came to light in another way.</summary>
    SameCorruption,

    /// <summary>The same end, but the heap was corrupt in another way before, or only one of the two was.</summary>
    SameFailure,

    /// <summary>The same check, elsewhere or for another kind of object.</summary>
    Near,
}

/// <summary>A story that a failure may belong to.</summary>
/// <param name="Entries">Its traces that are so alike.</param>
/// <param name="Differs">What is otherwise than in the first of them.</param>
internal sealed record Match(Likeness Likeness, IReadOnlyList<KnownFailure> Entries, IReadOnlyList<string> Differs)
{
    public KnownFailure First => Entries[0];

    /// <summary>Whether it counts as seen before: what went wrong first is the same, or it is all that is known.</summary>
    public bool IsKnown => Likeness is Likeness.Same or Likeness.SameCorruption;
}

/// <summary>Compares a failure with those that are known.</summary>
internal static class Recognition
{
    /// <param name="collector">Those of the same collector and revision come first among equals.</param>
    /// <param name="failure">Signature of how the run ended; null when it ended well.</param>
    /// <param name="corruption">Signature of the first corrupt event; null for none.</param>
    /// <returns>A match for each story, the most alike first.</returns>
    public static IReadOnlyList<Match> Of(string collector, string? failure, string? corruption, IEnumerable<KnownFailure> known)
    {
        var (ended, corrupt) = (failure ?? "", corruption ?? "");
        if (ended.Length + corrupt.Length == 0)
            return [];
        var alike = from entry in known
                    where entry.Failure.Length + entry.Corruption.Length > 0
                    let likeness = LikenessOf(ended, corrupt, entry)
                    where likeness is not null
                    group entry by (Likeness: likeness.Value, Story: entry.Story.Length > 0 ? entry.Story : entry.Trace);
        var best = alike.GroupBy(g => g.Key.Story).Select(stories => stories.OrderBy(g => g.Key.Likeness).First());
        return [.. best.Select(g => MatchOf(g.Key.Likeness, [.. g.OrderBy(e => e.Collector != collector)], ended, corrupt))
            .OrderBy(m => m.Likeness).ThenBy(m => m.First.Collector != collector).ThenBy(m => m.First.Trace, StringComparer.Ordinal)];
    }

    private static Likeness? LikenessOf(string ended, string corrupt, KnownFailure entry)
    {
        if (ended == entry.Failure && corrupt == entry.Corruption)
            return Likeness.Same;
        if (corrupt.Length > 0 && corrupt == entry.Corruption)
            return Likeness.SameCorruption;
        if (ended.Length > 0 && ended == entry.Failure)
            return Likeness.SameFailure;
        // What went wrong first tells more than how it came to light.
        var isCorrupt = corrupt.Length > 0 && entry.Corruption.Length > 0;
        var (here, there) = isCorrupt ? (corrupt, entry.Corruption) : corrupt.Length + entry.Corruption.Length == 0 ? (ended, entry.Failure) : ("", "");
        return here.Length > 0 && Signature.Of(here).IsNear(Signature.Of(there)) ? Likeness.Near : null;
    }

    private static Match MatchOf(Likeness likeness, IReadOnlyList<KnownFailure> entries, string ended, string corrupt)
    {
        var first = entries[0];
        var differs = likeness switch
        {
            Likeness.Same => [],
            Likeness.SameCorruption => Ends(ended, first.Failure),
            Likeness.SameFailure => [first.Corruption.Length == 0 ? "there no sanitizer failed" : $"there the first corrupt event is {first.Corruption}"],
            _ when corrupt.Length > 0 => Signature.Of(corrupt).Differences(Signature.Of(first.Corruption)),
            _ => Signature.Of(ended).Differences(Signature.Of(first.Failure)),
        };
        return new Match(likeness, entries, [.. differs]);
    }

    private static IEnumerable<string> Ends(string here, string there) =>
        there.Length == 0 ? ["there the run ended well"] : here.Length == 0 ? ["there the run ended with a failure"] : Signature.Of(here).Differences(Signature.Of(there));
}
