using GcReplay.Debugging.Timelines;
using GcReplay.Heaps.Sanitizers;
using GcReplay.Traces;

namespace GcReplay.Debugging.Provenance;

/// <summary>Runs the sanitizers over every event of a finished trace, forwards and only once, also after a cancelled question:
/// <see cref="Find"/> up to the first corrupt event, <see cref="Check"/> up to a position.</summary>
/// <remarks>Has a timeline of its own; the user's stays where it is. Cost: playing the events.</remarks>
public sealed class FirstCorruption
{
    /// <summary>1 GiB, for which checking takes 5 GiB. A short trace from a stranger can ask for more, with objects that are large and empty; a live run is
    /// the user's own, and ends as it wants to.</summary>
    private const long PagesMax = 1 << 18;

    private readonly Timeline timeline;
    private readonly SanitizerRun run;

    /// <param name="sanitizers">Null for all.</param>
    public FirstCorruption(ITraceSource source, IReadOnlyList<ISanitizer>? sanitizers = null)
    {
        timeline = new Timeline(source, isIndexed: true);
        run = new SanitizerRun(timeline.View, sanitizers, pagesMax: PagesMax);
    }

    /// <summary>The last event that was checked.</summary>
    public long CheckedTo => timeline.Position;

    /// <summary>What is known by now: the first violation of each sanitizer as far as was checked, earliest first.</summary>
    public IReadOnlyList<Violation> Known => run.Violations;

    /// <summary>What is looked for only now and then, and since which event.</summary>
    public IEnumerable<(string Name, long Since)> Rare => run.Rare;

    /// <summary>The first corrupt event of the trace; null when no sanitizer ever fails.</summary>
    public Violation? Find(Progress progress = default)
    {
        while (run.FirstCorruption is null && timeline.Position < timeline.EventCount)
            CheckNext(progress);
        return run.FirstCorruption;
    }

    /// <summary>The first violation of each sanitizer at or before a position, earliest first.</summary>
    public IReadOnlyList<Violation> Check(long position, Progress progress = default)
    {
        while (!run.IsExhausted && timeline.Position < Math.Min(position, timeline.EventCount))
            CheckNext(progress);
        return [.. run.Violations.Where(v => v.Event <= position)];
    }

    private void CheckNext(Progress progress)
    {
        var next = timeline.Position + 1;
        timeline.MoveTo(next, progress);
        run.After(next, timeline.EventAt(next).Event);
    }
}
