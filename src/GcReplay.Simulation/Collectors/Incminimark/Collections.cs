namespace GcReplay.Simulation.Collectors.Incminimark;

/// <summary>What starts collections, and how far they go.</summary>
/// <remarks>Source: rpython/memory/gc/incminimark.py, minor_collection_with_major_progress, collect, gc_step_until.</remarks>
internal sealed class Collections(GcContext gc, MinorCollection minor, MajorCollection major)
{
    private GcWords Words => gc.Words;

    public void Minor(bool isAutomatic = false) => minor.Run(isAutomatic);

    public void MajorStep(long reserving, bool isAutomatic = false) => major.Step(reserving, isAutomatic);

    /// <summary>gc_step_until: minor collections, each with a step, until the state is there.</summary>
    public void StepUntil(GcState state)
    {
        while (Words.State != state)
            Step();
    }

    public void Step()
    {
        Minor();
        MajorStep(0);
    }

    /// <summary>collect: finishes the cycle that is under way, then runs a whole one.</summary>
    public void Full()
    {
        StepUntil(GcState.Scanning);
        StepUntil(GcState.Marking);
        StepUntil(GcState.Scanning);
    }

    /// <summary>gc.collect(generation), of 0 or 1.</summary>
    public void Generation(long generation)
    {
        MinorWithMajorProgress(0, isForced: true, isAutomatic: false);
        if (generation == 1 && Words.State == GcState.Scanning)
            MajorStep(0);
    }

    /// <summary>A minor collection, and as many steps of the major one as keep up with what became old.</summary>
    /// <param name="extra">Bytes that are about to be allocated.</param>
    /// <param name="isForced">Also when automatic collection is off.</param>
    public void MinorWithMajorProgress(long extra, bool isForced, bool isAutomatic)
    {
        Minor(isAutomatic);
        if (!Words.IsEnabled && !isForced)
            return;
        if (Words.State == GcState.Scanning && !gc.ThresholdReached(extra))
            return;
        MajorStep(extra, isAutomatic);
        while (Words.State != GcState.Scanning && !HasKeptUp(extra))
        {
            Minor(isAutomatic);
            MajorStep(extra, isAutomatic);
        }
    }

    private bool HasKeptUp(long extra) =>
        Words.ThresholdObjectsMadeOld >= extra && Words.SizeObjectsMadeOld <= Words.ThresholdObjectsMadeOld - extra;
}
