using GcReplay.Heaps.Sanitizers;
using GcReplay.Heaps.Views;

namespace GcReplay.Debugging.Provenance;

/// <summary>What sanitizers that found nothing came to.</summary>
public static class Holding
{
    /// <param name="found">What was found up to the position.</param>
    public static IEnumerable<string> Lines(HeapView view, FirstCorruption corruption, IReadOnlyList<Violation> found, long position)
    {
        var silent = Sanitizers.Of(view).Select(s => s.Name).Except(found.Select(v => v.Code)).ToList();
        var rare = corruption.Rare.Where(r => r.Since <= position && silent.Remove(r.Name)).ToList();
        if (silent.Count > 0)
            yield return $"holding up to event {position}: {string.Join(", ", silent)}";
        if (rare.Count > 0)
            yield return $"not found, but looked for only now and then in the corrupt heap since event {rare.Min(r => r.Since)}: {string.Join(", ", rare.Select(r => r.Name))}";
    }
}
