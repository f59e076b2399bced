using System.Buffers;
using GcReplay.Debugging.Expressions;
using GcReplay.Debugging.Stops;
using GcReplay.Heaps;

namespace GcReplay.Debugging.Commands;

public sealed class UntilCommand(bool forward) : Command
{
    private static readonly SearchValues<char> Signs = SearchValues.Create("=<>!&|(");

    public override string Name => forward ? "until" : "reverse-until";

    public override IReadOnlyList<string> Aliases => forward ? ["u"] : ["ru"];

    public override string Usage => $"{Name} [EXPR | {StopPlaces.Usage} [if EXPR]]";

    public override string Summary => forward
        ? "on to where an expression holds, or to a place as break takes it; without one, to this thread's first statement behind the present one: out of loops"
        : "back to where an expression holds, or to a place as break takes it; without one, to this thread's last statement before the present one";

    public override string Example => forward ? "until colour(#2) == black" : "reverse-until kind == Allocate";

    public override bool IsMovement => true;

    public override CommandResult Run(Debugger debugger, Arguments arguments)
    {
        var from = debugger.Timeline.Position;
        var (condition, guard) = Goal(debugger, arguments);
        return Arrival.Result(debugger, debugger.Runner.Until(condition, guard, forward, debugger.Progress), from);
    }

    private (StopCondition Condition, Expression? Guard) Goal(Debugger debugger, Arguments arguments)
    {
        if (arguments.Count == 0)
            return (NextStatement(debugger), null);
        var (words, guard) = Guards.Split(debugger, arguments);
        if (guard is null && arguments.Text.AsSpan().ContainsAny(Signs))
            return (new AtAny(), Expression.Condition(debugger, arguments.Text));
        return (words.Count == 0 ? new AtAny() : StopPlaces.Read(debugger, arguments, words), guard);
    }

    /// <summary>Statements of the same block that stand behind (before) the present one; all of the thread's when it is in none.</summary>
    private AtOperation NextStatement(Debugger debugger)
    {
        var timeline = debugger.Timeline;
        var operations = timeline.Source.Header.Operations;
        var all = Enumerable.Range(0, operations.Length);
        if (EventText.OperationOf(timeline) is { } present)
        {
            all = all.Where(i => operations[i].Block == present.Block && (forward ? operations[i].Line > present.Line : operations[i].Line < present.Line));
            if (!all.Any())
                throw new GcReplayException($"line {present.Line} is the {(forward ? "last" : "first")} of {present.Block}. Try: {(forward ? "finish" : "reverse-finish")}");
        }

        return new AtOperation("next statement", [.. all], timeline.Thread);
    }
}
