using GcReplay.Debugging.Commands;
using GcReplay.Debugging.Timelines;
using GcReplay.Heaps.Events;
using GcReplay.Heaps.Layouts;
using GcReplay.Traces;

namespace GcReplay.Debugging.Comparing;

/// <summary>One of two traces at their first difference.</summary>
/// <param name="Event">Number of the first event that differs; 0 when the trace is over.</param>
/// <param name="Text">The event in words.</param>
/// <param name="Operation">The statement that it belongs to, in words; empty between statements.</param>
public sealed record DifferingSide(long Event, string Text, string Operation);

/// <summary>Where two traces first differ.</summary>
/// <param name="Summary">What the difference is, in a sentence.</param>
public sealed record TraceDifference(string Summary, DifferingSide First, DifferingSide Second);

/// <summary>What a comparison found.</summary>
/// <param name="Events">Events of each that agree.</param>
/// <param name="Operations">Statements that agree, those of scripts included.</param>
/// <param name="Difference">Null when the traces mean the same to their ends.</param>
/// <param name="OnlyStatements">Whether events between statements and those of the allocator itself were left out.</param>
public sealed record ComparisonResult(long Events, long Operations, TraceDifference? Difference, bool OnlyStatements);

/// <summary>Compares two traces event by event, aligned by statement. Events are compared by what they mean, so that traces of different
/// allocators and revisions can be compared; a statement that only one of them runs is found by its label.</summary>
/// <remarks>Between different allocators, or where the runtime's structs have other sizes, only statements are compared, and not what the allocator does
/// for itself (maps, set-ups, memory without an object). Cost: a look at each event; what is the same word for word
/// costs little.</remarks>
public sealed class TraceComparison
{
    private readonly Timeline first;
    private readonly Timeline second;

    /// <summary>While all so far was the same word for word, what is written the same means the same.</summary>
    private bool isSameSoFar;
    private readonly bool onlyStatements;
    private long operations;

    public TraceComparison(ITraceSource first, ITraceSource second)
    {
        this.first = new Timeline(first);
        this.second = new Timeline(second);
        var (a, b) = (first.Header, second.Header);
        onlyStatements = a.Allocator != b.Allocator || !Sizes(a.Layout).SequenceEqual(Sizes(b.Layout));
        isSameSoFar = !onlyStatements && a.Layout.Sites.SequenceEqual(b.Layout.Sites) && a.Operations.SequenceEqual(b.Operations)
            && a.Layout.Types.SequenceEqual(b.Layout.Types);
    }

    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public ComparisonResult Run(Progress progress = default)
    {
        var (i, j) = (0L, 0L);
        var (inFirst, inSecond) = (new Dictionary<int, int>(), new Dictionary<int, int>());
        while (true)
        {
            progress.At(i);
            (i, j) = (Next(first, i, inFirst), Next(second, j, inSecond));
            var (isOver, isOtherOver) = (i > first.EventCount, j > second.EventCount);
            if (isOver && isOtherOver)
                return new ComparisonResult(i - 1, operations, null, onlyStatements);
            if (isOver || isOtherOver || !MeansTheSame(i, j))
                return new ComparisonResult(Math.Min(i, j) - 1, operations, Difference(i, j), onlyStatements);
            if (first.EventAt(i).Kind == EventKind.OperationEnd)
                operations++;
        }
    }

    private static IEnumerable<(string Name, int Size)> Sizes(Layout layout) => layout.Structs.Select(s => (s.Name, s.Size));

    /// <summary>The next event that is compared.</summary>
    /// <param name="depths">For each thread, how many statements are open.</param>
    private long Next(Timeline timeline, long number, Dictionary<int, int> depths)
    {
        for (number++; number <= timeline.EventCount; number++)
        {
            var e = timeline.EventAt(number).Event;
            var depth = depths.GetValueOrDefault(e.Thread);
            if (e.Kind == EventKind.OperationBegin)
                depths[e.Thread] = depth + 1;
            if (e.Kind == EventKind.OperationEnd)
                depths[e.Thread] = depth - 1;
            if (!onlyStatements || IsOfTheStatement(e, depth))
                return number;
        }

        return number;
    }

    private static bool IsOfTheStatement(in Event e, int depth) => e.Kind switch
    {
        EventKind.OperationBegin => true,
        EventKind.Map or EventKind.Unmap or EventKind.Setup => false,
        EventKind.Allocate or EventKind.Free => e.C != 0 && depth > 0,
        _ => depth > 0 || e.Kind.EndsRun(),
    };

    private bool MeansTheSame(long i, long j)
    {
        isSameSoFar &= i == j && first.EventAt(i).Event == second.EventAt(j).Event;
        if (isSameSoFar)
            return true;
        first.MoveTo(i);
        second.MoveTo(j);
        return EventMeaning.Of(first) == EventMeaning.Of(second);
    }

    private TraceDifference Difference(long i, long j) => new(Summary(i, j), Side(first, i), Side(second, j));

    private string Summary(long i, long j)
    {
        if (i > first.EventCount || j > second.EventCount)
            return $"the {(i > first.EventCount ? "first" : "second")} trace is over";
        var (a, b) = (first.EventAt(i).Event, second.EventAt(j).Event);
        if (a.Kind != EventKind.OperationBegin || b.Kind != EventKind.OperationBegin)
            return "an event differs";
        if (Runs(second, j, EventMeaning.Operation(first, a)))
            return "the second trace runs statements in between that the first does not";
        return Runs(first, i, EventMeaning.Operation(second, b))
            ? "the first trace runs statements in between that the second does not"
            : "they run different statements";
    }

    /// <summary>Whether a statement begins after an event.</summary>
    private static bool Runs(Timeline timeline, long after, string operation)
    {
        for (var number = after + 1; number <= timeline.EventCount; number++)
        {
            var e = timeline.EventAt(number).Event;
            if (e.Kind == EventKind.OperationBegin && EventMeaning.Operation(timeline, e) == operation)
                return true;
        }

        return false;
    }

    private static DifferingSide Side(Timeline timeline, long number)
    {
        if (number > timeline.EventCount)
            return new DifferingSide(0, "the trace is over", "");
        timeline.MoveTo(number);
        return new DifferingSide(number, EventText.What(timeline), EventText.Where(timeline));
    }
}
