using System.Text.Json.Nodes;

namespace GcReplay.Simulation.Conformance.CPython39;

/// <summary>The whole state that an operation leaves, as the file tells it: by serial, in allocation order from 0.</summary>
internal sealed class HeapState
{
    public const int ListCount = 4;
    public const int Dead = -1;

    /// <summary>Members of generations 0, 1, 2 and of the permanent generation, in order.</summary>
    public List<int>[] Lists { get; } = [[], [], [], []];

    /// <summary>Reference counts by serial; <see cref="Dead"/> for an object that does not live.</summary>
    public List<long> ReferenceCounts { get; } = [];

    /// <summary>Living objects with FINALIZED, ascending.</summary>
    public List<int> Finalized { get; set; } = [];

    /// <summary>Target by living weak reference; <see cref="Dead"/> when it was cleared.</summary>
    public SortedDictionary<int, int> Weakrefs { get; } = [];

    public List<int> Garbage { get; set; } = [];

    /// <summary>Of the three generations.</summary>
    public long[] Counts { get; set; } = new long[3];

    /// <summary>long_lived_total, long_lived_pending.</summary>
    public long[] LongLived { get; set; } = new long[2];

    /// <summary>Per generation collections, collected, uncollectable.</summary>
    public long[] Statistics { get; set; } = new long[9];

    public void SetReferenceCount(int serial, long count)
    {
        while (ReferenceCounts.Count <= serial)
            ReferenceCounts.Add(Dead);
        ReferenceCounts[serial] = count;
    }

    /// <summary>Reports each field in which the run's state is not this one.</summary>
    /// <param name="report">Field, expected, actual; of long fields only what differs.</param>
    public void Compare(HeapState actual, bool comparesCounts, Action<string, JsonNode?, JsonNode?> report)
    {
        CompareLists(actual, report);
        CompareReferenceCounts(actual, report);
        CompareNumbers("fl", Finalized, actual.Finalized, report);
        CompareWeakrefs(actual, report);
        CompareNumbers("gb", Garbage, actual.Garbage, report);
        if (comparesCounts && !Counts.SequenceEqual(actual.Counts))
            report("cnt", Array(Counts), Array(actual.Counts));
        if (!LongLived.SequenceEqual(actual.LongLived))
            report("ll", Array(LongLived), Array(actual.LongLived));
        if (!Statistics.SequenceEqual(actual.Statistics))
            report("st", Triples(Statistics), Triples(actual.Statistics));
    }

    private static JsonArray Array<T>(IEnumerable<T> values) => [.. values.Select(value => JsonValue.Create(value))];

    private static JsonArray Triples(long[] values) => [.. values.Chunk(3).Select(triple => (JsonNode)Array(triple))];

    private static void CompareNumbers(string field, List<int> expected, List<int> actual, Action<string, JsonNode?, JsonNode?> report)
    {
        if (!expected.SequenceEqual(actual))
            report(field, Array(expected), Array(actual));
    }

    private void CompareLists(HeapState actual, Action<string, JsonNode?, JsonNode?> report)
    {
        JsonObject wanted = [], found = [];
        for (var i = 0; i < ListCount; i++)
        {
            if (Lists[i].SequenceEqual(actual.Lists[i]))
                continue;
            wanted.Add($"{i}", Array(Lists[i]));
            found.Add($"{i}", Array(actual.Lists[i]));
        }

        if (wanted.Count > 0)
            report("g", wanted, found);
    }

    private void CompareReferenceCounts(HeapState actual, Action<string, JsonNode?, JsonNode?> report)
    {
        JsonArray wanted = [], found = [];
        for (var serial = 0; serial < Math.Max(ReferenceCounts.Count, actual.ReferenceCounts.Count); serial++)
        {
            var (want, have) = (CountOf(serial), actual.CountOf(serial));
            if (want == have)
                continue;
            if (want != Dead)
                wanted.Add(Array([serial, want]));
            if (have != Dead)
                found.Add(Array([serial, have]));
        }

        if (wanted.Count + found.Count > 0)
            report("rc", wanted, found);
    }

    private long CountOf(int serial) => serial < ReferenceCounts.Count ? ReferenceCounts[serial] : Dead;

    private void CompareWeakrefs(HeapState actual, Action<string, JsonNode?, JsonNode?> report)
    {
        if (Weakrefs.SequenceEqual(actual.Weakrefs))
            return;
        report("wr", Pairs(Weakrefs.Except(actual.Weakrefs)), Pairs(actual.Weakrefs.Except(Weakrefs)));
    }

    private static JsonArray Pairs(IEnumerable<KeyValuePair<int, int>> pairs) => [.. pairs.Select(pair => (JsonNode)Array([pair.Key, pair.Value]))];
}
