using System.Globalization;
using System.Text.Json.Nodes;
using GcReplay.Debugging.Stops;
using GcReplay.Heaps;
using GcReplay.Heaps.Events;

namespace GcReplay.Debugging.Commands;

public sealed class BreakCommand(bool temporary) : Command
{
    public override string Name => temporary ? "tbreak" : "break";

    public override IReadOnlyList<string> Aliases => temporary ? [] : ["b"];

    public override string Usage => $"{Name} KIND | #N | phase NAME | line N";

    public override string Summary => temporary
        ? "like break, and deleted when hit"
        : "stops at a kind of event, at events that name or change an object, at a phase, at a line of the program";

    public override string Example => $"{Name} #12";

    public override CommandResult Run(Debugger debugger, Arguments arguments)
    {
        arguments.Require(1, 2);
        var stop = debugger.Stops.Add(Condition(debugger, arguments), temporary);
        return new CommandResult([stop.ToString()], StopJson.Of(stop));
    }

    private static StopCondition Condition(Debugger debugger, Arguments arguments)
    {
        var header = debugger.Timeline.Source.Header;
        var text = arguments[^1];
        if (arguments.Count == 2)
        {
            return arguments[0] switch
            {
                "phase" => Phase(header, text) ?? throw arguments.Wrong(
                    $"there is no phase '{text}'; there are {string.Join(", ", header.Layout.Phases.Skip(1))}"),
                "line" => Line(header, arguments, text),
                "event" => Kind(text) ?? throw NoKind(arguments, text),
                _ => throw arguments.Wrong($"'{arguments[0]}' is none of event, phase and line"),
            };
        }

        if (text.StartsWith('#'))
            return OnObject(debugger, arguments, text);
        if (text.TrimStart(':') is { Length: > 0 } line && line.All(char.IsAsciiDigit))
            return Line(header, arguments, line);
        return (StopCondition?)Kind(text) ?? Phase(header, text) ?? throw NoKind(arguments, text);
    }

    private static OnObject OnObject(Debugger debugger, Arguments arguments, string text)
    {
        var name = Places.ObjectName(text) ?? throw arguments.Wrong(
            text.Contains('.', StringComparison.Ordinal) ? $"'{text}' is a field; try: watch {text}" : $"'{text}' is no object");
        var places = debugger.Placements.Of(name, debugger.Progress);
        return places.Count > 0 ? new OnObject($"object {name}", name, places) : throw debugger.Lives.Unknown(name);
    }

    private static AtKind? Kind(string text)
    {
        foreach (var shape in EventShapes.All)
        {
            if (shape.Kind.ToString().Equals(text, StringComparison.OrdinalIgnoreCase))
                return new AtKind(shape.Kind);
        }

        return null;
    }

    private static AtPhase? Phase(Traces.TraceHeader header, string text)
    {
        var phase = header.Layout.Phases.IndexOf(text);
        return phase < 0 ? null : new AtPhase(phase, text);
    }

    private static AtLine Line(Traces.TraceHeader header, Arguments arguments, string text)
    {
        if (!int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var line))
            throw arguments.Wrong($"'{text}' is no line");
        var operations = Enumerable.Range(0, header.Operations.Length).Where(i => header.Operations[i].Line == line).ToList();
        if (operations.Count > 0)
            return new AtLine(line, operations);
        var next = header.Operations.Select(o => o.Line).Where(l => l > line).DefaultIfEmpty(header.Operations.Select(o => o.Line).DefaultIfEmpty(0).Max()).Min();
        throw arguments.Wrong($"no operation stands on line {line} of {header.ProgramName}; the nearest is on line {next}");
    }

    private static GcReplayException NoKind(Arguments arguments, string text) =>
        arguments.Wrong(Spelling.Nearest(text, EventShapes.All.Select(s => s.Kind.ToString())) is { } nearest
            ? $"there is no kind of event '{text}'; did you mean {nearest}"
            : $"there is no kind of event '{text}'; there are {string.Join(", ", EventShapes.All.Select(s => s.Kind))}");
}

public sealed class WatchCommand : Command
{
    public override string Name => "watch";

    public override IReadOnlyList<string> Aliases => ["w"];

    public override string Usage => "watch ADDRESS | #N | #N.FIELD | STRUCT.FIELD [writes|reads|both]";

    public override string Summary => "stops at events that write (or read) a word, a field, or any word of an object";

    public override string Example => "watch #12.ob_refcnt";

    public override CommandResult Run(Debugger debugger, Arguments arguments)
    {
        arguments.Require(1, 2);
        var access = (arguments.Count == 1 ? "writes" : arguments[1]) switch
        {
            "writes" => WatchAccess.Write,
            "reads" => WatchAccess.Read,
            "both" => WatchAccess.Read | WatchAccess.Write,
            var other => throw arguments.Wrong($"'{other}' is none of writes, reads and both"),
        };
        var (text, ranges) = Places.Ranges(debugger, arguments[0]);
        var suffix = access == WatchAccess.Write ? "" : access == WatchAccess.Read ? " reads" : " reads and writes";
        var stop = debugger.Stops.Add(new OnWords(text + suffix, access, ranges));
        return new CommandResult([stop.ToString()], StopJson.Of(stop));
    }
}

public sealed class DeleteCommand : Command
{
    public override string Name => "delete";

    public override IReadOnlyList<string> Aliases => ["d"];

    public override string Usage => "delete ID|all";

    public override string Summary => "deletes a breakpoint or watchpoint";

    public override string Example => "delete 2";

    public override CommandResult Run(Debugger debugger, Arguments arguments)
    {
        arguments.Require(1, 1);
        if (arguments[0] == "all")
        {
            var count = debugger.Stops.All.Count;
            debugger.Stops.Clear();
            return new CommandResult([$"{count} deleted"], new JsonObject { ["deleted"] = count });
        }

        if (!int.TryParse(arguments[0], NumberStyles.None, CultureInfo.InvariantCulture, out var id))
            throw arguments.Wrong($"'{arguments[0]}' is no number");
        var stop = debugger.Stops.Delete(id);
        return new CommandResult([$"deleted {stop}"], new JsonObject { ["deleted"] = 1 });
    }
}

public sealed class InfoCommand : Command
{
    public override string Name => "info";

    public override string Usage => "info";

    public override string Summary => "lists breakpoints and watchpoints, and how often each stopped a run";

    public override string Example => "info";

    public override CommandResult Run(Debugger debugger, Arguments arguments)
    {
        arguments.Require(0, 1);
        var stops = debugger.Stops.All;
        var lines = stops.Count == 0
            ? ["no breakpoints or watchpoints. Try: break Free"]
            : stops.Select(s => s.Hits == 1 ? $"{s}, hit once" : $"{s}, hit {s.Hits} times").ToArray();
        return new CommandResult(lines, new JsonObject { ["stops"] = new JsonArray([.. stops.Select(StopJson.Of)]) });
    }
}

internal static class StopJson
{
    public static JsonObject Of(Stop stop) => new()
    {
        ["id"] = stop.Id,
        ["kind"] = stop.Condition.Noun,
        ["what"] = stop.Condition.What,
        ["temporary"] = stop.IsTemporary,
        ["hits"] = stop.Hits,
    };
}
