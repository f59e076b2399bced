using GcReplay.Debugging.Timelines;
using GcReplay.Heaps.Events;

namespace GcReplay.Debugging.Commands;

/// <summary>Where a thread is in the text of the heap program.</summary>
/// <param name="Line">From 1.</param>
/// <param name="IsInner">Whether it is the innermost statement of the thread; the others called a script and wait for it.</param>
/// <param name="IsUnderway">Whether the statement is being run; otherwise it is the last one that was.</param>
public readonly record struct ProgramPlace(int Thread, int Line, bool IsInner, bool IsUnderway);

/// <summary>The current lines of all threads.</summary>
public static class ProgramPlaces
{
    /// <summary>Further back the last statement of a thread is not looked for.</summary>
    private const long LookBackMax = 20_000;

    /// <summary>Of each thread its statements, innermost first; between statements the one it ended last.</summary>
    /// <remarks>Cost: for each thread between statements a scan of the last 20,000 events at most.</remarks>
    public static IReadOnlyList<ProgramPlace> Of(Timeline timeline, Progress progress = default)
    {
        var places = new List<ProgramPlace>();
        for (var thread = 0; thread < timeline.Source.Header.Threads.Length; thread++)
        {
            var count = places.Count;
            foreach (var begin in timeline.Shadow.OpenSpans(thread).Reverse())
            {
                if (EventText.OperationBegunBy(timeline, begin) is { } operation)
                    places.Add(new ProgramPlace(thread, operation.Line, places.Count == count, true));
            }

            if (places.Count > count)
                continue;
            var test = new EndsOperationOf(thread);
            var end = new EventScan(timeline.Blocks).Backward(timeline.Position, Math.Max(timeline.Start + 1, timeline.Position - LookBackMax), ref test, progress);
            if (end > 0 && EventText.OperationBegunBy(timeline, (long)Math.Min(timeline.EventAt(end).Event.A, long.MaxValue)) is { } last)
                places.Add(new ProgramPlace(thread, last.Line, true, false));
        }

        return places;
    }

    private readonly struct EndsOperationOf(int thread) : IEventTest
    {
        public bool Hits(EventBlock block, int index) =>
            (EventKind)block.Kinds[index] == EventKind.OperationEnd && block.Threads[index] == thread;
    }
}
