using GcReplay.Heaps;
using GcReplay.Heaps.Events;

namespace GcReplay.Debugging.Timelines;

/// <summary>When an interpreter lived.</summary>
/// <param name="Index">As layouts number interpreters.</param>
/// <param name="Begin">Event that began it; 0 when it was there before.</param>
/// <param name="End">Event that ended it; 0 for none.</param>
public readonly record struct InterpreterLife(int Index, long Begin, long End);

/// <summary>What happened in some events in a row.</summary>
public struct OverviewCell
{
    /// <summary>Not in a collection.</summary>
    public const int Mutator = -1;

    /// <summary>In a collection, outside of its phases.</summary>
    public const int BetweenPhases = 0;

    /// <summary>Words of the process and of the shadow that were changed.</summary>
    public int Changes;

    /// <summary>One bit for each kind of event.</summary>
    public ulong Kinds;

    /// <summary>The first crash, assertion, hang or hazard; 0 for none.</summary>
    public long Failure;

    /// <summary>The phase that most of the events belong to; <see cref="Mutator"/> or <see cref="BetweenPhases"/>.</summary>
    public int Phase;

    /// <summary>Whether any of the events belongs to a collection.</summary>
    public bool Collects;

    internal int Votes;
}

/// <summary>A stretch of a trace in a bounded number of cells, each of as many events. It is read a piece at a time, so that a long
/// trace keeps nobody waiting.</summary>
/// <remarks>Cost: decoding all blocks of the stretch once.</remarks>
public sealed class TraceOverview
{
    private readonly BlockCache blocks;
    private readonly OverviewCell[] cells;
    private readonly List<InterpreterLife> interpreters = [];

    /// <summary>Phases of the spans that each thread is in, innermost last.</summary>
    private readonly Dictionary<int, Stack<int>> phases = [];
    private long next;

    /// <param name="before">A timeline that stands just before <paramref name="first"/>: what is open there.</param>
    /// <param name="first">First event of the stretch.</param>
    /// <param name="last">Last event of the stretch, not before the first.</param>
    public TraceOverview(Timeline before, long first, long last, int cellsMax)
    {
        blocks = new BlockCache(before.Source);
        (First, Last, next) = (first, last, before.Source.EventCount < first ? last + 1 : first);
        cells = new OverviewCell[(int)Math.Max(1, Math.Min(cellsMax, last - first + 1))];
        for (var thread = 0; thread < before.Source.Header.Threads.Length; thread++)
        {
            foreach (var begin in before.Shadow.OpenSpans(thread))
                PhasesOf(thread).Push(PhaseOf(blocks.EventAt(begin).Event));
        }
    }

    public long First { get; }

    public long Last { get; }

    /// <summary>Events read so far, from the first on.</summary>
    public long Read => next - First;

    public bool IsComplete => next > Last;

    public ReadOnlySpan<OverviewCell> Cells => cells;

    /// <summary>Interpreters that began or ended in the stretch, in the order of their first event.</summary>
    public IReadOnlyList<InterpreterLife> Interpreters => interpreters;

    /// <summary>The cell of an event of the stretch.</summary>
    public int CellOf(long number) => (int)((Int128)(number - First) * cells.Length / (Last - First + 1));

    /// <summary>The first event of a cell.</summary>
    public long FirstOf(int cell) => First + (long)(((Int128)cell * (Last - First + 1) + cells.Length - 1) / cells.Length);

    /// <summary>Reads on.</summary>
    /// <param name="events">How many at most, rounded up to the end of a block.</param>
    public void Work(long events, Progress progress = default)
    {
        var end = Math.Min(Last, next + Math.Min(events, Last) - 1);
        while (next <= end)
        {
            progress.Cancel.ThrowIfCancellationRequested();
            if (Readable(next) is not { } block)
            {
                var index = blocks.Source.BlockOf(next);
                next = index + 1 < blocks.Source.BlockCount ? blocks.Source.FirstEvent(index + 1) : Last + 1;
                continue;
            }

            var to = (int)(Math.Min(block.LastEvent, Last) - block.FirstEvent);
            for (var i = (int)(next - block.FirstEvent); i <= to; i++)
                Add(block, i, ref cells[CellOf(block.FirstEvent + i)]);
            next = block.FirstEvent + to + 1;
        }
    }

    /// <summary>Null for a block that is damaged: its cells stay empty.</summary>
    private EventBlock? Readable(long number)
    {
        try
        {
            return blocks.Holding(number);
        }
        catch (GcReplayException)
        {
            return null;
        }
    }

    private void Add(EventBlock block, int index, ref OverviewCell cell)
    {
        var kind = (EventKind)block.Kinds[index];
        cell.Kinds |= 1UL << (int)kind;
        cell.Changes += block.ChangeEnds[index] - block.ChangeStart(index);
        var thread = block.Threads[index];
        if (kind.BeginsSpan())
            PhasesOf(thread).Push(PhaseOf(block[index]));
        else if (kind.EndsSpan())
            PhasesOf(thread).TryPop(out _);
        else if (kind.IsFailure() && cell.Failure == 0)
            cell.Failure = block.FirstEvent + index;
        else if (kind is EventKind.InterpreterBegin or EventKind.InterpreterEnd)
            Live((int)Math.Min(block.A[index], int.MaxValue), block.FirstEvent + index, kind == EventKind.InterpreterBegin);
        var phase = Innermost(thread);
        cell.Collects |= phase != OverviewCell.Mutator;
        // The majority vote of Boyer and Moore: exact when one phase has more than half of the events.
        if (cell.Votes == 0)
            cell.Phase = phase;
        cell.Votes += cell.Phase == phase ? 1 : -1;
    }

    private void Live(int index, long number, bool begins)
    {
        var known = interpreters.FindLastIndex(i => i.Index == index);
        if (begins)
            interpreters.Add(new InterpreterLife(index, number, 0));
        else if (known >= 0 && interpreters[known].End == 0)
            interpreters[known] = interpreters[known] with { End = number };
        else
            interpreters.Add(new InterpreterLife(index, 0, number));
    }

    /// <summary>What a span says of the phase; of an operation and a script nothing, they are the mutator's.</summary>
    private static int PhaseOf(in Event e) => e.Kind switch
    {
        EventKind.PhaseBegin => (int)Math.Min(e.A, int.MaxValue),
        EventKind.CollectionBegin => OverviewCell.BetweenPhases,
        _ => OverviewCell.Mutator,
    };

    private int Innermost(int thread) => phases.TryGetValue(thread, out var open) && open.TryPeek(out var phase) ? phase : OverviewCell.Mutator;

    private Stack<int> PhasesOf(int thread)
    {
        if (!phases.TryGetValue(thread, out var open))
            phases.Add(thread, open = new Stack<int>());
        return open;
    }
}
