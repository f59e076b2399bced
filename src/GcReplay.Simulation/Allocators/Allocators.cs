using System.Collections.Immutable;
using GcReplay.Heaps;
using GcReplay.Simulation.Chaos;
using GcReplay.Simulation.Recording;

namespace GcReplay.Simulation.Allocators;

/// <summary>The allocators by name.</summary>
public static class Allocators
{
    public static readonly ImmutableArray<string> Names = [GlibcAllocator.TheName, GuardAllocator.TheName];

    /// <param name="firstSite">Index of the first of <see cref="Allocator.Sites"/> in the run's table of sites.</param>
    /// <exception cref="GcReplayException">There is no allocator of that name.</exception>
    public static Allocator Create(string name, Journal journal, IChoices choices, int firstSite) => name switch
    {
        GlibcAllocator.TheName => new GlibcAllocator(journal, choices, firstSite),
        GuardAllocator.TheName => new GuardAllocator(journal, choices, firstSite),
        _ => throw new GcReplayException(
            $"there is no allocator '{name}'{Spelling.Suggest(name, Names)}. Known: {string.Join(", ", Names)}"),
    };
}
