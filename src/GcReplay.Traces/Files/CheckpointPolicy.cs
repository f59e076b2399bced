namespace GcReplay.Traces.Files;

/// <summary>When a recorder saves the whole state between two blocks.</summary>
/// <param name="WorkMin">Events plus changed words since the last checkpoint, at least.</param>
/// <param name="WorkPerStateWord">And at least this many for each word of the pages that would be saved.</param>
/// <remarks>With one unit of work for each word, loading a checkpoint takes about as long as playing the events between two, and
/// the checkpoints of a large, quiet heap do not outgrow its events.</remarks>
public sealed record CheckpointPolicy(long WorkMin, double WorkPerStateWord)
{
    public static CheckpointPolicy Default { get; } = new(1 << 20, 1);

    /// <summary>A checkpoint after each block: for tests.</summary>
    public static CheckpointPolicy EveryBlock { get; } = new(0, 0);

    public bool IsDue(long work, long stateWords) => work >= WorkMin && work >= stateWords * WorkPerStateWord;
}
