using System.CommandLine;
using GcReplay.Heaps;
using GcReplay.Output;
using GcReplay.Simulation.Recording;
using GcReplay.Traces.Files;

namespace GcReplay.Commands;

/// <summary>The arguments of a command that runs a trace's program again, other than it was recorded.</summary>
/// <param name="description">What the trace is.</param>
internal sealed class RecordedRun(string description)
{
    private readonly Argument<string> file = new("FILE") { Description = description };

    private readonly Option<string?> plugIn = PlugInOption();

    /// <summary>Names the file of a collector that is not GcReplay's own: a trace does not carry its code.</summary>
    public static Option<string?> PlugInOption() => new("--collector")
    {
        HelpName = "PLUGIN",
        Description = "the plug-in (*.dll) that the trace's collector came from",
    };

    /// <summary>Adds the trace; <see cref="AddPlugInTo"/> adds the option, behind those of the command.</summary>
    public void AddTo(Command command) => command.Add(file);

    public void AddPlugInTo(Command command) => command.Add(plugIn);

    public string Path(ParseResult parsed) => parsed.GetValue(file)!;

    /// <exception cref="GcReplayException">The trace can not be read, or its program is not whole.</exception>
    public RunOptions Options(CommandConsole console, ParseResult parsed)
    {
        var path = Path(parsed);
        using var trace = TraceReader.Open(path);
        TraceNotice.Write(console, path, trace);
        if (trace.Header.IsRedacted || trace.Header.FirstPosition > 0)
            throw new GcReplayException($"{path} is redacted or a window: there is no whole program in it to run again. Take the trace it was made of.");
        return RunOptions.Of(trace, parsed.GetValue(plugIn));
    }
}
