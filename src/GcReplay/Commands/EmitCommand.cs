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

/// <summary><c>emit FILE</c>: a regression test from a trace of a run that fails.</summary>
internal sealed class EmitCommand(CommandConsole console)
{
    private readonly Argument<string> file = new("FILE") { Description = "a trace of a run that fails, as shrink writes it (*.gctrace)" };

    private readonly Option<string?> output = new("-o", "--output") { HelpName = "FILE", Description = "the test, *.cs; default: printed" };

    private readonly Option<string?> name = new("--name") { HelpName = "NAME", Description = "of the class; default: the program's name, and Tests" };

    private readonly Option<string?> collector = new("--collector")
    {
        HelpName = "PLUGIN",
        Description = "the plug-in (*.dll) that the trace's collector came from",
    };

    public Command Create()
    {
        var command = new Command("emit", "writes a regression test from a failing run") { file, output, name, collector };
        command.SetAction(parsed => Run(parsed.GetValue(file)!, parsed.GetValue(output), parsed.GetValue(name), parsed.GetValue(collector)));
        return command;
    }

    private int Run(string path, string? target, string? className, string? plugIn)
    {
        RunOptions options;
        using (var trace = TraceReader.Open(path))
        {
            TraceNotice.Write(console, path, trace);
            if (trace.Header.IsRedacted || trace.Header.FirstPosition > 0)
                throw new GcReplayException($"{path} is redacted or a window: there is no whole program in it to run again. Take the trace it was made of.");
            options = RunOptions.Of(trace, plugIn);
        }

        var found = FoundCollector.Of(options.Collector);
        var test = new EmittedTest(ShrinkCase.Of(options, found), found, options.ProgramText, className);
        if (test.Signature is null)
            throw new GcReplayException($"{path}: the run ends well. A test that expects nothing to fail says nothing of it: take the trace of a failing run.");
        if (target is null)
            console.Prose.Write(test.Text);
        else
            OutputFile.WriteText(target, test.Text, console.Cancellation);
        if (target is not null)
            console.Prose.WriteLine($"{target}: class {test.Name}; it fails with {options.Collector}: {test.Signature}");
        console.Result(new JsonObject
        {
            ["status"] = "ok",
            ["class"] = test.Name,
            ["signature"] = test.Signature,
            ["file"] = target,
            ["test"] = test.Text,
        });
        return ExitCode.Ok;
    }
}
