using System.CommandLine;
using GcReplay.Debugging.Cutting;
using GcReplay.Debugging.Timelines;
using GcReplay.Heaps;
using GcReplay.Output;
using GcReplay.Simulation.Recording;
using GcReplay.Traces.Files;

namespace GcReplay.Commands;

/// <summary><c>trim FILE --from N --to M -o FILE [--redact]</c>: writes a window of a trace, or a copy without what the program was about.</summary>
internal sealed class TrimCommand(CommandConsole console)
{
    private readonly Argument<string> file = new("FILE") { Description = "a trace (*.gctrace)" };

    private readonly Option<string> output = new("-o", "--output") { HelpName = "FILE", Description = "the trace to write", Required = true };

    private readonly Option<long?> from = new("--from") { HelpName = "N", Description = "first event of the window; default: the first of the trace" };

    private readonly Option<long?> to = new("--to") { HelpName = "M", Description = "its last event; default: the last of the trace" };

    private readonly Option<bool> redact = new("--redact")
    {
        Description = "take out program, names and contents of objects; the shape of the heap stays",
    };

    public Command Create()
    {
        var command = new Command("trim", "writes a window of a trace, which opens, steps and answers inside") { file, from, to, output, redact };
        command.SetAction(Run);
        return command;
    }

    private int Run(ParseResult parsed)
    {
        var (path, target) = (parsed.GetValue(file)!, parsed.GetValue(output)!);
        OutputFile.RefuseSame(path, target, "the trace");
        using var trace = TraceReader.Open(path);
        TraceNotice.Write(console, path, trace);
        if (trace.EventCount == 0)
            throw new GcReplayException($"{path} has no events to cut a window from.");
        var (first, last) = (parsed.GetValue(from) ?? trace.Header.FirstPosition + 1, parsed.GetValue(to) ?? trace.EventCount);
        var isRedacted = parsed.GetValue(redact);
        var outcome = ProgressLine.Run(console, "cutting", last, report => OutputFile.WriteTrace(target, unfinished =>
        {
            var progress = new Progress(console.Cancellation, report);
            return new TraceWindow(trace, first, last, isRedacted ? PublishedNames.All : null, progress).Write(unfinished, progress);
        }));

        console.Prose.WriteLine($"{target} holds events {first}-{last} of {Math.Max(trace.Header.RecordedEvents, trace.EventCount)}{(isRedacted ? ", without program, names and contents" : "")}");
        console.Prose.WriteLine($"next: gcreplay replay {ShellWord.Of(target)}");
        var json = RunJson.Of(outcome.Status, outcome.Events, outcome.Operations, isRedacted ? 0 : trace.Header.Seed, target, outcome.Failure, null);
        json["status"] = "ok";
        json["from"] = first;
        json["to"] = last;
        json["redacted"] = isRedacted;
        console.Result(json);
        return ExitCode.Ok;
    }
}
