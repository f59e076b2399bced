using System.CommandLine;
using System.Text.Json.Nodes;
using GcReplay.Heaps;
using GcReplay.Output;
using GcReplay.Simulation.Programs;
using GcReplay.Simulation.Programs.Importing;

namespace GcReplay.Commands;

/// <summary><c>import FILE -o PROGRAM</c>: a recording of a real process becomes a heap program.</summary>
internal sealed class ImportCommand(CommandConsole console)
{
    private readonly Argument<string> file = new("FILE") { Description = "a recording (*.ops, *.ops.gz)" };

    private readonly Option<string> output = new("-o", "--output") { HelpName = "PROGRAM", Description = "the heap program to write", Required = true };

    public Command Create()
    {
        var command = new Command("import", "turns a recording of a real process into a heap program") { file, output };
        command.SetAction(parsed => Run(parsed.GetValue(file)!, parsed.GetValue(output)!));
        return command;
    }

    private int Run(string path, string target)
    {
        if (!File.Exists(path))
            throw new GcReplayException($"{path} does not exist; expected a recording (*.ops, *.ops.gz).");
        if (target.Length > 0 && Path.GetFullPath(path) == Path.GetFullPath(target))
            throw new GcReplayException($"{target} is the recording itself: it is left as it is. Name another file for the program.");
        var imported = ProgressLine.Run(console, "importing", 0, _ => RecordingFile.Import(path));
        OutputFile.WriteText(target, HeapProgramPrinter.Print(imported.Program), console.Cancellation);

        var statements = imported.Program.Statements().Count();
        console.Prose.WriteLine(
            $"imported {imported.Objects.Length} objects, {imported.Survivors.Count()} of them alive at the end, as {statements} statements to {target}");
        console.Prose.WriteLine($"To run it: gcreplay record {ShellWord.Of(target)}");
        console.Result(new JsonObject
        {
            ["status"] = "ok", ["program"] = target, ["operations"] = statements, ["objects"] = imported.Objects.Length,
            ["survivors"] = imported.Survivors.Count(),
        });
        return ExitCode.Ok;
    }
}
