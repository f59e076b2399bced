using System.CommandLine;
using System.Text.Json.Nodes;
using GcReplay.Heaps;
using GcReplay.Hunting;
using GcReplay.Output;
using GcReplay.Simulation.Collectors;
using GcReplay.Simulation.Hunting.Shrinking;

namespace GcReplay.Commands;

/// <summary><c>emit FILE</c>: a regression test from a trace of a run that fails.</summary>
internal sealed class EmitCommand(CommandConsole console)
{
    private readonly RecordedRun recorded = new("a trace of a run that fails, as shrink writes it (*.gctrace)");

    private readonly Option<string?> output = new("-o", "--output") { HelpName = "FILE", Description = "the test, *.cs; default: printed" };

    private readonly Option<string?> name = new("--name") { HelpName = "NAME", Description = "of the class; default: the program's name, and Tests" };

    public Command Create()
    {
        var command = new Command("emit", "writes a regression test from a failing run");
        recorded.AddTo(command);
        command.Add(output);
        command.Add(name);
        recorded.AddPlugInTo(command);
        command.SetAction(Run);
        return command;
    }

    private int Run(ParseResult parsed)
    {
        var target = parsed.GetValue(output);
        if (target is not null)
            CheckTarget(recorded.Path(parsed), target);
        if (parsed.GetValue(name) is { } given && !IsIdentifier(given))
            throw new GcReplayException($"--name {given}: expected the name of a class: letters, digits and _, a letter first.");
        var options = recorded.Options(console, parsed);
        var found = FoundCollector.Of(options.Collector);
        var test = new EmittedTest(ShrinkCase.Of(options, found), found, options.ProgramText, parsed.GetValue(name));
        if (test.Signature is null)
            throw new GcReplayException($"{recorded.Path(parsed)}: the run ends well. A test that expects nothing to fail says nothing of it: take the trace of a failing run.");
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

    /// <summary>Replaces a test that it wrote itself, and nothing else.</summary>
    private static void CheckTarget(string source, string target)
    {
        OutputFile.CheckText(source, target);
        if (File.Exists(target) && !InputFile.ReadText(target, "a test (*.cs)").StartsWith(EmittedTest.FirstLine, StringComparison.Ordinal))
            throw new GcReplayException($"{target} exists and was not written by emit: it is left as it is. Name another file, or remove it.");
    }

    private static bool IsIdentifier(string text) =>
        text.Length > 0 && (char.IsLetter(text[0]) || text[0] == '_') && text.All(c => char.IsLetterOrDigit(c) || c == '_');
}
