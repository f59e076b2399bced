using System.Collections.Immutable;
using GcReplay.Heaps.Events;
using GcReplay.Heaps.Views;
using GcReplay.Simulation.Programs;
using GcReplay.Simulation.Recording;

namespace GcReplay.Simulation.Conformance;

/// <summary>What a family expects of one run of one program: looks at its events and words, and reports what differs.</summary>
public abstract class Comparison
{
    /// <summary>Called before the first event.</summary>
    /// <param name="view">Shows the state after the last event at any time.</param>
    /// <param name="statements">By the operand of OperationBegin.</param>
    public abstract void Start(HeapView view, ImmutableArray<Statement> statements, Differences differences);

    /// <summary>Called after every event, its words complete.</summary>
    public abstract void AfterEvent(long number, in Event e);

    /// <summary>Called when an operation of the file is complete.</summary>
    /// <param name="result">Result of its last statement; null when that was skipped, or when there was none.</param>
    public abstract void AfterOperation(int operation, ulong? result);

    /// <summary>Called after the last event.</summary>
    /// <param name="operations">Operations that were completed.</param>
    public abstract void AfterRun(RunResult result, int operations);
}
