using GcReplay.Heaps;
using GcReplay.Simulation.Collectors;
using GcReplay.Traces;

namespace GcReplay.Output;

/// <summary>The command that records a run again.</summary>
internal static class RepeatCommand
{
    /// <summary>Given the program's file and that of a plug-in; null when the collector is another program's.</summary>
    public static string? For(TraceHeader header)
    {
        if (header.PlugIn is null && !Families.All.Any(family => family.Name == header.Collector && family.Revisions.Contains(header.Revision)))
            return null;
        var collector = $"{(header.PlugIn is { } plugIn ? $"{plugIn.File}:" : "")}{header.Collector}@{header.Revision}";
        var chaos = header.IsChaos ? $" --chaos --seed {header.Seed}" : header.Seed != 0 ? $" --seed {header.Seed}" : "";
        var parameters = string.Concat(header.Parameters.Select(p => $" --set {ShellWord.Of($"{p.Key}={p.Value}")}"));
        return $"gcreplay record {ShellWord.Of(header.ProgramName)} --collector {ShellWord.Of(collector)} "
            + $"--allocator {ShellWord.Of(header.Allocator)}{chaos}{parameters}";
    }
}
