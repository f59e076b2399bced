using System.Collections.Immutable;
using GcReplay.Heaps.Events;
using GcReplay.Heaps.Layouts;
using GcReplay.Heaps.Memory;
using GcReplay.Simulation.Collectors;
using GcReplay.Simulation.Programs;
using GcReplay.Simulation.Recording;

namespace GcReplay.Simulation.Hunting.Shrinking;

/// <summary>A run as one thread that executes statement after statement: loops are unrolled, choices between blocks are made, threads are
/// put into the order in which they ran.</summary>
/// <remarks>Not always the same run: places of other threads' frames become those of the one thread. Scripts stay scripts.</remarks>
internal sealed class Linear : IRunObserver
{
    /// <summary>Longer runs are shrunk as they are.</summary>
    private const int OperationsMax = 5000;

    private readonly List<(int Thread, int Operation, ulong Iteration)> executed = [];
    private readonly Dictionary<int, int> scripts = [];

    private Linear()
    {
    }

    /// <summary>Null when the run is too long.</summary>
    public static ShrinkCase? Of(ShrinkCase start, FoundCollector found)
    {
        var run = new PreparedRun(start.Options with { ProgramText = "" }, start.Program, "", found);
        var linear = new Linear();
        run.Execute(null, linear);
        return linear.executed.Count > OperationsMax ? null : linear.Make(start, run.Header.Operations);
    }

    void IRunObserver.Start(AddressSpace space, Shadow shadow, Layout layout)
    {
    }

    bool IRunObserver.AfterEvent(long number, in Event e)
    {
        if (e.Kind == EventKind.ScriptBegin)
            scripts[e.Thread] = scripts.GetValueOrDefault(e.Thread) + 1;
        else if (e.Kind == EventKind.ScriptEnd)
            scripts[e.Thread]--;
        else if (e.Kind == EventKind.OperationBegin && scripts.GetValueOrDefault(e.Thread) == 0)
            executed.Add((e.Thread, (int)e.A, e.B));
        return executed.Count <= OperationsMax;
    }

    private ShrinkCase Make(ShrinkCase start, ImmutableArray<OperationText> operations)
    {
        var statements = Edits.NodesOf(start.Program).OfType<Statement>().ToDictionary(s => s.Label, StringComparer.Ordinal);
        var labels = new Dictionary<(int, string, ulong), string>();
        var body = new List<Node>();
        foreach (var (thread, operation, iteration) in executed)
        {
            var label = operations[operation].Label;
            if (!statements.TryGetValue(label, out var statement) || statement.Operands.Any(o => o is { Form: OperandForm.Thread }))
                continue;
            var made = $"main/{body.Count + 1}";
            labels.TryAdd((thread, label, iteration), made);
            body.Add(statement with { Label = made });
        }

        var main = start.Program.Threads[0] with { Body = [.. body] };
        return start with
        {
            Program = start.Program with { Threads = [main] },
            Choices =
            [
                .. start.Choices.Where(c => c.Site is not ("thread.switch" or "program.choose"))
                    .Select(c => labels.TryGetValue((c.Thread, c.Operation, c.Iteration), out var made) ? c with { Thread = 0, Operation = made, Iteration = 0 } : c),
            ],
        };
    }
}
