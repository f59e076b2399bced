using System.Diagnostics;

namespace GcReplay.Hunting;

/// <summary>Hands out seeds in ascending order and puts together what comes back, whoever runs them.</summary>
internal sealed class Hunter(HuntFolder folder, ulong first, HuntLimit limit, Action<long> report)
{
    /// <summary>How long the runs handed out at once should take: often enough for progress and Ctrl+C, seldom enough to cost nothing.</summary>
    private static readonly TimeSpan Portion = TimeSpan.FromMilliseconds(200);

    private const int PortionMax = 4096;

    private readonly Lock gate = new();
    private readonly Stopwatch watch = Stopwatch.StartNew();

    /// <summary>The last seed that is asked for; null for all of them.</summary>
    private readonly ulong? last = limit.Runs is { } runs ? first + Math.Min((ulong)runs - 1, ulong.MaxValue - first) : null;

    /// <summary>Null behind the last seed of all.</summary>
    private ulong? next = first;

    public double Seconds => watch.Elapsed.TotalSeconds;

    /// <summary>Hunts with some runners at once, until the limit or a cancellation.</summary>
    public void Hunt(IReadOnlyList<IHuntRunner> runners, CancellationToken cancellation)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        if (limit.Seconds is { } seconds)
            stop.CancelAfter(TimeSpan.FromSeconds(Math.Min(seconds, int.MaxValue / 1000)));
        var failed = new List<Exception>();
        var threads = runners.Skip(1).Select(runner => new Thread(() => Keep(failed, stop, () => Work(runner, stop)))).ToList();
        threads.ForEach(thread => thread.Start());
        Keep(failed, stop, () => Work(runners[0], stop));
        threads.ForEach(thread => thread.Join());
        if (failed.Count > 0)
            System.Runtime.ExceptionServices.ExceptionDispatchInfo.Throw(failed[0]);
    }

    /// <summary>When one can not go on, all stop.</summary>
    private void Keep(List<Exception> failed, CancellationTokenSource stop, Action work)
    {
        try
        {
            work();
        }
#pragma warning disable CA1031 // Thrown again by the thread that waits for all.
        catch (Exception e)
#pragma warning restore CA1031
        {
            lock (gate)
                failed.Add(e);
            stop.Cancel();
        }
    }

    private void Work(IHuntRunner runner, CancellationTokenSource stop)
    {
        var portion = 8;
        while (!stop.IsCancellationRequested)
        {
            if (Take(portion) is not var (seed, count))
                return;
            var before = watch.Elapsed;
            if (runner.Run(seed, count, stop.Token) is not { } result)
                return;
            portion = Math.Clamp((int)(portion * Math.Min(4, Portion / (watch.Elapsed - before + TimeSpan.FromMilliseconds(1)))), 1, PortionMax);
            lock (gate)
            {
                folder.Add(seed, count, result);
                report(folder.Result.Tally.Runs);
                if (limit.UntilFailure && folder.Result.Tally.Failures.Count > 0)
                    stop.Cancel();
            }
        }
    }

    /// <summary>The next seeds that nobody did; null when there are none.</summary>
    private (ulong First, int Count)? Take(int most)
    {
        lock (gate)
        {
            if (next is not { } from || folder.Done.Next(from, most) is not var (seed, count))
                return null;
            if (last is { } end)
            {
                if (seed > end)
                    return null;
                count = (int)Math.Min((ulong)count - 1, end - seed) + 1;
            }

            next = seed <= ulong.MaxValue - (ulong)count ? seed + (ulong)count : null;
            return (seed, count);
        }
    }
}
