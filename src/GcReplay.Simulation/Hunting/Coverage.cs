namespace GcReplay.Simulation.Hunting;

/// <summary>What a hunt exercised: each site, in each phase, with each set of flags of the object concerned, and how often.</summary>
public sealed class Coverage
{
    private readonly SortedDictionary<CoveredPlace, long> places = new(CoveredPlace.Order);
    private readonly SortedSet<string> sites = new(StringComparer.Ordinal);
    private readonly SortedSet<string> phases = new(StringComparer.Ordinal);
    private readonly SortedSet<string> operationNames = new(StringComparer.Ordinal);
    private readonly SortedDictionary<string, long> operations = new(StringComparer.Ordinal);

    /// <summary>Places reached, in order, with how often.</summary>
    public IReadOnlyDictionary<CoveredPlace, long> Places => places;

    /// <summary>Operations that were not skipped, with how often.</summary>
    public IReadOnlyDictionary<string, long> Operations => operations;

    /// <summary>Names of sites that some run had and none reached.</summary>
    public IReadOnlyList<string> SitesNotReached => [.. sites.Except(places.Keys.Select(place => place.Site))];

    /// <summary>Phases that no event fell into.</summary>
    public IReadOnlyList<string> PhasesNotReached => [.. phases.Except(places.Keys.Select(place => place.Phase))];

    /// <summary>Operations that a program could have had, and none did but skipped.</summary>
    public IReadOnlyList<string> OperationsNotDone => [.. operationNames.Except(operations.Keys)];

    /// <summary>Adds what there is to reach.</summary>
    public void Know(IEnumerable<string> newSites, IEnumerable<string> newPhases, IEnumerable<string> newOperations)
    {
        sites.UnionWith(newSites.Where(site => site.Length > 0));
        phases.UnionWith(newPhases.Where(phase => phase.Length > 0));
        operationNames.UnionWith(newOperations);
    }

    public void Add(CoveredPlace place, long count) => places[place] = places.GetValueOrDefault(place) + count;

    public void AddOperation(string name, long count) => operations[name] = operations.GetValueOrDefault(name) + count;

    public void Add(Coverage other)
    {
        Know(other.sites, other.phases, other.operationNames);
        foreach (var (place, count) in other.places)
            Add(place, count);
        foreach (var (name, count) in other.operations)
            AddOperation(name, count);
    }
}

/// <param name="Flags">Flags set in the header of the object that the event is about, separated by blanks; empty for none.</param>
public readonly record struct CoveredPlace(string Site, string Phase, string Flags)
{
    /// <summary>By site, then phase, then flags.</summary>
    public static readonly Comparer<CoveredPlace> Order = Comparer<CoveredPlace>.Create((left, right) =>
        string.CompareOrdinal(left.Site, right.Site) is var site and not 0 ? site
        : string.CompareOrdinal(left.Phase, right.Phase) is var phase and not 0 ? phase
        : string.CompareOrdinal(left.Flags, right.Flags));
}
