using System.CommandLine;
using System.Text.Json.Nodes;
using GcReplay.Debugging;
using GcReplay.Debugging.Explaining;
using GcReplay.Debugging.Timelines;
using GcReplay.Heaps;
using GcReplay.Output;
using GcReplay.Traces;
using GcReplay.Traces.Files;

namespace GcReplay.Commands;

/// <summary><c>explain FILE</c>: the story from the failure back to its cause.</summary>
internal sealed class ExplainCommand(CommandConsole console)
{
    private readonly Argument<string> file = new("FILE") { Description = "a trace (*.gctrace)" };

    public Command Create()
    {
        var command = new Command("explain", "tells the story from the failure of a trace back to its cause") { file };
        command.SetAction(parsed => Run(parsed.GetValue(file)!));
        return command;
    }

    private int Run(string path)
    {
        using var trace = TraceReader.Open(path);
        TraceNotice.Write(console, path, trace);
        var debugger = new Debugger(trace);
        var explanation = ProgressLine.Run(
            console, "explaining", trace.EventCount, report => Explainer.Of(debugger, new Progress(console.Cancellation, report)));
        foreach (var line in Debugging.Commands.ExplainCommand.Lines(explanation))
            console.Prose.WriteLine(line);
        if (explanation.Cause is { } cause)
        {
            console.Prose.WriteLine($"To go to the cause: gcreplay replay {ShellWord.Of(path)} -x \"goto {cause.Event}\"");
            console.Prose.WriteLine($"To show it to others: gcreplay report {ShellWord.Of(path)} -o {ShellWord.Of(Path.ChangeExtension(path, ".html"))}");
        }

        var json = Json(trace, path, explanation);
        if (trace.Damage is { } damage)
        {
            json["damage"] = damage;
            // What was recorded and can not be read was not checked: "ok" would say more than is known.
            if (explanation.Chain.Count == 0 && (trace.EventCount == 0 || trace.Outcome?.Events > trace.EventCount))
            {
                json["status"] = "failure";
                console.Result(json);
                return ExitCode.BadInput;
            }
        }

        console.Result(json);
        return explanation.Chain.Count == 0 ? ExitCode.Ok : ExitCode.Finding;
    }

    private static JsonObject Json(TraceReader trace, string path, Explanation explanation)
    {
        var failure = explanation.Failure ?? (explanation.Corruption is { } silent ? ViolationText.Failure(silent, trace) : null);
        var json = RunJson.Of(
            explanation.Chain.Count == 0 ? RunJson.Unfailing(trace) : RunStatus.Failure, trace.EventCount, trace.Outcome?.Operations ?? 0, trace.Header.Seed, path,
            failure, explanation.Corruption is { } first ? ViolationText.Corrupt(first) : null);
        foreach (var (key, value) in Debugging.Commands.ExplainCommand.Json(explanation))
            json[key] = value?.DeepClone();
        return json;
    }
}
