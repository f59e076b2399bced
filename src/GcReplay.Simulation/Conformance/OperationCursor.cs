using System.Collections.Immutable;
using GcReplay.Heaps;
using GcReplay.Heaps.Events;
using GcReplay.Heaps.Layouts;
using GcReplay.Heaps.Memory;
using GcReplay.Heaps.Views;
using GcReplay.Simulation.Programs;
using GcReplay.Simulation.Recording;

namespace GcReplay.Simulation.Conformance;

/// <summary>Follows a run through the operations of a conformance file. Several statements, or all rounds of a loop, can be one of
/// them; what a script does belongs to the operation that it runs in.</summary>
internal sealed class OperationCursor : IRunObserver
{
    private readonly ImmutableArray<PlannedOperation> operations;
    private readonly ImmutableArray<Statement> statements;
    private readonly Comparison comparison;
    private readonly Differences differences;
    private readonly Dictionary<string, int> operationOf = new(StringComparer.Ordinal);
    private int scripts;
    private long runs;

    public OperationCursor(ConformanceProgram program, ImmutableArray<Statement> statements, Differences differences)
    {
        operations = program.Operations;
        this.statements = statements;
        this.differences = differences;
        comparison = program.Compare();
        for (var i = 0; i < operations.Length; i++)
        {
            foreach (var label in operations[i].Labels)
                operationOf.Add(label, i);
        }
    }

    /// <summary>Operations that are complete.</summary>
    public int Completed { get; private set; }

    public void Start(AddressSpace space, Shadow shadow, Layout layout) =>
        comparison.Start(new HeapView(space, shadow, layout), statements, differences);

    public bool AfterEvent(long number, in Event e)
    {
        differences.Event = number;
        if (e.Kind == EventKind.OperationBegin && scripts == 0)
            Enter(operationOf[statements[(int)e.A].Label]);
        else if (e.Kind == EventKind.ScriptBegin)
            scripts++;
        comparison.AfterEvent(number, e);
        if (e.Kind == EventKind.ScriptEnd)
            scripts--;
        else if (e.Kind == EventKind.OperationEnd && scripts == 0 && ++runs == operations[Completed].Runs)
            Complete(e.C == 0 ? null : e.B);
        return true;
    }

    public void Finish(RunResult result)
    {
        if (result.Failure is null)
            CompleteEmpty();
        comparison.AfterRun(result, Completed);
    }

    private void Enter(int operation)
    {
        CompleteEmpty();
        Check.That(operation == Completed, $"a statement of operation {operation} begins, and {Completed} are complete");
    }

    /// <summary>Operations that have no statements are over as soon as they are reached.</summary>
    private void CompleteEmpty()
    {
        while (Completed < operations.Length && operations[Completed].Runs == 0)
            Complete(null);
    }

    private void Complete(ulong? result)
    {
        comparison.AfterOperation(Completed, result);
        Completed++;
        runs = 0;
    }
}
