using System.Text.Json.Nodes;
using GcReplay.Heaps.Layouts;
using GcReplay.Heaps.Views;

namespace GcReplay.Debugging.Commands;

public sealed class ListsCommand : Command
{
    public override string Name => "lists";

    public override string Usage => "lists";

    public override string Summary => "all lists of the collector with the number of their members, and the other containers of the runtime with that of their items";

    public override string Example => "lists";

    public override CommandResult Run(Debugger debugger, Arguments arguments)
    {
        arguments.Require(0, 0);
        var view = debugger.Timeline.View;
        var lists = view.Lists().ToList();
        var containers = view.Containers().Select(c => (c.Name, Items: ListText.ItemCount(c.View))).ToList();
        var data = new JsonObject
        {
            ["lists"] = new JsonArray([.. lists.Select(l => (JsonNode)ListText.Json(l))]),
            ["containers"] = new JsonArray([.. containers.Select(c => (JsonNode)new JsonObject { ["name"] = c.Name, ["items"] = c.Items })]),
        };
        var lines = lists.Select(l => ListText.Summary(view, l)).ToList();
        lines.AddRange(containers.Where(c => c.Items > 0).Select(c => $"{c.Name}  {ListText.Count(c.Items, "item")}"));
        if (containers.Any(c => c.Items == 0))
            lines.Add($"without items: {string.Join(", ", containers.Where(c => c.Items == 0).Select(c => c.Name))}");
        return lines.Count > 0
            ? new CommandResult(lines, data)
            : new CommandResult([$"no list or other container exists at position {debugger.Timeline.Position} of this {view.Layout.Collector} trace"], data);
    }
}

/// <summary>Lists in words.</summary>
public static class ListText
{
    /// <summary>More members than this are not counted for a line of a table.</summary>
    public const int CountedMax = 100_000;

    /// <summary><c>main.generation0  3 members, phase update_refs, held as young</c>.</summary>
    public static string Summary(HeapView view, ListInstance list)
    {
        if (list.HeadState is HeadState.Unmapped or HeadState.Reused)
            return $"{list.Name}  {HeadText(list)}";
        var walk = list.Walk(CountedMax);
        var count = Count(walk.Members.Count, "member");
        var faults = walk.Faults.Count == 0 ? "" : $", broken: {walk.Faults[0].Message}";
        return $"{list.Name}  {count}{Suffix(view, list)}{faults}";
    }

    /// <summary>The items of a container, places that hold nothing aside; no more than <see cref="CountedMax"/>.</summary>
    public static int ItemCount(ContainerView container) =>
        container.Items().Where(i => i.Value != 0 || i.Role is FieldRole.Integer or FieldRole.Flag or FieldRole.Real).Take(CountedMax).Count();

    /// <summary><c>3 members</c>.</summary>
    public static string Count(int count, string what) => count == 1 ? $"1 {what}" : $"{count} {what}s{(count == CountedMax ? " or more" : "")}";

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
