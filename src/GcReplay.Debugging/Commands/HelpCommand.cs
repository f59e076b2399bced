using System.Text.Json.Nodes;
using GcReplay.Debugging.Expressions;

namespace GcReplay.Debugging.Commands;

public sealed class HelpCommand : Command
{
    public override string Name => "help";

    public override IReadOnlyList<string> Aliases => ["h", "?"];

    public override string Usage => "help [COMMAND|expressions]";

    public override string Summary => "all commands, or one with its usage and an example";

    public override string Example => "help watch";

    public override CommandResult Run(Debugger debugger, Arguments arguments)
    {
        arguments.Require(0, 1);
        if (arguments.Count == 0)
        {
            var all = debugger.Commands.All;
            var width = all.Max(c => Heading(c).Length);
            return new CommandResult(
                [
                    .. all.Select(c => $"{Heading(c).PadRight(width)}  {c.Summary}. Example: {c.Example}"),
                    "An empty line repeats the last command that moves or asks. For EXPR: help expressions. Event k leads from position k-1 to position k. #12 alone shows object #12.",
                ],
                new JsonObject { ["commands"] = new JsonArray([.. all.Select(c => (JsonNode)Json(c))]) });
        }

        if (arguments[0] is "expressions" or "expression" or "EXPR")
        {
            var topic = ExpressionHelp.Lines(debugger).ToList();
            return new CommandResult(topic, new JsonObject { ["topic"] = "expressions", ["lines"] = new JsonArray([.. topic.Select(l => (JsonNode)l)]) });
        }

        var command = debugger.Commands.Find(arguments[0]);
        return new CommandResult(
            [
                $"{command.Usage}",
                $"  {command.Summary}",
                .. command.Aliases.Count == 0 ? Array.Empty<string>() : [$"  short: {string.Join(", ", command.Aliases)}"],
                $"  for example: {command.Example}",
                .. command.Remarks.Select(r => $"  {r}"),
            ],
            Json(command));
    }

    private static string Heading(Command command) =>
        command.Aliases.Count == 0 ? command.Name : $"{command.Name} ({string.Join(", ", command.Aliases)})";

    private static JsonObject Json(Command command) => new()
    {
        ["name"] = command.Name,
        ["aliases"] = new JsonArray([.. command.Aliases.Select(a => (JsonNode)a)]),
        ["usage"] = command.Usage,
        ["summary"] = command.Summary,
        ["example"] = command.Example,
        ["remarks"] = new JsonArray([.. command.Remarks.Select(r => (JsonNode)r)]),
    };
}

public sealed class QuitCommand : Command
{
    public override string Name => "quit";

    public override IReadOnlyList<string> Aliases => ["q"];

    public override string Usage => "quit";

    public override string Summary => "ends the session";

    public override string Example => "quit";

    public override CommandResult Run(Debugger debugger, Arguments arguments)
    {
        arguments.Require(0, 0);
        return new CommandResult([], [], Quits: true);
    }
}
