using System.Diagnostics;
using System.Runtime.ExceptionServices;
using GcReplay.Debugging.Timelines;

namespace GcReplay.Screen;

/// <summary>Answers presses one after the other beside the thread that draws, so that a long run does not freeze the screen.</summary>
/// <param name="run">Runs an action: on another thread, or at once.</param>
/// <param name="post">Brings news back to the thread that draws.</param>
internal sealed class Jobs(Action<Action> run, Action<Action> post) : IDisposable
{
    /// <summary>An action that takes longer than this is shown with its progress.</summary>
    private static readonly TimeSpan Unnoticed = TimeSpan.FromMilliseconds(50);

    private readonly PressQueue queue = new();
    private readonly Lock gate = new();
    private CancellationTokenSource? cancellation;
    private bool isRunning;
    private long began;
    private long reached;

    /// <summary>Answers a press, repeated so many times. Set once, before the first press.</summary>
    public Action<Press, int, Progress> Answer { get; set; } = (_, _, _) => { };

    /// <summary>Does a little of what can wait, while nothing else is to be done; false when nothing is left. Set once, before the first
    /// press.</summary>
    public Func<Progress, bool> Idle { get; set; } = _ => false;

    /// <summary>Called on the thread that draws after each answer, and after idle work.</summary>
    public Action Answered { get; set; } = () => { };

    /// <summary>The event that the running action reached; 0 when it is on no way.</summary>
    public long Reached => Interlocked.Read(ref reached);

    public bool IsBusy
    {
        get
        {
            lock (gate)
                return isRunning;
        }
    }

    /// <summary>Whether a press is being answered or waits for it; idle work does not count.</summary>
    public bool IsAnswering => IsBusy && (Interlocked.Read(ref began) != long.MaxValue || queue.HasAny);

    /// <summary>Whether the running action takes so long that the user should know.</summary>
    public bool IsLong => IsBusy && Interlocked.Read(ref began) is var start and not long.MaxValue && Stopwatch.GetElapsedTime(start) > Unnoticed;

    /// <summary>An exception that no action expected: the screen ends and throws it to its caller.</summary>
    public ExceptionDispatchInfo? Defect { get; private set; }

    /// <summary>Takes a press: at once, or when those before it are answered.</summary>
    public void Add(Press press)
    {
        queue.Add(press);
        lock (gate)
        {
            if (isRunning || Defect is not null)
                return;
            isRunning = true;
        }

        run(Pump);
    }

    /// <summary>Stops the running action, and forgets what waits for it.</summary>
    public void Cancel()
    {
        queue.Clear();
        lock (gate)
            cancellation?.Cancel();
    }

    /// <summary>Stops the running action, takes no others, and waits until it has noticed, or for so long.</summary>
    public void End(TimeSpan patience)
    {
        Idle = _ => false;
        Cancel();
        SpinWait.SpinUntil(() => !IsBusy, patience);
    }

    public void Dispose() => Cancel();

    private void Pump()
    {
        var hasIdleWork = true;
        while (Defect is null)
        {
            if (Next(hasIdleWork) is var (press, count))
                hasIdleWork = Watched(progress => Answer(press, count, progress), true);
            else if (hasIdleWork)
                hasIdleWork = WatchedIdle();
            else
                return;
            post(Answered);
        }

        // Whoever ends the screen need not wait for what broke off.
        lock (gate)
            isRunning = false;
    }

    private bool WatchedIdle()
    {
        var isMore = false;
        Watched(progress => isMore = Idle(progress), false);
        return isMore;
    }

    /// <summary>Runs an action that can be stopped.</summary>
    /// <param name="isNoticed">Whether the user waits for it.</param>
    /// <returns>True, always: behind an action there may be something that can wait.</returns>
    private bool Watched(Action<Progress> action, bool isNoticed)
    {
        using var stop = new CancellationTokenSource();
        lock (gate)
            cancellation = stop;
        Interlocked.Exchange(ref reached, 0);
        Interlocked.Exchange(ref began, isNoticed ? Stopwatch.GetTimestamp() : long.MaxValue);
        try
        {
            action(new Progress(stop.Token, number => Interlocked.Exchange(ref reached, number)));
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            // Asked for: what was reached is shown.
        }
#pragma warning disable CA1031 // It is thrown again once the terminal is restored.
        catch (Exception e)
#pragma warning restore CA1031
        {
            Defect = ExceptionDispatchInfo.Capture(e);
        }

        lock (gate)
            cancellation = null;
        return true;
    }

    /// <summary>The next press; when there is none and nothing idle to do, the pump stands still from now on.</summary>
    private (Press Press, int Count)? Next(bool hasIdleWork)
    {
        lock (gate)
        {
            var next = queue.Take();
            isRunning = next is not null || hasIdleWork;
            return next;
        }
    }
}
