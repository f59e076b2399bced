using System.Text.Json.Nodes;
using GcReplay.Heaps.Layouts;
using GcReplay.Heaps.Views;

namespace GcReplay.Debugging.Commands;

public sealed class ThreadsCommand : Command
{
    public override string Name => "threads";

    public override string Usage => "threads";

    public override string Summary => "the program's threads, and what each is at";

    public override string Example => "threads";

    public override CommandResult Run(Debugger debugger, Arguments arguments)
    {
        arguments.Require(0, 0);
        var timeline = debugger.Timeline;
        var lines = new List<string>();
        var data = new JsonArray();
        for (var thread = 0; thread < timeline.Source.Header.Threads.Length; thread++)
        {
            var name = timeline.Source.Header.Threads[thread];
            var operation = EventText.OperationOf(timeline, thread);
            var isCurrent = thread == timeline.Shadow.CurrentThread;
            var at = operation is null ? "between statements" : $"in {operation.Block}, line {operation.Line}: {operation.Text}";
            var state = ThreadView.Of(timeline.View, thread);
            var interpreter = state is { HasEnded: false, Interpreter: { } i } ? $", interpreter {timeline.View.InterpreterName(i)}" : "";
            lines.Add($"{(isCurrent ? "*" : " ")} {name}{interpreter}: {(state is { HasEnded: true } ? "ended" : at)}");
            data.Add(new JsonObject { ["index"] = thread, ["name"] = name, ["current"] = isCurrent, ["line"] = operation?.Line, ["depth"] = timeline.Shadow.Depth(thread) });
        }

        return new CommandResult(lines, new JsonObject { ["threads"] = data });
    }
}

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
        var view = debugger.Timeline.View;
        var lines = new List<string>();
        var data = new JsonArray();
        foreach (var instance in view.Instances().Where(i => i.Role == StructRole.Interpreter))
        {
            var state = instance.HasEnded ? $"ended, its memory {MemoryText(debugger, instance)}" : Collecting(view, instance);
            lines.Add($"{instance.Name}  state at {instance.Address}, {state}");
            foreach (var list in instance.HasEnded ? [] : view.Lists().Where(l => l.Holder.Interpreter == instance.Interpreter && !l.Holder.HasEnded))
                lines.Add($"  {ListText.Summary(view, list)}");
            data.Add(new JsonObject
            {
                ["name"] = instance.Name, ["address"] = instance.Address.ToString(), ["ended"] = instance.HasEnded, ["index"] = instance.Interpreter,
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

    private static string Collecting(HeapView view, StructInstance instance)
    {
        var phases = view.Instances()
            .Where(i => i.Role == StructRole.CollectionRecord && !i.HasEnded && i.Interpreter == instance.Interpreter)
            .Select(i => view.PhaseOf(i)).OfType<int>().Where(p => p != 0).Select(view.PhaseName).ToList();
        return phases.Count == 0 ? "not collecting" : $"collecting: {string.Join(", ", phases)}";
    }
}

public sealed class ListsCommand : Command
{
    public override string Name => "lists";

    public override string Usage => "lists";

    public override string Summary => "all lists of the collector with the number of their members";

    public override string Example => "lists";

    public override CommandResult Run(Debugger debugger, Arguments arguments)
    {
        arguments.Require(0, 0);
        var view = debugger.Timeline.View;
        var lists = view.Lists().ToList();
        if (lists.Count == 0)
        {
            return new CommandResult(
                [$"no list exists at position {debugger.Timeline.Position} of this {view.Layout.Collector} trace"], new JsonObject { ["lists"] = new JsonArray() });
        }

        return new CommandResult(
            [.. lists.Select(l => ListText.Summary(view, l))],
            new JsonObject { ["lists"] = new JsonArray([.. lists.Select(l => (JsonNode)ListText.Json(l))]) });
    }
}

/// <summary>Lists in words.</summary>
internal static class ListText
{
    /// <summary>More members than this are not counted for a line of a table.</summary>
    private const int CountedMax = 100_000;

    /// <summary><c>main.generation0  3 members, phase update_refs, held as young</c>.</summary>
    public static string Summary(HeapView view, ListInstance list)
    {
        if (list.HeadState is HeadState.Unmapped or HeadState.Reused)
            return $"{list.Name}  {HeadText(list)}";
        var walk = list.Walk(CountedMax);
        var count = walk.Members.Count == CountedMax ? $"{CountedMax} members or more" : walk.Members.Count == 1 ? "1 member" : $"{walk.Members.Count} members";
        var faults = walk.Faults.Count == 0 ? "" : $", broken: {walk.Faults[0].Message}";
        return $"{list.Name}  {count}{Suffix(view, list)}{faults}";
    }

    /// <summary>Head, phase and the names under which collections hold the list.</summary>
    public static string Suffix(HeapView view, ListInstance list)
    {
        var head = list.HeadState == HeadState.Live ? "" : $", {HeadText(list)}";
        var phase = list.Phase is { } p and not 0 ? $", phase {view.PhaseName(p)}" : "";
        var holders = view.HoldersOf(list).Select(h => h.Name).Distinct().ToList();
        return head + phase + (holders.Count == 0 ? "" : $", held as {string.Join(", ", holders)}");
    }

    public static JsonObject Json(ListInstance list)
    {
        var walk = list.Walk(CountedMax);
        return new JsonObject
        {
            ["name"] = list.Name, ["head"] = list.Head.ToString(), ["headState"] = list.HeadState.ToString().ToLowerInvariant(),
            ["members"] = walk.Members.Count, ["whole"] = walk.IsWhole,
        };
    }

    private static string HeadText(ListInstance list) => list.HeadState switch
    {
        HeadState.Freed => "its head lies in freed memory",
        HeadState.Unmapped => "its head lies in unmapped memory",
        HeadState.Reused => "its head's memory was reused",
        _ => "",
    };
}
