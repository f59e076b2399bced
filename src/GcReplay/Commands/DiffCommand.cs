using System.CommandLine;
using System.Text.Json.Nodes;
using GcReplay.Debugging.Comparing;
using GcReplay.Debugging.Timelines;
using GcReplay.Heaps;
using GcReplay.Output;
using GcReplay.Traces.Files;

namespace GcReplay.Commands;

/// <summary><c>diff FILE FILE</c>: the first differing event of two traces, aligned by statement.</summary>
internal sealed class DiffCommand(CommandConsole console)
{
    private readonly Argument<string> first = new("FILE") { Description = "a trace (*.gctrace)" };

    private readonly Argument<string> second = new("OTHER") { Description = "another: of another revision, allocator or seed" };

    public Command Create()
    {
        var command = new Command("diff", "finds where two traces first do something else") { first, second };
        command.SetAction(parsed => Run(parsed.GetValue(first)!, parsed.GetValue(second)!));
        return command;
    }

    private int Run(string path, string otherPath)
    {
        using var trace = TraceReader.Open(path);
        using var other = TraceReader.Open(otherPath);
        TraceNotice.Write(console, path, trace);
        TraceNotice.Write(console, otherPath, other);

        var result = ProgressLine.Run(
            console, "comparing", Math.Max(trace.EventCount, other.EventCount),
            report => new TraceComparison(trace, other).Run(new Progress(console.Cancellation, report)));
        Print(path, otherPath, result);
        console.Result(Json(path, otherPath, result));
        return result.Difference is null ? ExitCode.Ok : ExitCode.Finding;
    }

    private void Print(string path, string otherPath, ComparisonResult result)
    {
        if (result.OnlyStatements)
            console.Prose.WriteLine("the processes are laid out differently (another allocator, revision or program): compared are statements, without what the allocator does for itself");
        if (result.Difference is not { } difference)
        {
            console.Prose.WriteLine($"no difference in {result.Events} events and {result.Operations} statements");
            return;
        }

        console.Prose.WriteLine($"{result.Operations} statements agree, then {difference.Summary}:");
        foreach (var (name, side) in Sides(path, otherPath, difference))
            console.Prose.WriteLine(side.Event == 0 ? $"  {name}: {side.Text}" : $"  {name} event {side.Event}: {side.Text}  {side.Operation}");
        foreach (var (name, side) in Sides(path, otherPath, difference).Where(s => s.Side.Event > 0))
            console.Prose.WriteLine($"To look at it: gcreplay replay {ShellWord.Of(name)} -x \"goto {side.Event}\"");
    }

    private static (string Name, DifferingSide Side)[] Sides(string path, string otherPath, TraceDifference difference) =>
        [(path, difference.First), (otherPath, difference.Second)];

    private static JsonObject Json(string path, string otherPath, ComparisonResult result)
    {
        var json = new JsonObject
        {
            ["status"] = result.Difference is null ? "ok" : "failure",
            ["events"] = result.Events,
            ["operations"] = result.Operations,
            ["onlyStatements"] = result.OnlyStatements,
        };
        if (result.Difference is not { } difference)
            return json;
        json["difference"] = new JsonObject
        {
            ["summary"] = difference.Summary,
            ["sides"] = new JsonArray([.. Sides(path, otherPath, difference).Select(s => (JsonNode)new JsonObject
            {
                ["trace"] = s.Name,
                ["event"] = s.Side.Event,
                ["text"] = s.Side.Text,
                ["operation"] = s.Side.Operation,
            })]),
        };
        return json;
    }
}
