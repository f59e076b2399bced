using GcReplay.Heaps.Layouts;
using GcReplay.Heaps.Memory;
using GcReplay.Heaps.Views;

namespace GcReplay.Heaps.Sanitizers;

/// <summary>What a tracing collector is about to lose, by words alone: the weak tri-colour invariant. While marking, each object that
/// the program can reach is black, or can be reached through objects that are not black from a root, from a grey object, or from a
/// list that keeps its members.</summary>
/// <remarks>Source: GC Handbook, 15.1. Asked on demand, for it looks at the whole heap: an assertion of the collector may be wrong, this is
/// not.</remarks>
public static class GroundTruth
{
    /// <summary>Whether it can be asked in a heap at its present state.</summary>
    public static bool IsKnown(HeapView view) => view.Traces && view.Layout.Tracing is not null && view.WholePhase is { } phase && view.IsMarking(phase);

    /// <summary>Number of living objects that the program can reach, and those of them that marking will not find.</summary>
    public static (int Kept, IReadOnlyList<ObjectEntry> Lost) Ask(HeapView view)
    {
        var census = view.Census();
        var kept = census.Reachable();
        var found = Found(view, census);
        var lost = Enumerable.Range(0, kept.Length).Where(i => kept[i] && !found[i]).Select(i => census.Objects[i]).ToList();
        return (kept.Count(isKept => isKept), lost);
    }

    private static bool[] Found(HeapView view, Census census)
    {
        var colours = census.Objects.Select(view.ColourOf).ToArray();
        var targets = census.OwnedReferences.ToLookup(reference => reference.Holder, reference => census.IndexOf(reference.Target));
        var strong = view.Tracing.StrongLists.SelectMany(view.MembersOf).Select(member => census.IndexOf(new Address(member)));
        var grey = Enumerable.Range(0, colours.Length).Where(i => colours[i] == Colour.Grey);
        var open = new Stack<int>(targets[-1].Concat(strong).Concat(grey));
        var found = colours.Select(colour => colour == Colour.Black).ToArray();
        while (open.TryPop(out var next))
        {
            if (next < 0 || found[next])
                continue;
            found[next] = true;
            foreach (var target in targets[next])
                open.Push(target);
        }

        return found;
    }
}
