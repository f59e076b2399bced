using GcReplay.Simulation.Hunting;

namespace GcReplay.Hunting;

/// <summary>Runs seeds: in this process, or in one of its own.</summary>
internal interface IHuntRunner : IDisposable
{
    /// <summary>Runs consecutive seeds, all of them unless it is cancelled.</summary>
    /// <returns>What they came to; null when it was cancelled before they were done.</returns>
    HuntResult? Run(ulong first, int count, CancellationToken cancellation);
}

/// <summary>Runs them here.</summary>
internal sealed class LocalRunner(HuntTarget target, IReadOnlyList<string> ignored) : IHuntRunner
{
    private readonly Campaign campaign = new(target, ignored);

    public HuntResult? Run(ulong first, int count, CancellationToken cancellation)
    {
        var tally = HuntTally.Empty;
        for (var i = 0; i < count; i++)
        {
            var seed = first + (ulong)i;
            var trial = campaign.Run(seed, cancellation);
            if (cancellation.IsCancellationRequested)
                return null;
            tally = tally.With(seed, trial);
        }

        return new HuntResult(tally, campaign.TakeCoverage());
    }

    public void Dispose()
    {
    }
}
