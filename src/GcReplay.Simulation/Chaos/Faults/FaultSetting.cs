using System.Globalization;
using GcReplay.Heaps;
using GcReplay.Simulation.Collectors;

namespace GcReplay.Simulation.Chaos.Faults;

/// <summary>Which fault a run has: <c>NAME</c>, at every occurrence, <c>NAME@K</c>, at the K-th alone, or <c>NAME@1-K</c>, at the first K. K counts from
/// 1, and 0 never strikes: for counting the occurrences of a run that goes well.</summary>
/// <param name="Occurrence">The last at which it strikes; null for every one.</param>
/// <param name="StrikesBefore">Whether it strikes at those before as well.</param>
public sealed record FaultSetting(string Name, long? Occurrence, bool StrikesBefore = false)
{
    private const string FromFirst = "1-";

    /// <summary>Whether it strikes at some occurrences and not at others.</summary>
    public bool IsPartial => Occurrence is not null;

    /// <param name="occurrence">From 1.</param>
    public bool StrikesAt(long occurrence) => Occurrence is not { } last || occurrence == last || StrikesBefore && occurrence < last;

    /// <exception cref="GcReplayException">The family declares no such fault, or the number is none.</exception>
    public static FaultSetting Parse(string text, CollectorFamily family)
    {
        var at = text.IndexOf('@', StringComparison.Ordinal);
        var name = at < 0 ? text : text[..at];
        if (family.Faults.All(fault => fault.Name != name))
        {
            var hint = Spelling.Suggest(name, family.Faults.Select(fault => fault.Name)) is { Length: > 0 } found ? found : ".";
            throw new GcReplayException(family.Faults.IsEmpty
                ? $"fault {name}: {family.Name} declares no faults that could be planted."
                : $"fault {name}: {family.Name} declares no such fault{hint} All of them: gcreplay collectors {family.Name}");
        }

        if (at < 0)
            return new FaultSetting(name, null);
        var which = text[(at + 1)..];
        var strikesBefore = which.StartsWith(FromFirst, StringComparison.Ordinal);
        return long.TryParse(strikesBefore ? which[FromFirst.Length..] : which, NumberStyles.None, CultureInfo.InvariantCulture, out var occurrence)
            ? new FaultSetting(name, occurrence, strikesBefore)
            : throw new GcReplayException($"fault {text}: expected the number of an occurrence behind '@', from 1, or 1-K for the first K; 0 to count them.");
    }

    public override string ToString() => Occurrence is { } k ? $"{Name}@{(StrikesBefore ? FromFirst : "")}{k.ToString(CultureInfo.InvariantCulture)}" : Name;
}
