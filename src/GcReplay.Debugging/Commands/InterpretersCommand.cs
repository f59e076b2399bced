using System.Text.Json.Nodes;

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
        var running = RunningCollection.All(timeline);
        var lines = new List<string>();
        var data = new JsonArray();
        foreach (var instance in InterpreterView.All(view))
        {
            var own = instance.HasEnded ? [] : running.Where(c => c.Interpreter == instance.Interpreter).ToList();
            var stage = InterpreterView.StageOf(view, instance);
            var work = own.Count == 0 ? "not collecting" : string.Join("; ", own.Select(c => c.Text(timeline)));
            var state = stage switch
            {
                InterpreterStage.Ended => $"ended, its memory {InterpreterView.MemoryText(view, instance)}",
                InterpreterStage.Ending => $"ending, {work}",
                _ => work,
            };
            lines.Add($"{instance.Name}  state at {instance.Address}, {state}");
            foreach (var list in instance.HasEnded ? [] : view.Lists().Where(l => l.Holder.Interpreter == instance.Interpreter && !l.Holder.HasEnded))
                lines.Add($"  {ListText.Summary(view, list)}");
            data.Add(new JsonObject
            {
                ["name"] = instance.Name, ["address"] = instance.Address.ToString(), ["ended"] = instance.HasEnded, ["ending"] = stage == InterpreterStage.Ending, ["index"] = instance.Interpreter,
                ["collections"] = new JsonArray([.. own.Select(c => (JsonNode)c.Json(timeline))]),
            });
        }

        if (lines.Count == 0)
            lines.Add($"no interpreter exists at position {debugger.Timeline.Position}. Try: break InterpreterBegin");
        return new CommandResult(lines, new JsonObject { ["interpreters"] = data });
    }
}
