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

    private readonly Option<string?> collector = RecordedRun.PlugInOption();

    private readonly Option<bool> amnesia = new("--amnesia") { Description = RecordCommand.AmnesiaHelp };

    public Command Create()
    {
        var command = new Command("verify", "runs a trace's program again and compares event by event") { file, collector, amnesia };
        command.SetAction(parsed => Run(parsed.GetValue(file)!, parsed.GetValue(collector), parsed.GetValue(amnesia)));
        return command;
    }

    private int Run(string path, string? plugIn, bool forgets)
    {
        using var trace = TraceReader.Open(path);
        if (trace.Damage is { } damage && trace.EventCount == 0)
            throw new GcReplayException($"{path}: {damage}");
        if (trace.Header.IsRedacted)
            throw new GcReplayException($"{path} is redacted: its program and its names were taken out, so that there is nothing to run again. Verify the trace it was made of.");
        if (trace.Header.FirstPosition > 0)
            throw new GcReplayException($"{path} is a window from position {trace.Header.FirstPosition} on: a run can not be compared from there. Verify the trace it was cut from.");
        TraceNotice.Write(console, path, trace);

        var result = ProgressLine.Run(
            console, "verifying", 0, _ => Reexecution.Verify(trace, plugIn, forgets, console.Cancellation));
        if (result.OtherPlugIn is { } other)
            console.Error.WriteLine($"the plug-in is not the file that the trace was recorded with: {other}; recorded with {trace.Header.PlugIn}");
        var report = new VerifyReport(console.Prose);
        report.Write(path, result, forgets);

        var failure = VerifyReport.Failure(result);
        var json = RunJson.Of(
            failure is null ? RunStatus.Ok : RunStatus.Failure, result.EventsCompared, result.Run.Operations, trace.Header.Seed, path, failure, null);
        if (result.Run.Fault is { } fault)
            json["fault"] = FaultJson.Of(fault);
        json["damage"] = trace.Damage;
        // What was recorded and can not be read was not compared: "ok" would say more than is known.
        if (failure is null && trace.Outcome?.Events > trace.EventCount)
        {
            json["status"] = "failure";
            console.Result(json);
            return ExitCode.BadInput;
        }

        console.Result(json);
        return failure is null ? ExitCode.Ok : ExitCode.Finding;
    }
}
