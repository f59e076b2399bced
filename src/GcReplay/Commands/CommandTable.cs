using System.CommandLine;
using GcReplay.Output;

namespace GcReplay.Commands;

/// <summary>All verbs, in the order of the help.</summary>
internal static class CommandTable
{
    public static IEnumerable<Command> All(CommandConsole console) =>
    [
        new RecordCommand(console).Create(),
        new ReplayCommand(console).Create(),
        new VerifyCommand(console).Create(),
        new CheckCommand(console).Create(),
        new ExplainCommand(console).Create(),
        new ReportCommand(console).Create(),
        new KnownCommand(console).Create(),
        new InfoCommand(console).Create(),
        new SalvageCommand(console).Create(),
        new TrimCommand(console).Create(),
        new DiffCommand(console).Create(),
        new ImportCommand(console).Create(),
        new ConformCommand(console).Create(),
        new HuntCommand(console).Create(),
        new SweepCommand(console).Create(),
        new AblateCommand(console).Create(),
        new ShrinkCommand(console).Create(),
        new EmitCommand(console).Create(),
        new HuntWorkerCommand(console, Console.In).Create(),
        new CollectorsCommand(console).Create(),
        new CompletionsCommand(console).Create(),
    ];
}
