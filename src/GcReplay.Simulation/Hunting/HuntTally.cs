using System.Collections.Immutable;
using GcReplay.Traces;

namespace GcReplay.Simulation.Hunting;

/// <summary>Failures of one signature.</summary>
/// <param name="Hits">Runs that failed so.</param>
/// <param name="Seed">Of the run with the fewest operations; of several, the lowest seed.</param>
/// <param name="Operations">Of that run.</param>
/// <param name="Failure">Of that run.</param>
public sealed record FailureGroup(string Signature, long Hits, ulong Seed, long Operations, RunFailure Failure)
{
    /// <summary>Two groups of one signature as one.</summary>
    public FailureGroup With(FailureGroup other)
    {
        var best = (other.Operations, other.Seed).CompareTo((Operations, Seed)) < 0 ? other : this;
        return best with { Hits = Hits + other.Hits };
    }
}

/// <summary>What some runs of a hunt came to.</summary>
public sealed record HuntTally
{
    public static readonly HuntTally Empty = new();

    public long Runs { get; init; }

    public long Operations { get; init; }

    public long Events { get; init; }

    /// <summary>Runs that ended in an assertion that the program brought upon itself.</summary>
    public long OwnFaults { get; init; }

    /// <summary>By signature.</summary>
    public ImmutableSortedDictionary<string, FailureGroup> Failures { get; init; } =
        ImmutableSortedDictionary.Create<string, FailureGroup>(StringComparer.Ordinal);

    /// <summary>Signatures that were ignored, with how many runs went on past them.</summary>
    public ImmutableSortedDictionary<string, long> Ignored { get; init; } = ImmutableSortedDictionary.Create<string, long>(StringComparer.Ordinal);

    public HuntTally With(ulong seed, TrialResult trial)
    {
        var failures = trial.Failure is { } failure
            ? Merged(Failures, new FailureGroup(failure.Signature, 1, seed, trial.Run.Operations, failure))
            : Failures;
        return this with
        {
            Runs = Runs + 1,
            Operations = Operations + trial.Run.Operations,
            Events = Events + trial.Run.Events,
            OwnFaults = OwnFaults + (trial.IsOwnFault ? 1 : 0),
            Failures = failures,
            Ignored = trial.Ignored is { } ignored ? Ignored.SetItem(ignored, Ignored.GetValueOrDefault(ignored) + 1) : Ignored,
        };
    }

    public HuntTally With(HuntTally other) => new()
    {
        Runs = Runs + other.Runs,
        Operations = Operations + other.Operations,
        Events = Events + other.Events,
        OwnFaults = OwnFaults + other.OwnFaults,
        Failures = other.Failures.Values.Aggregate(Failures, Merged),
        Ignored = other.Ignored.Aggregate(Ignored, (all, one) => all.SetItem(one.Key, all.GetValueOrDefault(one.Key) + one.Value)),
    };

    private static ImmutableSortedDictionary<string, FailureGroup> Merged(ImmutableSortedDictionary<string, FailureGroup> groups, FailureGroup one) =>
        groups.SetItem(one.Signature, groups.TryGetValue(one.Signature, out var known) ? known.With(one) : one);
}
