using GcReplay.Heaps.Events;

namespace GcReplay.Debugging.Timelines;

/// <summary>The next event of a thread at most as deep as a limit, forwards from a position.</summary>
/// <remarks>The depth of an event counts the spans of its thread around it; the event that opens a span and the one that closes it
/// stand at the depth outside, like a call and its return.</remarks>
/// <param name="depth">Open spans of the thread at the position the scan starts from.</param>
internal struct NotDeeperForward(int thread, int depth, int limit) : IEventTest
{
    private int depth = depth;

    public bool Hits(EventBlock block, int index)
    {
        if (block.Threads[index] != thread)
            return false;
        var kind = (EventKind)block.Kinds[index];
        var at = depth;
        if (kind.BeginsSpan())
            depth++;
        else if (kind.EndsSpan())
            at = --depth;
        return at <= limit;
    }
}

/// <summary>The previous event of a thread at most as deep as a limit, backwards from a position.</summary>
/// <param name="depth">Open spans of the thread at the position behind the first event asked for.</param>
internal struct NotDeeperBackward(int thread, int depth, int limit) : IEventTest
{
    private int depth = depth;

    public bool Hits(EventBlock block, int index)
    {
        if (block.Threads[index] != thread)
            return false;
        var kind = (EventKind)block.Kinds[index];
        var at = depth;
        if (kind.BeginsSpan())
            at = --depth;
        else if (kind.EndsSpan())
            depth++;
        return at <= limit;
    }
}

/// <summary>The event that closes a span.</summary>
/// <param name="begin">Number of the event that opened it.</param>
internal readonly struct Closes(int thread, long begin) : IEventTest
{
    public bool Hits(EventBlock block, int index) =>
        block.A[index] == (ulong)begin && block.Threads[index] == thread && ((EventKind)block.Kinds[index]).EndsSpan();
}
