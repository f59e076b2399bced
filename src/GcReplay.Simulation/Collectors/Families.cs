using System.Collections.Immutable;
using GcReplay.Heaps;
using GcReplay.Simulation.Collectors.CPython39;
using GcReplay.Simulation.Collectors.Incminimark;
using GcReplay.Simulation.Collectors.MarkSweep;
using GcReplay.Simulation.Collectors.Semispace;
using GcReplay.Simulation.Collectors.StoreBuffer;

namespace GcReplay.Simulation.Collectors;

/// <summary>The collectors of this build, by name.</summary>
public static class Families
{
    public static readonly ImmutableArray<CollectorFamily> All =
        [new CPython39Family(), new IncminimarkFamily(), new MarkSweepFamily(), new SemispaceFamily(), new GenerationalFamily()];

    /// <summary>For messages: those whose programs can declare prebuilt objects.</summary>
    public static string WithPrebuilts => string.Join(", ", All.Where(family => family.HasPrebuilts).Select(family => family.Name));

    /// <summary>The family and revision that <c>name</c> or <c>name@revision</c> stands for; the newest revision when left out.</summary>
    /// <exception cref="GcReplayException">There is no such collector or revision.</exception>
    public static (CollectorFamily Family, string Revision) Find(string specification)
    {
        var at = specification.IndexOf('@', StringComparison.Ordinal);
        var name = at < 0 ? specification : specification[..at];
        var family = All.FirstOrDefault(f => f.Name == name) ?? throw new GcReplayException(
            $"there is no collector '{name}'{Hint(name, All.Select(f => f.Name))} Collectors: {string.Join(", ", All.Select(f => f.Name))}; a plug-in is named by its file, *.dll.");
        return (family, RevisionOf(family, at < 0 ? null : specification[(at + 1)..]));
    }

    /// <summary>A revision of a family, or its newest when <paramref name="revision"/> is left out.</summary>
    /// <exception cref="GcReplayException">It has no such revision.</exception>
    internal static string RevisionOf(CollectorFamily family, string? revision)
    {
        if (revision is null)
            return family.Revisions[^1];
        return family.Revisions.Contains(revision)
            ? revision
            : throw new GcReplayException(
                $"collector {family.Name} has no revision '{revision}'{Hint(revision, family.Revisions)} Revisions, oldest first: {string.Join(", ", family.Revisions)}.");
    }

    private static string Hint(string written, IEnumerable<string> names) =>
        Spelling.Suggest(written, names) is { Length: > 0 } hint ? hint : ".";
}
