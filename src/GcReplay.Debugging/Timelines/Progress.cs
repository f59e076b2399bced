namespace GcReplay.Debugging.Timelines;

/// <summary>How a long run is watched and stopped from outside: every run asks once for each block of events.</summary>
/// <param name="Report">Told the number of the event reached.</param>
public readonly record struct Progress(CancellationToken Cancel, Action<long>? Report = null)
{
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public void At(long number)
    {
        Cancel.ThrowIfCancellationRequested();
        Report?.Invoke(number);
    }
}
