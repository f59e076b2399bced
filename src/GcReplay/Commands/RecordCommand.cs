using System.CommandLine;
using GcReplay.Heaps.Events;
using GcReplay.Heaps.Layouts;
using GcReplay.Heaps.Memory;
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

    private readonly Option<bool> noTrace = new("--no-trace") { Description = "run without recording; no file is written" };

    private readonly RunArguments run = new();

    public Command Create()
    {
        stopOn.AcceptOnlyFromAmong("crash", "hazard");
        var command = new Command("record", "runs a heap program and writes a trace") { program, output };
        run.AddTo(command);
        command.Add(stopOn);
        command.Add(noTrace);
        command.SetAction(Run);
        return command;
    }

    private int Run(ParseResult parsed)
    {
        var path = parsed.GetValue(program)!;
        var options = new RunOptions
        {
            ProgramName = Path.GetFileName(path),
            ProgramText = InputFile.ReadText(path, "a heap program (*.heap)"),
            Collector = run.Collector(parsed),
            Allocator = run.Allocator(parsed),
            Seed = run.Seed(parsed),
            IsChaos = run.IsChaos(parsed),
            Parameters = run.Parameters(parsed),
        };
        var prepared = new PreparedRun(options, App.ToolVersion);
        if (options.IsChaos)
            console.Prose.WriteLine($"seed {options.Seed}");

        var observer = parsed.GetValue(stopOn) == "hazard" ? new StopAtHazard() : null;
        var trace = parsed.GetValue(noTrace) ? null : parsed.GetValue(output) ?? Path.GetFileNameWithoutExtension(path) + ".gctrace";
        var result = trace is null ? RunOnly(prepared, observer) : Record(prepared, trace, observer);
        Report(prepared, result, trace, observer);
        return result.Status switch
        {
            RunStatus.Cancelled => ExitCode.Cancelled,
            RunStatus.Failure => ExitCode.Finding,
            _ => ExitCode.Ok,
        };
    }

    private RunResult Record(PreparedRun prepared, string path, IRunObserver? observer)
    {
        using var writer = new TraceWriter(path, prepared.Header);
        var result = ProgressLine.Run(
            console, "recording", 0, report => prepared.Execute(new WatchedSink(writer, report), observer, cancellation: console.Cancellation));
        writer.Finish(result.ToOutcome(), result.Choices);
        return result;
    }

    private RunResult RunOnly(PreparedRun prepared, IRunObserver? observer) =>
        ProgressLine.Run(console, "running", 0, _ => prepared.Execute(null, observer, cancellation: console.Cancellation));

    private void Report(PreparedRun prepared, RunResult result, string? path, IRunObserver? observer)
    {
        var report = new RunReport(console.Prose);
        report.WriteRun(prepared.Header, result, path);
        var first = IsWorthALook(result) ? Explain(prepared, result, path, observer, report) : null;
        console.Result(RunJson.Of(result.Status, result.Events, result.Operations, prepared.Header.Seed, path, result.Failure, first));
    }

    private static bool IsWorthALook(RunResult result) =>
        result.Status != RunStatus.Cancelled && (result.Failure is not null || result.FreedInterpreters > 0);

    private CorruptEvent? Explain(PreparedRun prepared, RunResult result, string? path, IRunObserver? observer, RunReport report)
    {
        if (path is not null)
        {
            using var trace = TraceReader.Open(path);
            return report.WriteFailure(trace, path, console.Cancellation);
        }

        // A run does the same each time: the one that went wrong unrecorded is made again with its events kept.
        var memory = new MemoryTrace(prepared.Header);
        memory.Finish(prepared.Execute(memory, observer, cancellation: console.Cancellation).ToOutcome(), result.Choices);
        return report.WriteFailure(memory, null, console.Cancellation);
    }

    private sealed class StopAtHazard : IRunObserver
    {
        public void Start(AddressSpace space, Shadow shadow, Layout layout)
        {
        }

        public bool AfterEvent(long number, in Event e) => e.Kind != EventKind.Hazard;
    }
}
