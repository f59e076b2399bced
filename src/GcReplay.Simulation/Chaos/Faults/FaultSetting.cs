using System.Globalization;
using GcReplay.Heaps;
using GcReplay.Simulation.Collectors;

namespace GcReplay.Simulation.Chaos.Faults;

/// <summary>Which fault a run has: <c>NAME</c>, at every occurrence, or <c>NAME@K</c>, at the K-th alone. K counts from 1, and 0 never strikes: for
/// counting the occurrences of a run that goes well.</summary>
/// <param name="Occurrence">Null for every one.</param>
public sealed record FaultSetting(string Name, long? Occurrence)
{
    public bool IsOnce => Occurrence is not null;

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
        return long.TryParse(text[(at + 1)..], NumberStyles.None, CultureInfo.InvariantCulture, out var occurrence)
            ? new FaultSetting(name, occurrence)
            : throw new GcReplayException($"fault {text}: expected the number of an occurrence behind '@', from 1; 0 to count them.");
    }

    public override string ToString() => Occurrence is { } k ? $"{Name}@{k.ToString(CultureInfo.InvariantCulture)}" : Name;
}
