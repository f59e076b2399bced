using System.Collections.Immutable;
using GcReplay.Heaps;
using GcReplay.Simulation.Collectors;
using GcReplay.Simulation.Programs;
using GcReplay.Traces;

namespace GcReplay.Simulation.Hunting.Shrinking;

/// <summary>Makes a run that fails smaller, as long as it fails with the same signature.</summary>
/// <remarks>Deterministic: what is tried next depends on what failed before, and on nothing else. Cost: a run for each try; they become
/// shorter as it goes on.</remarks>
public sealed partial class Shrinker
{
    /// <summary>Programs of more nodes have too many pairs of them to try.</summary>
    private const int PairedMax = 40;

    private readonly FoundCollector found;
    private readonly IReadOnlySet<string> ignored;
    private readonly bool findsLeaks;
    private readonly Action<ShrinkProgress>? report;
    private readonly CancellationToken cancellation;
    private long tries;

    private Shrinker(
        ShrinkCase start, FoundCollector found, IReadOnlySet<string> ignored, TrialResult first, Action<ShrinkProgress>? report, CancellationToken cancellation)
    {
        this.found = found;
        this.ignored = ignored;
        this.report = report;
        this.cancellation = cancellation;
        Best = start;
        Failure = first.Failure!;
        findsLeaks = Failure.Kind == "leak";
        Before = Operations = first.Run.Operations;
    }

    /// <summary>The smallest so far.</summary>
    public ShrinkCase Best { get; private set; }

    /// <summary>How the smallest fails.</summary>
    public RunFailure Failure { get; private set; }

    /// <summary>Operations that the run executed at the start, up to its failure.</summary>
    public long Before { get; }

    /// <summary>Operations that the smallest executes.</summary>
    public long Operations { get; private set; }

    public bool IsCancelled { get; private set; }

    /// <summary>Shrinks a run.</summary>
    /// <param name="ignored">Signatures that runs go on past, as in a hunt; null for none.</param>
    /// <exception cref="GcReplayException">It does not fail.</exception>
    public static Shrinker Run(
        ShrinkCase start, FoundCollector found, Action<ShrinkProgress>? report, CancellationToken cancellation, IReadOnlySet<string>? ignored = null)
    {
        ignored ??= ImmutableSortedSet<string>.Empty;
        cancellation.ThrowIfCancellationRequested();
        var first = start.Try(found, ignored, findsLeaks: false, cancellation);
        if (first?.Failure is null)
            first = start.Try(found, ignored, findsLeaks: true, cancellation);
        if (first is not { Failure: not null })
            throw new GcReplayException("the run ends well: no sanitizer finds anything, and there is nothing to shrink.");
        var shrinker = new Shrinker(start, found, ignored, first, report, cancellation);
        try
        {
            shrinker.Shrink();
        }
        catch (OperationCanceledException)
        {
            shrinker.IsCancelled = true;
        }

        return shrinker;
    }

    /// <summary>Numbers of the smallest program that could be higher, and it fails all the same: a statement and an operand's place.</summary>
    public IReadOnlyList<(Statement Statement, int Operand)> Irrelevant()
    {
        var found = new List<(Statement, int)>();
        var nodes = Edits.NodesOf(Best.Program);
        for (var i = 0; i < nodes.Count && !IsCancelled; i++)
        {
            if (nodes[i] is not Statement statement)
                continue;
            for (var operand = 0; operand < statement.Operands.Length; operand++)
            {
                if (statement.Operands[operand] is { Form: OperandForm.Number } number && Fails(More(i, statement, operand, number, 1)) && Fails(More(i, statement, operand, number, 5)))
                    found.Add((statement, operand));
            }
        }

        return found;

        ShrinkCase More(int node, Statement statement, int operand, Operand number, int by) => Best with
        {
            Program = Edits.Replace(Best.Program, node, statement with { Operands = statement.Operands.SetItem(operand, number with { Number = number.Number + by }) }),
        };

        bool Fails(ShrinkCase candidate) => candidate.Try(this.found, ignored, findsLeaks, cancellation)?.Failure?.Signature == Failure.Signature;
    }

    private void Shrink()
    {
        if (Linear.Of(Best, found) is { } linear)
            Try(linear);
        for (var isSmaller = true; isSmaller;)
        {
            isSmaller = Choices();
            isSmaller |= Blocks();
            isSmaller |= Nodes();
            isSmaller |= Simplify();
            isSmaller |= Collections();
            isSmaller |= Spans();
            isSmaller |= Explicit();
            isSmaller |= Parameters();
            isSmaller = isSmaller || Pairs();
        }

        Try(Best with { Program = Edits.Renumbered(Best.Program) });
        Try(Best with { Program = Edits.WithoutUnusedTypes(Best.Program) });
        Try(Edits.Relabelled(Best));
        Normalise();
    }

    /// <summary>Reads the text anew: interpreters and globals that nobody names are gone.</summary>
    private void Normalise() => Try(Best with { Program = HeapProgramParser.Parse(Best.Program.Name, HeapProgramPrinter.Print(Best.Program), found.Family.Operations) });

