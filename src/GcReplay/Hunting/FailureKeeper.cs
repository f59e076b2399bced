using System.IO.Hashing;
using System.Text;
using GcReplay.Commands;
using GcReplay.Heaps;
using GcReplay.Simulation.Collectors.PlugIns;
using GcReplay.Simulation.Hunting;
using GcReplay.Simulation.Recording;
using GcReplay.Traces;
using GcReplay.Traces.Files;

namespace GcReplay.Hunting;

/// <summary>Writes the trace of a failure that was found, its program, and the command that records it again.</summary>
/// <param name="programPath">The program that is hunted, as it was named; null for generated ones.</param>
internal sealed class FailureKeeper(RunMaker maker, string? programPath)
{
    public KeptFailure Keep(FailureGroup group, string folder)
    {
        var options = maker.Options(group.Seed);
        var name = NameOf(group);
        string? program = null;
        if (programPath is null)
        {
            program = Path.Combine(folder, name + ".heap");
            options = options with { ProgramName = name + ".heap" };
            OutputFile.WriteText(program, options.ProgramText, CancellationToken.None);
        }

        var command = CommandFor(options, program ?? programPath!);
        // What killed its process would kill this one.
        if (group.Failure.Kind == "worker")
            return new KeptFailure(null, program, command, group.Failure.Message);
        var trace = Path.Combine(folder, name + ".gctrace");
        var message = OutputFile.WriteTrace(trace, unfinished => Record(options, unfinished, group));
        if (message is not null)
            return new KeptFailure(trace, program, command, message);
        File.Delete(trace);
        return new KeptFailure(
            null, program, command,
            $"{group.Failure.Message}; not so when it was recorded: the collector remembers something outside of simulated memory, or is not deterministic. To see where: record --amnesia");
    }

    /// <summary>What records a run.</summary>
    public static string CommandFor(RunOptions options, string program)
    {
        var parameters = string.Concat(options.Parameters.Select(p => $" --set {ShellWord.Of($"{p.Key}={p.Value}")}"));
        return $"gcreplay record {ShellWord.Of(program)} --collector {ShellWord.Of(options.Collector)} --allocator {options.Allocator}{parameters}{(options.IsChaos ? $" --chaos --seed {options.Seed}" : "")} --check";
    }

    /// <summary>The check's name, and enough of a hash to tell its signatures apart.</summary>
    private static string NameOf(FailureGroup group) =>
        $"{group.Failure.Code}-{XxHash3.HashToUInt64(Encoding.UTF8.GetBytes(group.Signature)):x16}"[..(group.Failure.Code.Length + 7)];

    /// <returns>What went wrong first; null for a plug-in with which nothing does the second time.</returns>
    private static string? Record(RunOptions options, string path, FailureGroup group)
    {
        var run = new PreparedRun(options, App.ToolVersion);
        var watch = new RunWatch("crash", checks: true);
        using var writer = new TraceWriter(path, run.Header);
        var result = watch.Complete(run.Execute(writer, watch));
        // A leak is found after the run's end, which is a good one.
        var outcome = result.ToOutcome();
        writer.Finish(
            group.Failure.Kind == "leak" && outcome.Status == RunStatus.Ok ? outcome with { Status = RunStatus.Failure, Failure = group.Failure with { Event = outcome.Events } } : outcome,
            result.Choices);
        var fails = watch.Violation is not null || result.Failure is not null || group.Failure.Kind == "leak";
        if (!fails && PlugIn.IsNamedBy(options.Collector))
            return null;
        Check.That(fails, $"seed {group.Seed} failed with '{group.Signature}', and does not when it is recorded");
        return (watch.Violation ?? result.Failure ?? group.Failure).Message;
    }
}
