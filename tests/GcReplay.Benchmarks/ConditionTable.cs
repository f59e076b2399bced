using GcReplay.Debugging;
using GcReplay.Debugging.Expressions;
using GcReplay.Traces.Files;

namespace GcReplay.Benchmarks;

/// <summary>Prints how fast runs of the debugger with a condition go through a trace, in both directions, and how fast asking afresh at
/// every position would be.</summary>
internal static class ConditionTable
{
    /// <summary>Positions at which is asked afresh: all would take too long.</summary>
    private const int AskedAfresh = 200;

    private static readonly string[] Conditions =
    [
        "kind == Hang", "#5000.ob_refcnt == 7777", "list(#5000) == main.permanent", "owner(#5000) != none && orphaned(#5000)", "g3 == #5000 && g2 == #5000",
        "list() == main.permanent", "event.object.ob_refcnt == 77777", "phase == subtract_refs && actor == none", "colour() == black",
    ];

    public static void Print(TextWriter writer, IReadOnlyList<string> recordings)
    {
        writer.WriteLine("| program | condition | events | forwards, events/s | backwards | asked afresh |");
        writer.WriteLine("|---|---|---|---|---|---|");
        foreach (var workload in recordings.Count > 0 ? recordings.Select(Workload.Recorded).ToList() : [Workload.Rich()])
        {
            var trace = new MemoryTrace(workload.Run.Header, int.MaxValue);
            workload.Run.Execute(trace);
            foreach (var condition in Conditions)
                writer.WriteLine(Row(workload.Name, trace, condition));
        }
    }

    private static string Row(string name, MemoryTrace trace, string condition)
    {
        var debugger = new Debugger(trace);
        var afresh = new Debugger(trace);
        var expression = Expression.Condition(afresh, condition);
        var middle = trace.EventCount / 2;
        var forward = FirstTable.Measure(() => Run(debugger, "goto start", "until " + condition)).Cpu;
        var backward = FirstTable.Measure(() => Run(debugger, "goto end", "reverse-until " + condition)).Cpu;
        var asked = FirstTable.Measure(() => Ask(afresh, expression, middle)).Cpu;
        string[] cells =
        [
            name, $"`{condition}`", $"{trace.EventCount:N0}", FirstTable.Speed(trace.EventCount, forward), FirstTable.Speed(trace.EventCount, backward),
            FirstTable.Speed(AskedAfresh, asked),
        ];
        return $"| {string.Join(" | ", cells)} |";
    }

    private static void Run(Debugger debugger, params string[] lines)
    {
        foreach (var line in lines)
            debugger.Execute(line);
    }

    private static void Ask(Debugger debugger, Expression expression, long from)
    {
        for (var position = from; position < from + AskedAfresh; position++)
        {
            debugger.Timeline.MoveTo(position);
            if (expression.Evaluate(Moment.Of(debugger.Timeline)).Holds() == true)
                throw new InvalidOperationException($"{expression.Text} holds at {position}");
        }
    }
}
