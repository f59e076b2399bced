using System.Collections.Immutable;

namespace GcReplay.Simulation.Hunting;

/// <summary>Runs seeds of a target, one after the other.</summary>
public sealed class Campaign
{
    private readonly RunMaker maker;
    private readonly IReadOnlySet<string> ignored;
    private readonly ImmutableArray<string>? programFaults;
    private readonly bool findsLeaks;
    private readonly TrialMemory memory = new();
    private CoverageRun coverage;

    /// <param name="ignored">Signatures that runs go on past.</param>
    /// <exception cref="Heaps.GcReplayException">The target can not be run.</exception>
    public Campaign(HuntTarget target, IEnumerable<string> ignored)
    {
        maker = new RunMaker(target);
        this.ignored = ignored.ToHashSet(StringComparer.Ordinal);
        programFaults = target.IsGenerated ? maker.Family.ProgramFaults : null;
        findsLeaks = target.FindsLeaks;
        coverage = new CoverageRun(maker.OperationNames);
    }

    public RunMaker Maker => maker;

    /// <summary>What was reached since this was asked last.</summary>
    public Coverage TakeCoverage()
    {
        var taken = coverage.ToCoverage();
        coverage = new CoverageRun(maker.OperationNames);
        return taken;
    }

    /// <summary>Runs one seed.</summary>
    public TrialResult Run(ulong seed, CancellationToken cancellation = default)
    {
        var run = maker.Prepare(seed);
        coverage.Operations(run.Header.Operations);
        return Trial.Run(run, ignored, programFaults, coverage, findsLeaks, memory, cancellation);
    }
}
