using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json.Nodes;

namespace GcReplay.Simulation.Conformance.Incminimark;

/// <summary>Where an object is, its flags, and its cards when it has some.</summary>
/// <param name="Space">n, y, a, r, p; sa or sr for a shadow.</param>
/// <param name="Flags">GCFLAG bits, shifted down to bit 0.</param>
/// <param name="Cards">Card bytes in hexadecimal; null for an object without cards.</param>
internal readonly record struct ObjectState(string Space, int Flags, string? Cards)
{
    public JsonNode ToJson() => Cards is null ? new JsonArray(Space, Flags) : new JsonArray(Space, Flags, Cards);
}

/// <summary>The whole state that an operation leaves, as the file tells it.</summary>
internal sealed class IncminimarkState
{
    /// <summary>The file's names of lists.</summary>
    public static readonly ImmutableArray<string> ListNames =
    [
        "oopty", "cards", "trace", "more", "preroots", "ooptp", "raw_old", "raw_sweep", "raw_young", "wk_young", "wk_old", "shadows",
        Barriers, "fin_young", "fin_old", "fin_run",
    ];

    /// <summary>The list whose items are word offsets, not objects.</summary>
    public const string Barriers = "barriers";

    /// <summary>The file's names of numbers.</summary>
    public static readonly ImmutableArray<string> NumberNames =
    [
        "arena_used", "raw_used", "made_old", "made_old_limit", "survived", "threshold", "threshold_initial", "majors", "pinned", "arenas",
        "nfree", "ntop",
    ];

    /// <summary>gc_state.</summary>
    public int Phase { get; set; }

    /// <summary>Living objects and shadows, by identity.</summary>
    public Dictionary<long, ObjectState> Objects { get; } = [];

    /// <summary>By place in <see cref="ListNames"/>.</summary>
    public List<long>[] Lists { get; } = [.. ListNames.Select(_ => new List<long>())];

    /// <summary>By place in <see cref="NumberNames"/>.</summary>
    public double[] Numbers { get; } = new double[NumberNames.Length];

    /// <summary>Reports each field in which the run's state is not this one.</summary>
    /// <param name="report">Field, expected, actual: only what differs.</param>
    public void Compare(IncminimarkState actual, Action<string, JsonNode?, JsonNode?> report)
    {
        if (Phase != actual.Phase)
            report("st", Phase, actual.Phase);
        CompareObjects(actual, report);
        CompareLists(actual, report);
        CompareNumbers(actual, report);
    }

    private void CompareObjects(IncminimarkState actual, Action<string, JsonNode?, JsonNode?> report)
    {
        // order: whether all are there and the same
        if (Objects.Count == actual.Objects.Count && Objects.All(o => actual.Objects.TryGetValue(o.Key, out var state) && state == o.Value))
            return;
        JsonObject wanted = [], found = [];
        // order: sorted
        foreach (var identity in Objects.Keys.Concat(actual.Objects.Keys.Where(key => !Objects.ContainsKey(key))).Order())
        {
            var (inFile, inRun) = (Get(identity), actual.Get(identity));
            if (inFile == inRun)
                continue;
            if (inFile is { } want)
                wanted.Add(Identity.Text(identity), want.ToJson());
            if (inRun is { } have)
                found.Add(Identity.Text(identity), have.ToJson());
        }

        if (wanted.Count + found.Count > 0)
            report("o", wanted, found);
    }

    private ObjectState? Get(long identity) => Objects.TryGetValue(identity, out var state) ? state : null;

    private void CompareLists(IncminimarkState actual, Action<string, JsonNode?, JsonNode?> report)
    {
        JsonObject wanted = [], found = [];
        for (var i = 0; i < Lists.Length; i++)
        {
            if (Lists[i].SequenceEqual(actual.Lists[i]))
                continue;
            wanted.Add(ListNames[i], ToJson(Lists[i]));
            found.Add(ListNames[i], ToJson(actual.Lists[i]));
        }

        if (wanted.Count > 0)
            report("l", wanted, found);
    }

    public static JsonArray ToJson(IEnumerable<long> identities) => [.. identities.Select(Identity.ToJson)];

    private void CompareNumbers(IncminimarkState actual, Action<string, JsonNode?, JsonNode?> report)
    {
        JsonObject wanted = [], found = [];
        for (var i = 0; i < Numbers.Length; i++)
        {
            // Bit for bit: thresholds are the results of the same operations on doubles.
            if (Numbers[i].Equals(actual.Numbers[i]))
                continue;
            wanted.Add(NumberNames[i], Number(Numbers[i]));
            found.Add(NumberNames[i], Number(actual.Numbers[i]));
        }

        if (wanted.Count > 0)
            report("a", wanted, found);
    }

    private static JsonNode Number(double number) => double.IsFinite(number) ? number : number.ToString(CultureInfo.InvariantCulture);
}
