using System.CommandLine;
using GcReplay.Heaps;
using GcReplay.Output;
using GcReplay.Simulation.Recording;
using GcReplay.Traces;
using GcReplay.Traces.Files;

namespace GcReplay.Commands;

/// <summary><c>verify FILE</c>: runs the trace's program again from its recorded choices and compares every event and word.</summary>
internal sealed class VerifyCommand(CommandConsole console)
{
    private readonly Argument<string> file = new("FILE") { Description = "a trace (*.gctrace)" };

    public Command Create()
    {
        var command = new Command("verify", "runs a trace's program again and compares event by event") { file };
        command.SetAction(parsed => Run(parsed.GetValue(file)!));
        return command;
    }

    private int Run(string path)
    {
        using var trace = TraceReader.Open(path);
        if (trace.Damage is { } damage && trace.EventCount == 0)
            throw new GcReplayException($"{path}: {damage}");
        if (trace.Header.IsRedacted)
            throw new GcReplayException($"{path} is redacted: its program and its names were taken out, so that there is nothing to run again. Verify the trace it was made of.");
        if (trace.Header.FirstPosition > 0)
            throw new GcReplayException($"{path} is a window from position {trace.Header.FirstPosition} on: a run can not be compared from there. Verify the trace it was cut from.");
        TraceNotice.Write(console, path, trace);

        var result = ProgressLine.Run(console, "verifying", 0, _ => Reexecution.Verify(trace, console.Cancellation));
        Print(path, result);

        var json = RunJson.Of(
            result.Divergence is null ? RunStatus.Ok : RunStatus.Failure, result.EventsCompared, result.Run.Operations, trace.Header.Seed, path,
            result.Divergence is null ? null : Failure(result.Divergence), null);
        console.Result(json);
        return result.Divergence is null ? ExitCode.Ok : ExitCode.Finding;
    }

    private void Print(string path, VerifyResult result)
    {
        if (result.Divergence is not { } divergence)
        {
            console.Prose.WriteLine($"{path}: all {result.EventsCompared} events agree, word by word");
            return;
        }

        console.Prose.WriteLine($"{path}: the first difference is at event {divergence.Event}");
        console.Prose.WriteLine($"  trace: {divergence.Expected}");
        console.Prose.WriteLine($"  run:   {divergence.Actual}");
        console.Prose.WriteLine($"To look at it: gcreplay replay {path} -x \"goto {Math.Max(divergence.Event - 1, 0)}\"");
    }

    private static RunFailure Failure(Divergence divergence) => new(
        "divergence", "divergence", divergence.Event, $"trace: {divergence.Expected}; run: {divergence.Actual}", "divergence");
}
