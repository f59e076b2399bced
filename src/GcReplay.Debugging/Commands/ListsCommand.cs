using System.Text.Json.Nodes;
using GcReplay.Heaps.Views;

namespace GcReplay.Debugging.Commands;

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
