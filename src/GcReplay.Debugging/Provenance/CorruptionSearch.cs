using GcReplay.Debugging.Timelines;
using GcReplay.Heaps.Events;
using GcReplay.Heaps.Sanitizers;
using GcReplay.Traces;

namespace GcReplay.Debugging.Provenance;

/// <summary>Finds the first corrupt event of a whole trace in time that grows with its events, not with its events times its heap.</summary>
/// <remarks>Frees, unmappings and hazards are checked each time: that is cheap. A check at the end of an operation reads the whole
/// heap, so it must be affordable: each event pays for some words, small traces have credit for every check. When a check fails,
/// every end of an operation since the last one that held is checked, so that the answer is exact for corruption that lasts;
/// what came and went between two checks is missed, and <see cref="Skipped"/> says that it could be.</remarks>
/// <param name="sanitizers">Null for all.</param>
/// <param name="creditAtStart">Words that may be read before events have paid for them.</param>
public sealed class CorruptionSearch(
    ITraceSource source, IReadOnlyList<ISanitizer>? sanitizers = null, long creditAtStart = CorruptionSearch.DefaultCredit)
{
    /// <summary>Enough to check every end of an operation of a small trace: some seconds.</summary>
    public const long DefaultCredit = 1L << 26;

    private const long WordsPerEvent = 8;

    private readonly Timeline timeline = new(source);
    private long credit = creditAtStart;
    private long held;
    private long lastSkipped;

    /// <summary>Ends of operations that were not checked.</summary>
    public long Skipped { get; private set; }

    public Violation? Find(Progress progress)
    {
        var run = new SanitizerRun(timeline.View, sanitizers);
        for (var next = 1L; next <= timeline.EventCount; next++)
        {
            timeline.MoveTo(next, progress);
            var e = timeline.EventAt(next).Event;
            credit += WordsPerEvent;
            if (e.Kind == EventKind.OperationEnd && !Pay())
            {
                run.Skip(next, e);
                lastSkipped = next;
                Skipped++;
                continue;
            }

            if (run.After(next, e) is [var violation, ..])
                return lastSkipped > held ? FindBetween(held, next, progress) : violation;
            if (e.Kind == EventKind.OperationEnd)
                held = next;
        }

        return lastSkipped > held && FailsAt(lastSkipped, progress) ? FindBetween(held, lastSkipped, progress) : null;
    }

    private bool Pay()
    {
        var price = (long)timeline.Shadow.LiveWords;
        if (price > credit)
            return false;
        credit -= price;
        return true;
    }

    private bool FailsAt(long number, Progress progress)
    {
        timeline.MoveTo(number, progress);
        return new SanitizerRun(timeline.View, sanitizers).After(number, timeline.EventAt(number).Event).Count > 0;
    }

    private Violation? FindBetween(long from, long to, Progress progress)
    {
        timeline.MoveTo(from, progress);
        var run = new SanitizerRun(timeline.View, sanitizers);
        for (var next = from + 1; next <= to; next++)
        {
            timeline.MoveTo(next, progress);
            if (run.After(next, timeline.EventAt(next).Event) is [var violation, ..])
                return violation;
        }

        return null;
    }
}
