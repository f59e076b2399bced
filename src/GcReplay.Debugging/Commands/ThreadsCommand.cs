using System.Text.Json.Nodes;
using GcReplay.Debugging.Timelines;
using GcReplay.Heaps.Events;
using GcReplay.Heaps.Views;

namespace GcReplay.Debugging.Commands;

public sealed class ThreadsCommand : Command
{
    /// <summary>Further back the last statement of a thread is not looked for.</summary>
    private const long LookBackMax = 1_000_000;

    public override string Name => "threads";

    public override string Usage => "threads";

    public override string Summary => "the program's threads, and what each is in: statements, scripts, collections";

    public override string Example => "threads";

    public override CommandResult Run(Debugger debugger, Arguments arguments)
    {
        arguments.Require(0, 0);
        var timeline = debugger.Timeline;
        var lines = new List<string>();
        var data = new JsonArray();
        for (var thread = 0; thread < timeline.Source.Header.Threads.Length; thread++)
        {
            var stack = SpanText.Stack(timeline, thread);
            lines.Add(Line(debugger, thread));
            lines.AddRange(Outer(timeline, stack).Select(frame => $"      {frame.Text}"));
            data.Add(Json(timeline, thread, stack));
        }

        return new CommandResult(lines, new JsonObject { ["threads"] = data });
    }

    /// <summary>The frames around the statement that the thread's line names.</summary>
    private static IEnumerable<StackFrame> Outer(Timeline timeline, IReadOnlyList<StackFrame> stack) =>
        stack.Skip(stack.Count > 0 && timeline.EventAt(stack[0].Event).Kind == EventKind.OperationBegin ? 1 : 0);

    private static string Line(Debugger debugger, int thread)
    {
        var timeline = debugger.Timeline;
        var name = EventText.ThreadName(timeline.Source.Header, thread);
        var mark = thread == timeline.Shadow.CurrentThread ? "*" : " ";
        var state = ThreadView.Of(timeline.View, thread);
        var stage = ThreadView.StageOf(timeline.View, thread);
        if (stage != ThreadStage.Running)
            return $"{mark} {name}: {(stage == ThreadStage.Ended ? "ended" : "not started")}";
        return $"{mark} {name}{(state is { HasEnded: false } ? Facts(timeline, state) : "")}: {At(debugger, thread)}";
    }

    /// <summary>What the words of its struct say of a thread that lives.</summary>
    private static string Facts(Timeline timeline, StructInstance state)
    {
        var view = timeline.View;
        var interpreter = state.Interpreter is { } i ? $", interpreter {view.InterpreterName(i)}" : "";
        var daemon = ThreadView.IsDaemon(view, state) ? ", daemon" : "";
        var suspended = ThreadView.IsSuspended(view, state) ? ", interrupted in a script" : "";
        var waits = ThreadView.WaitsFor(view, state) is { } other ? $", waits for {EventText.ThreadName(timeline.Source.Header, other)}" : "";
        return interpreter + daemon + suspended + waits;
    }

    private static string At(Debugger debugger, int thread)
    {
        var timeline = debugger.Timeline;
        if (EventText.OperationOf(timeline, thread) is { } operation)
            return $"in {operation.Block}, line {operation.Line}: {operation.Text}";
        var test = new BeginsOperationOf(thread);
        var last = new EventScan(timeline.Blocks).Backward(timeline.Position, timeline.Position - LookBackMax, ref test, debugger.Progress);
        return EventText.OperationBegunBy(timeline, last) is { } before
            ? $"between statements, after line {before.Line}: {before.Text}"
            : timeline.Position is > 0 and <= LookBackMax && ThreadView.Of(timeline.View, thread) is not null ? "before its first statement"
            : "between statements";
    }

    private static JsonObject Json(Timeline timeline, int thread, IReadOnlyList<StackFrame> stack)
    {
        var state = ThreadView.Of(timeline.View, thread) is { HasEnded: false } living ? living : null;
        return new JsonObject
        {
            ["index"] = thread,
            ["name"] = EventText.ThreadName(timeline.Source.Header, thread),
            ["current"] = thread == timeline.Shadow.CurrentThread,
            ["stage"] = ThreadView.StageOf(timeline.View, thread).ToString().ToLowerInvariant(),
            ["interpreter"] = state?.Interpreter is { } i ? timeline.View.InterpreterName(i) : null,
            ["daemon"] = state is not null && ThreadView.IsDaemon(timeline.View, state),
            ["suspended"] = state is not null && ThreadView.IsSuspended(timeline.View, state),
            ["waitsFor"] = state is not null && ThreadView.WaitsFor(timeline.View, state) is { } other
                ? EventText.ThreadName(timeline.Source.Header, other) : null,
            ["line"] = EventText.OperationOf(timeline, thread)?.Line,
            ["depth"] = timeline.Shadow.Depth(thread),
            ["frames"] = SpanText.Json(stack),
        };
    }

    private readonly struct BeginsOperationOf(int thread) : IEventTest
    {
        public bool Hits(EventBlock block, int index) =>
            (EventKind)block.Kinds[index] == EventKind.OperationBegin && block.Threads[index] == thread;
    }
}
