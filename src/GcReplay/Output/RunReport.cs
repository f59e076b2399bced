using GcReplay.Simulation.Recording;
using GcReplay.Traces;

namespace GcReplay.Output;

/// <summary>What a run came to, in prose: what happened, where, and what to type next.</summary>
internal sealed class RunReport(TextWriter writer)
{
    public void WriteRun(TraceHeader header, RunResult result, string? path)
    {
        var what = $"{result.Events} events in {result.Operations} operations of {header.ProgramName}, {header.Collector}@{header.Revision}, allocator {header.Allocator}";
        writer.WriteLine(path is null ? $"ran {what}" : $"recorded {what} to {path}");
        if (result.Status == RunStatus.Cancelled)
            writer.WriteLine(path is null ? "cancelled" : $"cancelled; the trace is marked interrupted and holds what was finished. To see it: gcreplay replay {path}");
        else if (result.Failure is null)
            writer.WriteLine(path is null ? "the run ended well" : $"the run ended well. To look at it: gcreplay replay {path}");
    }

    /// <summary>Writes what went wrong in a finished trace.</summary>
    /// <returns>The first corrupt event, null when there is none.</returns>
    public CorruptEvent? WriteFailure(ITraceSource trace, string? path, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        if (trace.Outcome?.Failure is not { } failure)
            return null;
        writer.WriteLine($"{failure.Kind} at event {failure.Event}: {failure.Message}");
        if (path is not null)
            writer.WriteLine($"To step back from it: gcreplay replay {path}");
        return null;
    }
}
