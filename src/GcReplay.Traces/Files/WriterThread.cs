#pragma warning disable RS0030 // The one thread of floors 0 to 2: it only turns finished blocks into bytes, in their order.
using System.Collections.Concurrent;
using System.Runtime.ExceptionServices;

namespace GcReplay.Traces.Files;

/// <summary>Does work in the order in which it was added, on a thread of its own.</summary>
internal sealed class WriterThread : IDisposable
{
    /// <summary>Whoever adds more than this waits.</summary>
    private const int QueuedMax = 8;

    private readonly BlockingCollection<object> queue = new(QueuedMax);
    private readonly Action<object> work;
    private readonly Thread thread;
    private volatile ExceptionDispatchInfo? failure;

    public WriterThread(Action<object> work)
    {
        this.work = work;
        thread = new Thread(Run) { IsBackground = true, Name = "trace writer" };
        thread.Start();
    }

    public void Add(object item) => queue.Add(item);

    /// <summary>Throws what the work threw, if it did.</summary>
    public void ThrowFailure() => failure?.Throw();

    /// <summary>Waits until everything that was added is done; nothing can be added any more.</summary>
    public void Drain()
    {
        queue.CompleteAdding();
        thread.Join();
    }

    public void Dispose() => queue.Dispose();

    private void Run()
    {
        foreach (var item in queue.GetConsumingEnumerable())
        {
            // After a failure the queue is emptied all the same, so that Add never waits for a thread that gave up.
            if (failure is not null)
                continue;
            try
            {
                work(item);
            }
            catch (Exception e)
            {
                failure = ExceptionDispatchInfo.Capture(e);
            }
        }
    }
}
