using System.Collections.Immutable;
using GcReplay.Simulation.Programs;

namespace GcReplay.Simulation.Conformance;

/// <summary>A program of a conformance file as a heap program, how it is to be run, and what is expected of it.</summary>
public sealed record ConformanceProgram
{
    /// <summary>Path of the file, as it was given.</summary>
    public required string File { get; init; }

    /// <summary>Its name in the file.</summary>
    public required string Id { get; init; }

    public required HeapProgram Tree { get; init; }

    /// <summary><c>name@revision</c>.</summary>
    public required string Collector { get; init; }

    public string Allocator { get; init; } = "glibc";

    public ImmutableSortedDictionary<string, string> Parameters { get; init; } = ImmutableSortedDictionary<string, string>.Empty;

    /// <summary>The operations of the file, in order.</summary>
    public required ImmutableArray<PlannedOperation> Operations { get; init; }

    /// <summary>Makes what compares one run.</summary>
    public required Func<Comparison> Compare { get; init; }
}

/// <summary>What an operation of a conformance file became.</summary>
/// <param name="Labels">Labels of its statements.</param>
/// <param name="Runs">How many statements are run for it, loops counted; 0 when the program has none for it.</param>
public sealed record PlannedOperation(ImmutableArray<string> Labels, long Runs);
