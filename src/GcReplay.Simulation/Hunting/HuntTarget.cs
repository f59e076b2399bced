using System.Collections.Immutable;
using GcReplay.Simulation.Recording;

namespace GcReplay.Simulation.Hunting;

/// <summary>What a hunt runs: one program, or programs that it makes, with which collector. From a seed follows one run.</summary>
public sealed record HuntTarget
{
    /// <summary>As in <see cref="RunOptions.Collector"/>.</summary>
    public required string Collector { get; init; }

    /// <summary>The program's file name and text; null for generated programs.</summary>
    public (string Name, string Text)? Program { get; init; }

    /// <summary>Null to draw one for each run, or the default where nothing is drawn.</summary>
    public string? Allocator { get; init; }

    /// <summary>Parameters that are not drawn.</summary>
    public ImmutableSortedDictionary<string, string> Parameters { get; init; } = ImmutableSortedDictionary<string, string>.Empty;

    /// <summary>Whether parameters and the allocator are drawn for each run. Generated programs always have theirs drawn.</summary>
    public bool Varies { get; init; }

    /// <summary>Names of strategies, one of which is drawn for each run; none for all.</summary>
    public ImmutableArray<string> Strategies { get; init; } = [];

    /// <summary>Whether objects that no collection will ever find are findings.</summary>
    public bool FindsLeaks { get; init; }

    public bool IsGenerated => Program is null;
}
