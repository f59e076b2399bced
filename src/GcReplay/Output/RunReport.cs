using GcReplay.Debugging;
using GcReplay.Debugging.Timelines;
using GcReplay.Heaps.Sanitizers;
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
            writer.WriteLine(path is null ? "cancelled" : "cancelled; the trace is marked interrupted and holds what was finished");
        else if (result.Failure is null)
            writer.WriteLine("the run ended without a crash, an assertion, a hang or a hazard");
    }

    /// <summary>Writes what went wrong in a finished trace: the failure with the state of threads and interpreters there, and the
    /// first corrupt event.</summary>
    /// <returns>The first corrupt event, null when there is none.</returns>
    public Violation? WriteFindings(ITraceSource trace, Progress progress)
    {
        var debugger = new Debugger(trace);
        if (trace.Outcome?.Failure is { } failure)
        {
            writer.WriteLine($"{failure.Kind} at event {failure.Event}: {failure.Message}");
            debugger.Timeline.MoveTo(failure.Event, progress);
            WriteState(debugger, "threads", progress);
            WriteState(debugger, "interpreters", progress);
        }

        var first = debugger.Corruption.Find(progress);
        writer.WriteLine(first is null
            ? $"no event is corrupt: {Sanitizers.All.Count} sanitizers hold after each of {trace.EventCount} events"
            : $"first corrupt event {first.Event}: {first.Code}: {first.Message}");
        return first;
    }

    public void WriteNext(string path, RunResult result, Violation? first)
    {
        if (first is not null)
            writer.WriteLine($"next: gcreplay replay {path} -x first-bad -x interpreters");
        else if (result.Failure is not null)
            writer.WriteLine($"next: gcreplay replay {path} -x \"goto failure\" -x stack");
        else
            writer.WriteLine($"next: gcreplay replay {path}");
    }

    /// <summary>The lines of a debugger command, without those that go into detail.</summary>
    private void WriteState(Debugger debugger, string command, Progress progress)
    {
        writer.WriteLine($"{command}:");
        foreach (var line in debugger.Execute(command, progress).Lines.Where(line => !line.StartsWith("  ", StringComparison.Ordinal)))
            writer.WriteLine($"  {line}");
    }
}
