namespace GcReplay.Tests.House;

/// <summary>What the search for unordered iteration must find: the first four, and not the fifth.</summary>
internal static class UnorderedIterationExamples
{
    public static int OverDictionary(Dictionary<int, int> map)
    {
        var sum = 0;
        foreach (var (key, value) in map)
            sum += key - value;
        return sum;
    }

    public static int OverSet(HashSet<string> set)
    {
        var sum = 0;
        foreach (var item in set)
            sum += item.Length;
        return sum;
    }

    public static int OverKeys(Dictionary<int, int> map) => map.Keys.First();

    public static IEnumerable<int> OverValues(Dictionary<int, int> map)
    {
        foreach (var value in map.Values)
            yield return value;
    }

    public static int OverDictionaryInAnyOrder(Dictionary<int, int> map)
    {
        var sum = 0;
        // order: a sum does not depend on it.
        foreach (var (_, value) in map)
            sum += value;
        return sum;
    }
}
