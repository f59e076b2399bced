using System.CommandLine;
using System.Text.Json.Nodes;
using GcReplay.Debugging;
using GcReplay.Debugging.Provenance;
using GcReplay.Debugging.Timelines;
using GcReplay.Heaps;
using GcReplay.Heaps.Sanitizers;
using GcReplay.Output;
using GcReplay.Traces;
using GcReplay.Traces.Files;

namespace GcReplay.Commands;

/// <summary><c>check FILE [--at N]</c>: runs the sanitizers over every event, and tells the first event at which each fails.</summary>
internal sealed class CheckCommand(CommandConsole console)
{
    private readonly Argument<string> file = new("FILE") { Description = "a trace (*.gctrace)" };

    private readonly Option<long?> at = new("--at") { HelpName = "N", Description = "check events 1 to N only" };

    public Command Create()
    {
        var command = new Command("check", "runs the sanitizers over every event of a trace") { file, at };
        command.SetAction(parsed => Run(parsed.GetValue(file)!, parsed.GetValue(at)));
        return command;
    }

    private int Run(string path, long? position)
    {
        using var trace = TraceReader.Open(path);
        TraceNotice.Write(console, path, trace);
        var end = position ?? trace.EventCount;
        if (end < 0 || end > trace.EventCount)
            throw new GcReplayException($"--at {end}: {path} has events 1 to {trace.EventCount}.");

        var debugger = new Debugger(trace);
        var found = ProgressLine.Run(
            console, "checking", end, report => debugger.Corruption.Check(end, new Progress(console.Cancellation, report)));
        Print(debugger, path, end, found);
        var json = Json(trace, path, end, found);
        if (end == trace.EventCount && AssertionVerdict.Of(trace, found, new Progress(console.Cancellation)) is { } verdict)
        {
            console.Prose.WriteLine(verdict);
            json["verdict"] = verdict;
        }

        if (trace.Damage is { } damage)
        {
            json["damage"] = damage;
            // What was recorded and can not be read was not checked: "ok" would say more than is known.
            if (found.Count == 0 && (trace.EventCount == 0 || trace.Outcome?.Events > trace.EventCount))
            {
                json["status"] = "failure";
                console.Result(json);
                return ExitCode.BadInput;
            }
        }

        console.Result(json);
        return found.Count == 0 ? ExitCode.Ok : ExitCode.Finding;
    }

    private void Print(Debugger debugger, string path, long end, IReadOnlyList<Violation> found)
    {
        foreach (var violation in found)
            console.Prose.WriteLine($"event {violation.Event}: {violation.Code}: {violation.Message}");
        foreach (var line in Holding.Lines(debugger.Timeline.View, debugger.Corruption, found, end))
            console.Prose.WriteLine(line);
        if (found.Count > 0)
            console.Prose.WriteLine($"To go to the first: gcreplay replay {ShellWord.Of(path)} -x \"goto {found[0].Event}\"");
    }

    private static JsonObject Json(TraceReader trace, string path, long end, IReadOnlyList<Violation> found)
    {
        var first = found.Count == 0 ? null : found[0];
        var json = RunJson.Of(
            first is null ? RunJson.Unfailing(trace) : RunStatus.Failure, end, trace.Outcome?.Operations ?? 0, trace.Header.Seed, path,
            first is null ? null : ViolationText.Failure(first, trace), first is null ? null : ViolationText.Corrupt(first));
        json["findings"] = new JsonArray([.. found.Select(v =>
            (JsonNode)new JsonObject { ["event"] = v.Event, ["code"] = v.Code, ["message"] = v.Message })]);
        return json;
    }
}
