using System.CommandLine;
using GcReplay.Heaps;
using GcReplay.Output;
using GcReplay.Simulation.Hunting;
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

    /// <summary>The run, which is tried once when the recorded one failed: what is made of a run that no longer fails would say nothing.</summary>
    /// <exception cref="GcReplayException">The trace can not be read, its program is not whole, or its run no longer fails.</exception>
    public RunOptions Options(CommandConsole console, ParseResult parsed)
    {
        var path = Path(parsed);
        using var trace = TraceReader.Open(path);
        TraceNotice.Write(console, path, trace);
        if (trace.Header.IsRedacted || trace.Header.FirstPosition > 0)
            throw new GcReplayException($"{path} is redacted or a window: there is no whole program in it to run again. Take the trace it was made of.");
        var options = RunOptions.Of(trace, parsed.GetValue(plugIn));
        // Leaks are looked for by those who want them.
        if (trace.Outcome?.Failure is { Kind: not "leak" } failure && !Fails(options, console.Cancellation))
        {
            throw new GcReplayException(
                $"{path}: run again, its program ends well, while the recorded run ended with a {failure.Kind} at event {failure.Event}. What made the trace is not "
                + $"what runs now: another version, or a fault that it keeps silent about. The first event that differs: gcreplay verify {ShellWord.Of(path)}");
        }

        return options;
    }

    private static bool Fails(RunOptions options, CancellationToken cancellation)
    {
        var (run, first) = Trial.Whole(new PreparedRun(options, ""), cancellation);
        return run.Failure is not null || first is not null;
    }
}