    private bool Try(ShrinkCase candidate)
    {
        cancellation.ThrowIfCancellationRequested();
        tries++;
        if (tries % 16 == 0)
            report?.Invoke(new ShrinkProgress(tries, Operations));
        if (candidate.Try(found, ignored, findsLeaks, cancellation) is not { Failure: { } failure } trial || failure.Signature != Failure.Signature)
            return false;
        Best = candidate;
        Failure = failure;
        Operations = trial.Run.Operations;
        return true;
    }

    /// <summary>Nodes out, many at once first, from the end on.</summary>
    private bool Nodes() => Remove(
        () => Edits.NodesOf(Best.Program).Count, (first, count) => Best with { Program = Edits.Without(Best.Program, first, count) });

    /// <summary>Two nodes out that stand anywhere: an object, and the step of a collection that it took.</summary>
    /// <returns>After the first two: what they leave may go one by one.</returns>
    private bool Pairs()
    {
        var count = Edits.NodesOf(Best.Program).Count;
        for (var last = count <= PairedMax ? count - 1 : 0; last > 0; last--)
        {
            for (var first = last - 1; first >= 0; first--)
            {
                if (Try(Best with { Program = Edits.Rewrite(Best.Program, (at, _) => at == first || at == last ? [] : null) }))
                    return true;
            }
        }

        return false;
    }

    /// <summary>Choices to their default: all, then fewer and fewer.</summary>
    private bool Choices() =>
        !Best.Choices.IsEmpty && Try(Best with { Choices = [] })
        || Remove(() => Best.Choices.Length, (first, count) => Best with { Choices = Best.Choices.RemoveRange(first, count) });

    private bool Remove(Func<int> count, Func<int, int, ShrinkCase> without)
    {
        var isSmaller = false;
        for (var size = count(); size > 0; size /= 2)
        {
            for (var first = count() - size; first > -size; first -= size)
            {
                var from = Math.Max(first, 0);
                if (Try(without(from, Math.Min(size, first + size - from))))
                    isSmaller = true;
            }
        }

        return isSmaller;
    }

    private bool Blocks()
    {
        var isSmaller = false;
        for (var i = Best.Program.Threads.Length - 1; i > 0; i--)
            isSmaller |= Try(Edits.WithoutThread(Best, i));
        for (var i = Best.Program.Scripts.Length - 1; i >= 0; i--)
            isSmaller |= Try(Edits.WithoutScript(Best, i));
        for (var i = Best.Program.Prebuilts.Length - 1; i >= 0; i--)
            isSmaller |= Try(Edits.WithoutPrebuilt(Best, i)) || PrebuiltSlots(i);
        return isSmaller;
    }

    private bool PrebuiltSlots(int index)
    {
        var isSmaller = false;
        for (var slot = Best.Program.Prebuilts[index].Slots.Length - 1; slot >= 0; slot--)
        {
            var prebuilt = Best.Program.Prebuilts[index];
            isSmaller |= ObjectKinds.SlotsOf(Best.Program.Types[prebuilt.Type].Kind) is null && With(prebuilt with { Slots = prebuilt.Slots.RemoveAt(slot) })
                || prebuilt.Slots[slot] != PrebuiltDeclaration.None && With(prebuilt with { Slots = prebuilt.Slots.SetItem(slot, PrebuiltDeclaration.None) });
        }

        return isSmaller;

        bool With(PrebuiltDeclaration changed) =>
            Try(Best with { Program = Best.Program with { Prebuilts = Best.Program.Prebuilts.SetItem(index, changed) } });
    }

    /// <summary>Each node as simple as it can be.</summary>
    private bool Simplify()
    {
        var isSmaller = false;
        for (var i = 0; i < Edits.NodesOf(Best.Program).Count; i++)
        {
            var again = true;
            while (again && i < Edits.NodesOf(Best.Program).Count)
            {
                again = SimplerNodes.Of(Best.Program, Edits.NodesOf(Best.Program)[i]).Any(by => Try(Best with { Program = Edits.Replace(Best.Program, i, by) }));
                isSmaller |= again;
            }
        }

        return isSmaller;
    }

    /// <summary>Parameters and the allocator to their defaults, or to round numbers.</summary>
    private bool Parameters()
    {
        var isSmaller = Best.Allocator != "glibc" && Try(Best with { Allocator = "glibc" });
        foreach (var key in Best.Parameters.Keys.ToList())
        {
            isSmaller |= Try(Best with { Parameters = Best.Parameters.Remove(key) });
            if (Best.Parameters.TryGetValue(key, out var value) && long.TryParse(value, out var number))
                isSmaller |= Round(number).Any(round => Try(Best with { Parameters = Best.Parameters.SetItem(key, round.ToString(System.Globalization.CultureInfo.InvariantCulture)) }));
        }

        return isSmaller;
    }

    /// <summary>Numbers that are rounder than one, nearest first; none for one that is round.</summary>
    private static IEnumerable<long> Round(long number)
    {
        long[] round = [0, 1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10_000, 100_000, 1_000_000];
        return round.Contains(number) || long.IsPow2(number) ? [] : round.OrderBy(r => Math.Abs(r - number));
    }
}

/// <param name="Tries">Runs so far.</param>
/// <param name="Operations">Of the smallest so far.</param>
public readonly record struct ShrinkProgress(long Tries, long Operations);
