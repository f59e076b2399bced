using System.Collections.Immutable;
using GcReplay.Heaps;
using GcReplay.Heaps.Layouts;
using GcReplay.Simulation.Chaos;
using GcReplay.Simulation.Recording;

namespace GcReplay.Simulation.Allocators;

/// <summary>The allocators by name. A name may say what lies below: <c>debug:pymalloc:glibc</c>.</summary>
public static class Allocators
{
    /// <summary>Names that stand alone.</summary>
    public static readonly ImmutableArray<string> Names =
        [GlibcAllocator.TheName, PymallocAllocator.TheName, DebugAllocator.TheName, WindowsAllocator.TheName, GuardAllocator.TheName];

    /// <summary>What lies below an allocator whose name says nothing of it.</summary>
    private static readonly ImmutableSortedDictionary<string, string> Below = ImmutableSortedDictionary.CreateRange(
        StringComparer.Ordinal,
        [KeyValuePair.Create(PymallocAllocator.TheName, GlibcAllocator.TheName), KeyValuePair.Create(DebugAllocator.TheName, PymallocAllocator.TheName)]);

    /// <summary>The values of PYTHONMALLOC that are spelled otherwise here.</summary>
    private static readonly ImmutableSortedDictionary<string, string> Upstream = ImmutableSortedDictionary.CreateRange(
        StringComparer.Ordinal,
        [
            KeyValuePair.Create("malloc", "glibc"),
            KeyValuePair.Create("malloc_debug", "debug:glibc"),
            KeyValuePair.Create("pymalloc_debug", "debug:pymalloc"),
        ]);

    /// <summary>One line on what can be asked for, for help and errors.</summary>
    public static string Known =>
        $"{string.Join(", ", Names)}; {string.Join(" and ", Below.Keys)} go over another: debug:glibc is PYTHONMALLOC=malloc_debug";

    /// <summary>Sites that an allocator can name, in the order of <see cref="AllocatorSite"/>.</summary>
    /// <exception cref="GcReplayException">There is no allocator of that name.</exception>
    public static ImmutableArray<Site> SitesOf(string name) =>
        // Rows at the end that it has no use for stay out of the trace's header.
        Allocator.Sites[..((int)Layers(name).Max(LastSiteOf) + 1)];

    /// <param name="firstSite">Index of the first of <see cref="SitesOf"/> in the run's table of sites.</param>
    /// <exception cref="GcReplayException">There is no allocator of that name.</exception>
    public static Allocator Create(string name, Journal journal, IChoices choices, int firstSite)
    {
        var layers = Layers(name);
        Allocator made = layers[^1] switch
        {
            WindowsAllocator.TheName => new WindowsAllocator(journal, choices, firstSite),
            GuardAllocator.TheName => new GuardAllocator(journal, choices, firstSite),
            _ => new GlibcAllocator(journal, choices, firstSite),
        };
        foreach (var layer in layers.Take(layers.Length - 1).Reverse())
        {
            made = layer == DebugAllocator.TheName
                ? new DebugAllocator(made, journal, firstSite)
                : new PymallocAllocator(made, journal, firstSite);
        }

        return made;
    }

    /// <summary>The allocators of a name, the topmost first; the last hands out memory of its own.</summary>
    private static ImmutableArray<string> Layers(string name)
    {
        var layers = Upstream.GetValueOrDefault(name, name).Split(':').ToList();
        if (layers.Find(layer => !Names.Contains(layer)) is { } unknown)
        {
            var which = unknown == name ? "" : $" in '{name}'";
            throw new GcReplayException($"there is no allocator '{unknown}'{which}{(Spelling.Suggest(unknown, Names) is { Length: > 0 } hint ? hint : ".")} Known: {Known}");
        }

        while (Below.TryGetValue(layers[^1], out var below))
            layers.Add(below);
        // Upstream's order: the hooks watch pymalloc, and pymalloc asks malloc.
        string[] order = [DebugAllocator.TheName, PymallocAllocator.TheName, layers[^1]];
        if (!layers.SequenceEqual(order.Where(layers.Contains)))
        {
            throw new GcReplayException(
                $"allocator '{name}': the order is debug, then pymalloc, then one of the others, each once at most. Known: {Known}");
        }

        return [.. layers];
    }

    private static AllocatorSite LastSiteOf(string layer) => layer switch
    {
        WindowsAllocator.TheName => AllocatorSite.HeapList,
        DebugAllocator.TheName => AllocatorSite.DebugTrailingPad,
        _ => AllocatorSite.MunmapBadPointer,
    };
}
