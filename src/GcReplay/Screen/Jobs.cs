using System.Runtime.ExceptionServices;
using GcReplay.Debugging.Timelines;

namespace GcReplay.Screen;

/// <summary>Runs one action at a time beside the thread that draws, so that a long run does not freeze the screen.</summary>
/// <param name="run">Runs the action: on another thread, or at once.</param>
/// <param name="post">Brings the end of an action back to the thread that draws.</param>
internal sealed class Jobs(Action<Action> run, Action<Action> post) : IDisposable
{
    private CancellationTokenSource? cancellation;
    private long reached;

    /// <summary>What runs; empty when nothing does.</summary>
    public string Running { get; private set; } = "";

    public bool IsBusy => Running.Length > 0;

    /// <summary>The event that the running action reached.</summary>
    public long Reached => Interlocked.Read(ref reached);

    /// <summary>An exception that no action expected: the screen ends and throws it to its caller.</summary>
    public ExceptionDispatchInfo? Defect { get; private set; }

    /// <summary>Starts an action unless one is running.</summary>
    public void Start(string name, Action<Progress> action, Action done)
    {
        if (IsBusy)
            return;
        Running = name;
        Interlocked.Exchange(ref reached, 0);
        cancellation = new CancellationTokenSource();
        var progress = new Progress(cancellation.Token, number => Interlocked.Exchange(ref reached, number));
        run(() =>
        {
            var defect = Try(action, progress);
            post(() =>
            {
                Defect = defect;
                Running = "";
                cancellation.Dispose();
                cancellation = null;
                done();
            });
        });
    }

    public void Cancel() => cancellation?.Cancel();

    public void Dispose()
    {
        cancellation?.Cancel();
        cancellation?.Dispose();
    }

    private static ExceptionDispatchInfo? Try(Action<Progress> action, Progress progress)
    {
        try
        {
            action(progress);
            return null;
        }
        catch (OperationCanceledException)
        {
            return null;
        }
#pragma warning disable CA1031 // It is thrown again once the terminal is restored.
        catch (Exception e)
#pragma warning restore CA1031
        {
            return ExceptionDispatchInfo.Capture(e);
        }
    }
}
