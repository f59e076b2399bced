using System.Text.Json.Nodes;
using GcReplay.Debugging.Expressions;
using GcReplay.Debugging.Stops;
using GcReplay.Heaps;

namespace GcReplay.Debugging.Commands;

public sealed class DeleteCommand : Command
{
    public override string Name => "delete";

    public override IReadOnlyList<string> Aliases => ["d"];

    public override string Usage => "delete ID|all | mark NAME | note POSITION";

    public override string Summary => "deletes a breakpoint or watchpoint, or all of them; a mark; the notes at a position";

    public override string Example => "delete 2";

    public override bool IsRepeatable => false;

    public override CommandResult Run(Debugger debugger, Arguments arguments)
    {
        arguments.Require(1, 2);
        if (arguments.Count == 2)
            return Noted(debugger, arguments);
        if (arguments[0] == "all")
        {
            var count = debugger.Stops.All.Count;
            debugger.Stops.Clear();
            return new CommandResult([$"{count} deleted"], new JsonObject { ["deleted"] = count });
        }

        var stop = debugger.Stops.Delete(arguments.IdAt(0));
        return new CommandResult([$"deleted {stop}"], new JsonObject { ["deleted"] = 1 });
    }

    private static CommandResult Noted(Debugger debugger, Arguments arguments)
    {
        var count = arguments[0] switch
        {
            "mark" => debugger.Notebook.DeleteMark(arguments[1]) ? 1 : 0,
            "note" => debugger.Notebook.DeleteNotes(arguments.IdAt(1)),
            _ => throw arguments.Wrong($"'{arguments[0]}' is none of mark and note"),
        };
        return count > 0
            ? new CommandResult([$"deleted {arguments.Text}"], new JsonObject { ["deleted"] = count })
            : throw new GcReplayException($"there is no {arguments.Text}. For those there are: marks");
    }
}

public sealed class InfoCommand : Command
{
    public override string Name => "info";

    public override string Usage => "info [break]";

    public override string Summary => "lists breakpoints and watchpoints with their conditions, and how often runs hit each";

    public override string Example => "info break";

    public override CommandResult Run(Debugger debugger, Arguments arguments)
    {
        arguments.Require(0, 1);
        if (arguments.Count == 1 && arguments[0] is not ("break" or "watch" or "stops"))
            throw arguments.Wrong($"'{arguments[0]}' is nothing to list here");
        var stops = debugger.Stops.All;
        var lines = stops.Count == 0
            ? ["no breakpoints or watchpoints. Try: break Free"]
            : stops.Select(Line).ToArray();
        return new CommandResult(lines, new JsonObject { ["stops"] = new JsonArray([.. stops.Select(StopJson.Of)]) });
    }

    internal static string Line(Stop stop)
    {
        var hits = stop.Hits == 1 ? "hit once" : $"hit {stop.Hits} times";
        var ignores = stop.Ignores switch { 0 => "", 1 => ", the next hit passes", _ => $", the next {stop.Ignores} hits pass" };
        return $"{stop}, {hits}{ignores}";
    }
}

public sealed class ConditionCommand : Command
{
    public override string Name => "condition";

    public override string Usage => "condition ID [EXPR]";

    public override string Summary => "lets a breakpoint or watchpoint stop only where EXPR holds; without one, always";

    public override string Example => "condition 1 colour() == black";

    public override bool IsRepeatable => false;

    public override CommandResult Run(Debugger debugger, Arguments arguments)
    {
        arguments.Require(1, int.MaxValue);
        var stop = debugger.Stops.Find(arguments.IdAt(0));
        stop.Guard = arguments.Count == 1 ? null : Expression.Condition(debugger, arguments.TextFrom(1));
        return new CommandResult([stop.ToString()], StopJson.Of(stop));
    }
}

public sealed class IgnoreCommand : Command
{
    public override string Name => "ignore";

    public override string Usage => "ignore ID COUNT";

    public override string Summary => "lets the next COUNT hits of a breakpoint or watchpoint pass; 0 for none";

    public override string Example => "ignore 1 100";

    public override bool IsRepeatable => false;

    public override CommandResult Run(Debugger debugger, Arguments arguments)
    {
        arguments.Require(2, 2);
        var stop = debugger.Stops.Find(arguments.IdAt(0));
        stop.Ignores = arguments[1] == "0" ? 0 : arguments.CountAt(1, 0);
        return new CommandResult([InfoCommand.Line(stop)], StopJson.Of(stop));
    }
}

internal static class StopJson
{
    public static JsonObject Of(Stop stop) => new()
    {
        ["id"] = stop.Id,
        ["kind"] = stop.Condition.Noun,
        ["what"] = stop.Condition.What,
        ["condition"] = stop.Guard?.Text,
        ["temporary"] = stop.IsTemporary,
        ["ignores"] = stop.Ignores,
        ["hits"] = stop.Hits,
    };
}
