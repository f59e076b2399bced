using System.Text.Json.Nodes;
using GcReplay.Debugging.Explaining;

namespace GcReplay.Debugging.Commands;

public sealed class ExplainCommand : Command
{
    public override string Name => "explain";

    public override string Usage => "explain";

    public override string Summary => "the story from the failure back to its cause, each step with an event to go to";

    public override string Example => "explain";

    public override CommandResult Run(Debugger debugger, Arguments arguments)
    {
        arguments.Require(0, 0);
        var explanation = Explainer.Of(debugger, debugger.Progress);
        var next = explanation.Cause is { } cause ? [$"to go to the cause: goto {cause.Event}"] : Array.Empty<string>();
        return new CommandResult([.. Lines(explanation), .. next, .. EventText.OfWindow(debugger.Timeline)], Json(explanation));
    }

    /// <summary>The two sentences, and the chain with a number to go to in front of each step.</summary>
    public static IReadOnlyList<string> Lines(Explanation explanation)
    {
        var width = explanation.Chain.Select(l => l.Event.ToString().Length).DefaultIfEmpty(0).Max();
        var lines = new List<string> { explanation.Summary };
        lines.AddRange(explanation.Chain.Select(l => $"  {l.Event.ToString().PadLeft(width)}  {RoleName(l.Role),-12}  {l.Message}"));
        return lines;
    }

    public static JsonObject Json(Explanation explanation) => new()
    {
        ["summary"] = explanation.Summary,
        ["chain"] = new JsonArray([.. explanation.Chain.Select(l => (JsonNode)new JsonObject
        {
            ["event"] = l.Event, ["role"] = RoleName(l.Role), ["message"] = l.Message,
        })]),
    };

    private static string RoleName(ChainRole role) => role.ToString().ToLowerInvariant();
}
