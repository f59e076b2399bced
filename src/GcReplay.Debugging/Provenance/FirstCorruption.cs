using GcReplay.Debugging.Timelines;
using GcReplay.Heaps.Sanitizers;
using GcReplay.Traces;

namespace GcReplay.Debugging.Provenance;

/// <summary>Runs the sanitizers over a finished trace: <see cref="Find"/> looks for the first corrupt event, <see cref="Check"/> asks
/// every sanitizer at every event, forwards and only once, also after a cancelled question.</summary>
/// <remarks>Has timelines of its own; the user's stays where it is.</remarks>
public sealed class FirstCorruption
{
    private readonly ITraceSource source;
    private readonly IReadOnlyList<ISanitizer>? sanitizers;
    private readonly Timeline timeline;
    private readonly SanitizerRun run;
    private bool isSearched;
    private Violation? found;

    /// <param name="sanitizers">Null for all.</param>
    public FirstCorruption(ITraceSource source, IReadOnlyList<ISanitizer>? sanitizers = null)
    {
        this.source = source;
        this.sanitizers = sanitizers;
        timeline = new Timeline(source);
        run = new SanitizerRun(timeline.View, sanitizers);
    }

    /// <summary>The last event that was checked.</summary>
    public long CheckedTo => timeline.Position;

    /// <summary>What is known by now: the first violation of each sanitizer as far as was checked, earliest first, or what a search
    /// found.</summary>
    public IReadOnlyList<Violation> Known => run.Violations.Count > 0 || found is null ? run.Violations : [found];

    /// <summary>Ends of operations that <see cref="Find"/> passed over because checking each would take too long; 0 when its answer
    /// is exact.</summary>
    public long Skipped { get; private set; }

    /// <summary>The first corrupt event of the trace; null when no sanitizer ever fails.</summary>
    public Violation? Find(Progress progress = default)
    {
        if (run.FirstCorruption is { } known)
            return known;
        if (!isSearched)
        {
            var search = new CorruptionSearch(source, sanitizers);
            found = search.Find(progress);
            Skipped = search.Skipped;
            isSearched = true;
        }

        return found;
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
