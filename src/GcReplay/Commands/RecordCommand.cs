using System.CommandLine;
using GcReplay.Debugging.Timelines;
using GcReplay.Heaps;
using GcReplay.Heaps.Sanitizers;
using GcReplay.Known;
using GcReplay.Output;
using GcReplay.Simulation.Recording;
using GcReplay.Traces;
using GcReplay.Traces.Files;

namespace GcReplay.Commands;

/// <summary><c>record PROGRAM</c>: runs a heap program and writes a trace.</summary>
internal sealed class RecordCommand(CommandConsole console)
{
    private readonly Argument<string> program = new("PROGRAM") { Description = "a heap program (*.heap)" };

    private readonly Option<string?> output = new("-o", "--output")
    {
        HelpName = "FILE",
        Description = "the trace; default: the program's name with .gctrace, here",
    };

    private readonly Option<string> stopOn = new("--stop-on")
    {
        Description = "the run ends at the first of these",
        DefaultValueFactory = _ => "crash",
    };

    /// <summary>What <c>--amnesia</c> does, here and in <c>verify</c>.</summary>
    public const string AmnesiaHelp =
        "run again, forgetting all but the words, and compare";

    private readonly Option<bool> amnesia = new("--amnesia") { Description = AmnesiaHelp };

    private readonly Option<bool> check = new("--check") { Description = "run the sanitizers after every event" };

    private readonly Option<bool> noTrace = new("--no-trace") { Description = "run without recording; no file is written" };

    private readonly Option<bool> hideFault = new("--hide-fault")
    {
        Description = "the trace does not tell of the fault",
    };

    private readonly Option<string?> catalogue = new("--catalogue")
    {
        HelpName = "DIR",
        Description = "look for the failure among these traces too",
    };

    private readonly RunArguments run = new();

    public Command Create()
    {
        stopOn.AcceptOnlyFromAmong("crash", "hazard", "violation");
        var command = new Command("record", "runs a heap program and writes a trace") { program, output };
        run.AddTo(command);
        command.Add(check);
        command.Add(stopOn);
        command.Add(noTrace);
        command.Add(amnesia);
        command.Add(hideFault);
        command.Add(catalogue);
        command.SetAction(Run);
        return command;
    }

    private int Run(ParseResult parsed)
    {
        var path = parsed.GetValue(program)!;
        var options = run.Options(parsed, path) with { HidesFault = parsed.GetValue(hideFault) };
        if (options.HidesFault && !options.Parameters.ContainsKey(RunParameters.Fault))
            throw new GcReplayException("--hide-fault hides the fault of --fault NAME, and none is named.");
        var prepared = new PreparedRun(options, App.ToolVersion);
        if (options.IsChaos)
            console.Prose.WriteLine($"seed {options.Seed}");

        if (parsed.GetValue(amnesia) && parsed.GetValue(noTrace))
            throw new GcReplayException("--amnesia compares a second run with the trace of the first: leave --no-trace out.");
        var trace = parsed.GetValue(noTrace) ? null : parsed.GetValue(output) ?? Path.GetFileNameWithoutExtension(path) + ".gctrace";
        if (trace is not null && OutputFile.IsDevice(trace))
            throw new GcReplayException($"{trace} is no file that can be read again. Name a file, or record nothing: --no-trace");
        if (trace is null && parsed.GetValue(output) is { } unwanted)
            throw new GcReplayException($"--no-trace writes no file, and -o {unwanted} names one. Leave one of them out.");
        if (run.HasSeed(parsed) && !options.IsChaos)
            console.Error.WriteLine($"--seed {options.Seed} is kept in the trace and changes nothing: without --chaos every choice is its default");
        if (parsed.GetValue(catalogue) is { } folder)
            Catalogue.Require(folder);
        var stop = parsed.GetValue(stopOn)!;
        var observer = parsed.GetValue(check) || stop != "crash" ? new RunWatch(stop, parsed.GetValue(check)) : null;
        var result = trace is null ? RunOnly(prepared, observer) : Record(prepared, trace, observer);
        return Report(prepared, result, trace, observer, parsed.GetValue(amnesia) ? options.Collector : null, parsed.GetValue(catalogue));
    }

    private RunResult Record(PreparedRun prepared, string path, RunWatch? watch)
    {
        using var writer = new TraceWriter(path, prepared.Header);
        var result = ProgressLine.Run(
            console, "recording", 0, report => prepared.Execute(new WatchedSink(writer, report), watch, cancellation: console.Cancellation));
        result = watch is null ? result : watch.Complete(result);
        writer.Finish(result.ToOutcome(), result.Choices);
        return result;
    }

