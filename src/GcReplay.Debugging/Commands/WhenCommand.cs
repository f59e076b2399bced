using System.Text.Json.Nodes;
using GcReplay.Heaps.Events;

namespace GcReplay.Debugging.Commands;

public sealed class WhenCommand : Command
{
    public override string Name => "when";

    public override string Usage => "when";

    public override string Summary => "where this is: position, event, thread, statement, open spans";

    public override string Example => "when";

    public override CommandResult Run(Debugger debugger, Arguments arguments)
    {
        arguments.Require(0, 0);
        var timeline = debugger.Timeline;
        var data = Arrival.Json(debugger);
        var percent = timeline.EventCount == 0 ? 100 : timeline.Position * 100 / timeline.EventCount;
        var lines = new List<string> { $"position   {timeline.Position} of {timeline.EventCount}, {percent}%" };
        if (timeline.Position == 0)
            return new CommandResult([.. lines, "event      none yet. Try: step"], data);
        lines.Add($"event      {EventText.What(timeline)}");
        lines.Add($"thread     {EventText.ThreadName(timeline.Source.Header, timeline.Thread)}");
        if (EventText.OperationOf(timeline) is { } operation)
            lines.Add($"statement  line {operation.Line}: {operation.Text}{Iteration(debugger)}");
        var spans = timeline.Shadow.OpenSpans(timeline.Thread).Select(n => $"{timeline.EventAt(n).Kind} {n}").ToList();
        if (spans.Count > 0)
            lines.Add($"spans      {string.Join(" > ", spans)}");
        return new CommandResult(lines, data);
    }

    private static string Iteration(Debugger debugger)
    {
        var timeline = debugger.Timeline;
        var begin = timeline.Shadow.OpenSpans(timeline.Thread).Reverse().Select(n => timeline.EventAt(n).Event)
            .FirstOrDefault(e => e.Kind == EventKind.OperationBegin);
        return begin.B > 0 ? $" (iteration {begin.B})" : "";
    }
}

public sealed class StackCommand : Command
{
    public override string Name => "stack";

    public override IReadOnlyList<string> Aliases => ["bt"];

    public override string Usage => "stack [all]";

    public override string Summary => "what this thread (all: every thread) is in: statements, scripts, collections, phases, innermost first";

    public override string Example => "stack";

    public override CommandResult Run(Debugger debugger, Arguments arguments)
    {
        arguments.Require(0, 1);
        if (arguments.Count == 1 && arguments[0] != "all")
            throw arguments.Wrong($"'{arguments[0]}' is not all");
        var timeline = debugger.Timeline;
        var threads = arguments.Count == 1 ? Enumerable.Range(0, timeline.Source.Header.Threads.Length) : [timeline.Thread];
        var lines = new List<string>();
        var data = new JsonArray();
        foreach (var thread in threads)
        {
            var name = EventText.ThreadName(timeline.Source.Header, thread);
            var frames = SpanText.Stack(timeline, thread);
            lines.Add(frames.Count == 0 ? $"{name}: between statements" : $"{name}:");
            lines.AddRange(frames.Select((frame, i) => $"  {i}  event {frame.Event}  {frame.Text}"));
            data.Add(new JsonObject { ["thread"] = name, ["frames"] = SpanText.Json(frames) });
        }

        return new CommandResult(lines, new JsonObject { ["threads"] = data });
    }
}

public sealed class EventsCommand : Command
{
    private const int DefaultCount = 5;
    private const int Most = 1000;

    public override string Name => "events";

    public override IReadOnlyList<string> Aliases => ["e"];

    public override string Usage => "events [COUNT]";

    public override string Summary => "the events around this position, COUNT before and COUNT after";

    public override string Example => "events 10";

    public override CommandResult Run(Debugger debugger, Arguments arguments)
    {
        arguments.Require(0, 1);
        var asked = arguments.CountAt(0, DefaultCount);
        var count = Math.Min(asked, Most);
        var position = debugger.Timeline.Position;
        var first = Math.Max(debugger.Timeline.Start + 1, position - count);
        var last = Math.Min(debugger.Timeline.EventCount, position + count);
        var width = last.ToString().Length;
        var lines = new List<string>();
        var data = new JsonArray();
        for (var number = first; number <= last; number++)
        {
            var there = debugger.At(number);
            var mark = number == position ? "*" : " ";
            lines.Add($"{mark} {number.ToString().PadLeft(width)}  {EventText.What(there)}  {EventText.Where(there)}");
            data.Add(EventText.Json(there));
        }

        if (position == debugger.Timeline.Start)
            lines.Insert(0, $"* {position.ToString().PadLeft(width)}  start of the trace");
        if (asked > Most)
            lines.Add($"  {Most} on each side are the most that are shown at once");
        return new CommandResult(lines, new JsonObject { ["position"] = position, ["events"] = data });
    }
}
