using System.Text.Json.Nodes;
using GcReplay.Debugging.Timelines;
using GcReplay.Heaps.Events;
using GcReplay.Heaps.Layouts;
using GcReplay.Heaps.Views;

namespace GcReplay.Debugging.Commands;

public sealed class InterpretersCommand : Command
{
    public override string Name => "interpreters";

    public override IReadOnlyList<string> Aliases => ["interps"];

    public override string Usage => "interpreters";

    public override string Summary => "the interpreters, living and ended, with their lists and running collections";

    public override string Example => "interpreters";

    public override CommandResult Run(Debugger debugger, Arguments arguments)
    {
        arguments.Require(0, 0);
        var timeline = debugger.Timeline;
        var view = timeline.View;
        var running = Running(timeline);
        var lines = new List<string>();
        var data = new JsonArray();
        foreach (var instance in view.Instances().Where(i => i.Role == StructRole.Interpreter))
        {
            var own = instance.HasEnded ? [] : running.Where(c => c.Interpreter == instance.Interpreter).ToList();
            var state = instance.HasEnded ? $"ended, its memory {MemoryText(debugger, instance)}"
                : own.Count == 0 ? "not collecting"
                : string.Join("; ", own.Select(c => c.Text(timeline)));
            lines.Add($"{instance.Name}  state at {instance.Address}, {state}");
            foreach (var list in instance.HasEnded ? [] : view.Lists().Where(l => l.Holder.Interpreter == instance.Interpreter && !l.Holder.HasEnded))
                lines.Add($"  {ListText.Summary(view, list)}");
            data.Add(new JsonObject
            {
                ["name"] = instance.Name, ["address"] = instance.Address.ToString(), ["ended"] = instance.HasEnded, ["index"] = instance.Interpreter,
                ["collections"] = new JsonArray([.. own.Select(c => (JsonNode)c.Json(timeline))]),
            });
        }

        if (lines.Count == 0)
            lines.Add($"no interpreter exists at position {debugger.Timeline.Position}. Try: break InterpreterBegin");
        return new CommandResult(lines, new JsonObject { ["interpreters"] = data });
    }

    private static string MemoryText(Debugger debugger, StructInstance instance) =>
        !debugger.Timeline.Space.IsMapped(instance.Address) ? "unmapped"
        : debugger.Timeline.Shadow.IsFreed(instance.Address) ? "freed"
        : "reused";

    /// <summary>The collections under way, by thread, outer ones first: a script that one of them called may have begun another.</summary>
    private static List<RunningCollection> Running(Timeline timeline)
    {
        var running = new List<RunningCollection>();
        for (var thread = 0; thread < timeline.Source.Header.Threads.Length; thread++)
        {
            foreach (var number in timeline.Shadow.OpenSpans(thread))
            {
                var e = timeline.EventAt(number).Event;
                if (e.Kind == EventKind.CollectionBegin)
                    running.Add(new RunningCollection(number, thread, (int)Math.Min(e.B, int.MaxValue), e.A, e.D != 0, 0, false));
                else if (e.Kind == EventKind.PhaseBegin && running.Count > 0 && running[^1].Thread == thread)
                    running[^1] = running[^1] with { Phase = (int)Math.Min(e.A, int.MaxValue) };
                else if (e.Kind == EventKind.ScriptBegin && running.Count > 0 && running[^1].Thread == thread)
                    running[^1] = running[^1] with { IsInScript = true };
            }
        }

        return running;
    }

    /// <param name="Begin">Number of the event that began it.</param>
    /// <param name="IsInScript">Whether it waits for a script that it called.</param>
    private sealed record RunningCollection(long Begin, int Thread, int Interpreter, ulong Generation, bool IsAutomatic, int Phase, bool IsInScript)
    {
        public string Text(Timeline timeline) =>
            $"collecting generation {Generation}{(IsAutomatic ? " (automatic)" : "")}, {PhaseText(timeline)}{(IsInScript ? ", in a script" : "")}, " +
            $"thread {EventText.ThreadName(timeline.Source.Header, Thread)}, since event {Begin}";

        public JsonObject Json(Timeline timeline) => new()
        {
            ["event"] = Begin,
            ["thread"] = EventText.ThreadName(timeline.Source.Header, Thread),
            ["generation"] = Generation,
            ["automatic"] = IsAutomatic,
            ["phase"] = Phase == 0 ? null : timeline.View.PhaseName(Phase),
            ["inScript"] = IsInScript,
        };

        private string PhaseText(Timeline timeline) => Phase == 0 ? "between phases" : $"phase {timeline.View.PhaseName(Phase)}";
    }
}
