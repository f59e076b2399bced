using System.CommandLine;
using System.Text.Json.Nodes;
using GcReplay.Heaps;
using GcReplay.Hunting;
using GcReplay.Output;
using GcReplay.Simulation.Collectors;
using GcReplay.Simulation.Hunting.Shrinking;
using GcReplay.Simulation.Recording;
using GcReplay.Traces.Files;

namespace GcReplay.Commands;

/// <summary><c>shrink FILE -o FILE</c>: a smaller program, fewer choices, the same signature.</summary>
internal sealed class ShrinkCommand(CommandConsole console)
{
    private readonly RecordedRun recorded = new("a trace of a run that fails (*.gctrace)");

    private readonly Option<string> output = new("-o", "--output")
    {
        HelpName = "FILE",
        Description = "the trace of the smaller run; its program is written beside it, *.heap",
        Required = true,
    };

    public Command Create()
    {
        var command = new Command("shrink", "makes a failing run smaller, with the same signature");
        recorded.AddTo(command);
        command.Add(output);
        recorded.AddPlugInTo(command);
        command.SetAction(Run);
        return command;
    }

    private int Run(ParseResult parsed)
    {
        var (path, target) = (recorded.Path(parsed), parsed.GetValue(output)!);
        OutputFile.RefuseSame(path, target, "the trace to shrink");
        TraceWriter.CheckTarget(target);
        var program = Path.ChangeExtension(target, ".heap");
        var options = recorded.Options(console, parsed);
        CheckProgram(program, target, options.ProgramText);
        var found = FoundCollector.Of(options.Collector);
        var shrinker = ProgressLine.Run(
            console, "shrinking", 0, report => Shrinker.Run(ShrinkCase.Of(options, found), found, p => report(p.Tries), console.Cancellation), "tries");
        var smallest = Write(shrinker, program, target);
        Report(shrinker, program, target, smallest);
        console.Result(new JsonObject
        {
            ["status"] = shrinker.IsCancelled ? "cancelled" : "ok",
            ["operations"] = new JsonObject { ["before"] = shrinker.Before, ["after"] = shrinker.Operations },
            ["choices"] = shrinker.Best.Choices.Length,
            ["signature"] = shrinker.Failure.Signature,
            ["trace"] = target,
            ["program"] = program,
            ["command"] = CommandFor(smallest, program, target),
        });
        return shrinker.IsCancelled ? ExitCode.Cancelled : ExitCode.Ok;
    }

    /// <summary>Nobody names the program's file, so it replaces nothing but what an earlier shrink left there.</summary>
    /// <exception cref="GcReplayException">Something else stands there: the program that is shrunk, or one of somebody's own.</exception>
    private static void CheckProgram(string program, string target, string original)
    {
        if (!File.Exists(program))
            return;
        var there = InputFile.ReadText(program, "a heap program (*.heap)");
        if (there != original && ProgramIn(target) == there)
            return;
        throw new GcReplayException(
            $"{program}, where the smaller program goes, exists and is not what an earlier shrink wrote with {target}: it is left as it is. Name another trace with -o, or remove it.");
    }

    /// <summary>The program of a trace; null when there is no trace that opens.</summary>
    private static string? ProgramIn(string path)
    {
        if (!File.Exists(path))
            return null;
        try
        {
            using var trace = TraceReader.Open(path);
            return trace.Header.ProgramText;
        }
        catch (GcReplayException)
        {
            return null;
        }
    }

    /// <summary>Writes program and trace; what was found when it was cancelled is kept like the rest.</summary>
    private static RunOptions Write(Shrinker shrinker, string program, string target)
    {
        var text = ShrunkText.Of(shrinker);
        OutputFile.WriteText(program, text, CancellationToken.None);
        var options = shrinker.Best.Options with { ProgramName = Path.GetFileName(program), ProgramText = text };
        OutputFile.WriteTrace(target, unfinished =>
        {
            var run = new PreparedRun(options, App.ToolVersion);
            var watch = new RunWatch("crash", checks: true);
            using var writer = new TraceWriter(unfinished, run.Header);
            var result = watch.Complete(run.Execute(writer, watch));
            writer.Finish(result.ToOutcome(), result.Choices);
            return true;
        });
        return options;
    }

    private void Report(Shrinker shrinker, string program, string target, RunOptions smallest)
    {
        if (shrinker.IsCancelled)
            console.Prose.WriteLine("cancelled; what was reached by then is kept, and can be shrunk further");
        console.Prose.WriteLine($"{shrinker.Before} operations became {shrinker.Operations}; {Choices(shrinker)}: {shrinker.Failure.Signature}");
        console.Prose.WriteLine($"program: {program}");
        console.Prose.WriteLine($"trace:   {target}");
        console.Prose.WriteLine($"again:   {CommandFor(smallest, program, target)}");
        console.Prose.WriteLine();
        console.Prose.Write(smallest.ProgramText);
    }

    private static string Choices(Shrinker shrinker) => shrinker.Best.Choices.Length switch
    {
        0 => "no choice but defaults",
        1 => "one choice is not the default",
        var count => $"{count} choices are not the default",
    };

    /// <summary>Choices that are not the default are in the trace alone.</summary>
    private static string CommandFor(RunOptions options, string program, string target) => options.IsChaos
        ? $"gcreplay verify {ShellWord.Of(target)}"
        : FailureKeeper.CommandFor(options, program);
}
