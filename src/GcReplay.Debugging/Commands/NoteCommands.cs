using System.Text.Json.Nodes;
using GcReplay.Debugging.Notes;

namespace GcReplay.Debugging.Commands;

public sealed class MarkCommand : Command
{
    public override string Name => "mark";

    public override string Usage => "mark NAME";

    public override string Summary => "names this position, in a file beside the trace; goto mark NAME comes back";

    public override string Example => "mark before-end";

    public override bool IsRepeatable => false;

    public override CommandResult Run(Debugger debugger, Arguments arguments)
    {
        arguments.Require(1, 1);
        var position = debugger.Timeline.Position;
        var before = debugger.Notebook.Find(arguments[0]);
        debugger.Notebook.Set(new Mark(arguments[0], position));
        var moved = before is null ? "" : $", before at {before.Position}";
        return new CommandResult(
            [$"mark {arguments[0]}  position {position}{moved}{MarksCommand.Place(debugger)}"],
            new JsonObject { ["name"] = arguments[0], ["position"] = position });
    }
}

public sealed class NoteCommand : Command
{
    public override string Name => "note";

    public override string Usage => "note TEXT";

    public override string Summary => "writes a remark on this position into a file beside the trace";

    public override string Example => "note the method is unlinked here";

    public override bool IsRepeatable => false;

    public override CommandResult Run(Debugger debugger, Arguments arguments)
    {
        arguments.Require(1, int.MaxValue);
        var position = debugger.Timeline.Position;
        debugger.Notebook.Add(new Note(position, arguments.Text));
        return new CommandResult(
            [$"note at position {position}: {arguments.Text}{MarksCommand.Place(debugger)}"],
            new JsonObject { ["position"] = position, ["text"] = arguments.Text });
    }
}

public sealed class MarksCommand : Command
{
    public override string Name => "marks";

    public override IReadOnlyList<string> Aliases => ["notes"];

    public override string Usage => "marks";

    public override string Summary => "marks and notes, in the order of positions";

    public override string Example => "marks";

    public override CommandResult Run(Debugger debugger, Arguments arguments)
    {
        arguments.Require(0, 0);
        var (marks, notes) = (debugger.Notebook.Marks(), debugger.Notebook.Notes());
        var width = debugger.Timeline.EventCount.ToString().Length;
        var lines = marks.Select(m => (m.Position, Order: 0, Text: $"mark {m.Name}")).Concat(notes.Select(n => (n.Position, Order: 1, Text: $"note {n.Text}")))
            .OrderBy(l => l.Position).ThenBy(l => l.Order)
            .Select(l => $"{(l.Position == debugger.Timeline.Position ? "*" : " ")} {l.Position.ToString().PadLeft(width)}  {l.Text}").ToList();
        if (lines.Count == 0)
            lines.Add("no marks and no notes. Try: mark here");
        return new CommandResult(lines, new JsonObject
        {
            ["marks"] = new JsonArray([.. marks.Select(m => (JsonNode)new JsonObject { ["name"] = m.Name, ["position"] = m.Position })]),
            ["notes"] = new JsonArray([.. notes.Select(n => (JsonNode)new JsonObject { ["position"] = n.Position, ["text"] = n.Text })]),
        });
    }

    /// <summary>Said when nothing is kept.</summary>
    internal static string Place(Debugger debugger) => debugger.Notebook.Path is null ? " (for this session only: the trace has no file)" : "";
}
