using System.Collections.Immutable;
using GcReplay.Heaps;
using GcReplay.Simulation.Chaos.Strategies;
using GcReplay.Simulation.Collectors;
using GcReplay.Simulation.Recording;
using GcReplay.Traces;

namespace GcReplay.Simulation.Hunting;

/// <summary>One combination of what a sweep varies, and what its run came to.</summary>
/// <param name="Values">By key, in the order of the keys.</param>
/// <param name="FirstCorruption">The first violation; null when no sanitizer found one.</param>
/// <param name="Failure">How the run itself went wrong: crash, assertion, hang, hazard; null when it ended well.</param>
public sealed record CombinationResult(
    ImmutableArray<KeyValuePair<string, string>> Values, RunFailure? FirstCorruption, RunFailure? Failure, long Operations)
{
    /// <summary>In a word: <c>ok</c>, <c>silent</c> (corrupt, and the run ended well), or how it went wrong.</summary>
    public string Outcome => Failure?.Kind ?? (FirstCorruption is null ? "ok" : "silent");
}

/// <summary>One program and seed, run with every combination of some values.</summary>
public static class Combinations
{
    /// <summary>More are not run: somebody mistyped.</summary>
    public const int Max = 100_000;

    /// <summary>Keys that are no parameters of a collector.</summary>
    private const string AllocatorKey = "allocator";
    private const string CollectorKey = "collector";
    private const string SeedKey = "seed";

    /// <summary>All combinations, the last key's values changing fastest.</summary>
    /// <exception cref="GcReplayException">There are too many.</exception>
    public static IReadOnlyList<ImmutableArray<KeyValuePair<string, string>>> Of(IReadOnlyList<(string Key, ImmutableArray<string> Values)> over)
    {
        IEnumerable<ImmutableArray<KeyValuePair<string, string>>> all = [[]];
        var count = 1L;
        foreach (var (key, values) in over)
        {
            count *= values.Length;
            if (count > Max)
                throw new GcReplayException($"--over: more than {Max} combinations. Leave some values out.");
            all = all.SelectMany(before => values.Select(value => before.Add(KeyValuePair.Create(key, value))));
        }

        return [.. all];
    }

    /// <summary>Looks at each value before anything runs, the first of every other key beside it: so that nobody waits for a mistyped one.</summary>
    /// <exception cref="GcReplayException">A value is none of its key.</exception>
    public static void CheckEach(RunOptions options, IReadOnlyList<(string Key, ImmutableArray<string> Values)> over)
    {
        var first = With(options, over.Select(one => KeyValuePair.Create(one.Key, one.Values[0])));
        foreach (var (key, values) in over.Where(one => one.Key != SeedKey))
        {
            foreach (var value in values)
                _ = new PreparedRun(With(first, [KeyValuePair.Create(key, value)]), "");
        }

        foreach (var seed in over.Where(one => one.Key == SeedKey).SelectMany(one => one.Values))
            _ = With(first, [KeyValuePair.Create(SeedKey, seed)]);
    }

    /// <summary>A run with some values in place of its own.</summary>
    /// <exception cref="GcReplayException">A value is none of its key.</exception>
    public static RunOptions With(RunOptions options, IEnumerable<KeyValuePair<string, string>> values)
    {
        foreach (var (key, value) in values)
        {
            options = key switch
            {
                AllocatorKey => options with { Allocator = value },
                CollectorKey => options with { Collector = value },
                SeedKey => ulong.TryParse(value, out var seed)
                    ? options with { Seed = seed, IsChaos = true, Choices = null }
                    : throw new GcReplayException($"seed={value}: expected a number from 0 to {ulong.MaxValue}, or a range of them as 1..20."),
                _ => options with { Parameters = options.Parameters.SetItem(key, value) },
            };
        }

        return options;
    }

    /// <summary>Runs one combination with every sanitizer on, to the end of the run.</summary>
    public static CombinationResult Run(RunOptions options, ImmutableArray<KeyValuePair<string, string>> values, CancellationToken cancellation)
    {
        var run = new PreparedRun(With(options, values), "");
        var (result, first) = Trial.Whole(run, cancellation);
        cancellation.ThrowIfCancellationRequested();
        return new CombinationResult(values, first, result.Failure, result.Operations);
    }

    /// <summary>What there is to take away from a run, one at a time: chaos, each site that chaos answered, each parameter, the allocator.</summary>
    public static IReadOnlyList<(string What, RunOptions Run)> Ablations(RunOptions options)
    {
        var ablations = new List<(string, RunOptions)>();
        if (options.IsChaos)
        {
            ablations.Add(("chaos", options with { IsChaos = false, Choices = null }));
            foreach (var site in (options.Choices ?? []).Where(c => c.Chosen != 0).Select(c => c.Site).Distinct().Order(StringComparer.Ordinal))
                ablations.Add(($"choices of {site}", options with { Choices = [.. options.Choices!.Where(c => c.Site != site)] }));
        }

        foreach (var (key, value) in options.Parameters)
        {
            // The answers are recorded: how they were found is of no account.
            if (key != RunParameters.Strategy)
                ablations.Add(($"{key}={value}", options with { Parameters = options.Parameters.Remove(key) }));
        }

        if (options.Allocator != "glibc")
            ablations.Add(($"allocator {options.Allocator}", options with { Allocator = "glibc" }));
        return ablations;
    }

    /// <summary>For messages: keys that a sweep can vary.</summary>
    public static string Keys(CollectorFamily family) =>
        string.Join(", ", (string[])[AllocatorKey, CollectorKey, SeedKey, .. family.Parameters.Select(p => p.Key), .. RunParameters.All.Select(p => p.Key)]);

    /// <summary>All values of a key that has few; empty for others.</summary>
    public static ImmutableArray<string> AllValues(string key, CollectorFamily family) => key switch
    {
        AllocatorKey => Allocators.Allocators.Names,
        CollectorKey => [.. family.Revisions.Select(r => $"{family.Name}@{r}")],
        RunParameters.Strategy => [.. ChaosStrategies.All.Select(s => s.Name)],
        _ => family.Parameters.FirstOrDefault(p => p.Key == key)?.Drawn ?? [],
    };
}