    private RunResult RunOnly(PreparedRun prepared, RunWatch? watch)
    {
        var result = ProgressLine.Run(console, "running", 0, _ => prepared.Execute(null, watch, cancellation: console.Cancellation));
        return watch is null ? result : watch.Complete(result);
    }

    /// <param name="folder">The catalogue; null for none.</param>
    /// <param name="forgetting">The collector, when the run is to be compared with one that forgets; null otherwise.</param>
    private int Report(PreparedRun prepared, RunResult result, string? path, RunWatch? watch, string? forgetting, string? folder)
    {
        var report = new RunReport(console.Prose);
        report.WriteRun(prepared.Header, result, path);
        var (first, corrupt) = IsWorthALook(result) ? Look(prepared, result, path, watch, report) : (null, null);
        // A run that ended well and was corrupt did not end well.
        var failure = result.Failure ?? corrupt;
        if (watch is { Checks: true } && !IsWorthALook(result) && result.Status == RunStatus.Ok)
            report.WriteClean(result.Events, prepared.Header.Layout);
        if (forgetting is not null && path is not null && result.Status != RunStatus.Cancelled)
        {
            var forgot = Forget(prepared, path, forgetting);
            failure ??= forgot;
        }

        var known = failure is null ? [] : Recognition.Of(
            Catalogue.CollectorOf(prepared.Header), result.Failure?.Signature, corrupt?.Signature, Gallery.All.Concat(Kept(folder, path)));
        if (KnownJson.Line(known) is { } seen)
            console.Prose.WriteLine(seen);
        if (path is not null)
            report.WriteNext(path, result, first);
        var status = result.Status == RunStatus.Ok && failure is not null ? RunStatus.Failure : result.Status;
        var json = RunJson.Of(
            status, result.Events, result.Operations, prepared.Header.Seed, path, failure, first is null ? null : ViolationText.Corrupt(first));
        if (result.Fault is { } fault)
            json["fault"] = FaultJson.Of(fault);
        if (report.State is { } state)
            json["state"] = state;
        if (failure is not null)
            json["known"] = KnownJson.Of(known);
        console.Result(json);
        return status switch
        {
            RunStatus.Cancelled => ExitCode.Cancelled,
            RunStatus.Failure => ExitCode.Finding,
            _ => ExitCode.Ok,
        };
    }

    /// <param name="folder">The catalogue; null for none.</param>
    private IReadOnlyList<KnownFailure> Kept(string? folder, string? path) => folder is null ? [] : ProgressLine.Run(
        console, "reading the catalogue", 0, report => Catalogue.Read(
            folder, path, new Progress(console.Cancellation, report), message => console.Error.WriteLine($"left out: {message}")), "traces");

    private RunFailure? Forget(PreparedRun prepared, string path, string collector)
    {
        using var trace = TraceReader.Open(path);
        var verified = ProgressLine.Run(
            console, "running again, forgetting", 0,
            _ => Reexecution.Verify(trace, prepared.Header.PlugIn is null ? null : collector, forgets: true, console.Cancellation));
        new VerifyReport(console.Prose).Write(path, verified, forgets: true);
        return VerifyReport.Failure(verified);
    }

    private static bool IsWorthALook(RunResult result) =>
        result.Status != RunStatus.Cancelled && (result.Failure is not null || result.FreedInterpreters > 0);

    /// <summary>Looks for the first corrupt event, and says what failure it is.</summary>
    private (Violation? First, RunFailure? Corrupt) Look(PreparedRun prepared, RunResult result, string? path, RunWatch? watch, RunReport report)
    {
        var file = path ?? Again(prepared, watch);
        try
        {
            using var trace = TraceReader.Open(file);
            var first = ProgressLine.Run(
                console, "checking", trace.EventCount, done => report.WriteFindings(trace, new Progress(console.Cancellation, done)));
            return (first, first is null ? null : ViolationText.Failure(first, trace));
        }
        finally
        {
            if (path is null)
                File.Delete(file);
        }
    }

    /// <summary>A run does the same each time: the one that went wrong unrecorded is made again, into a file that is gone afterwards.</summary>
    private string Again(PreparedRun prepared, RunWatch? watch)
    {
        var file = Path.GetTempFileName();
        using var writer = new TraceWriter(file, prepared.Header);
        var again = ProgressLine.Run(
            console, "running again", 0, report => prepared.Execute(new WatchedSink(writer, report), watch?.Again(), cancellation: console.Cancellation));
        writer.Finish(again.ToOutcome(), again.Choices);
        return file;
    }
}
