namespace GcReplay.Traces.Files;

/// <summary>When a recorder saves the state between two blocks.</summary>
/// <param name="WorkMin">Events plus changed words since the last checkpoint, at least.</param>
/// <param name="WorkPerChangedWord">And at least this many for each word of the pages that would be saved: those that changed since the last
/// checkpoint.</param>
/// <remarks>Counted in words, never in time: the same run has the same checkpoints everywhere. Going to a position plays half of what lies
/// between two checkpoints at most; the second number keeps checkpoints from outgrowing the events.</remarks>
public sealed record CheckpointPolicy(long WorkMin, double WorkPerChangedWord)
{
    public static CheckpointPolicy Default { get; } = new(1 << 20, 0.5);

    /// <summary>A checkpoint after each block: for tests.</summary>
    public static CheckpointPolicy EveryBlock { get; } = new(0, 0);

    public bool IsDue(long work, long changedWords) => work >= WorkMin && work >= changedWords * WorkPerChangedWord;
}
