using System.Text.Json.Nodes;
using GcReplay.Debugging;
using GcReplay.Debugging.Provenance;
using GcReplay.Debugging.Timelines;
using GcReplay.Heaps;
using GcReplay.Heaps.Layouts;
using GcReplay.Heaps.Sanitizers;
using GcReplay.Simulation.Recording;
using GcReplay.Traces;

namespace GcReplay.Output;

/// <summary>What a run came to, in prose: what happened, where, and what to type next.</summary>
internal sealed class RunReport(TextWriter writer)
{
    /// <summary>Threads and interpreters at the failure, as the debugger's commands give them; null when there was none.</summary>
    public JsonObject? State { get; private set; }

    public void WriteRun(TraceHeader header, RunResult result, string? path)
    {
        var what = $"{result.Events} events in {result.Operations} operations of {header.ProgramName}, {header.Collector}@{header.Revision}, allocator {header.Allocator}";
        writer.WriteLine(path is null ? $"ran {what}" : $"recorded {what} to {path}");
        if (result.Status == RunStatus.Cancelled)
            writer.WriteLine(path is null ? "cancelled" : "cancelled; the trace is marked interrupted and holds what was finished");
        else if (result.Failure is null)
            writer.WriteLine("the run ended without a crash, an assertion, a hang or a hazard");
        if (result.Fault is { } fault)
            writer.WriteLine(fault);
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
            var threads = debugger.Execute("threads", progress);
            var interpreters = debugger.Execute("interpreters", progress);
            WriteState("threads", threads.Lines);
            // Without their lists.
            WriteState("interpreters", interpreters.Lines.Where(line => !line.StartsWith("  ", StringComparison.Ordinal)));
            State = new JsonObject { ["threads"] = threads.Data["threads"]?.DeepClone(), ["interpreters"] = interpreters.Data["interpreters"]?.DeepClone() };
        }

        var first = debugger.Corruption.Find(progress);
        if (first is null)
        {
            WriteClean(trace.EventCount, trace.Header.Layout);
            if (AssertionVerdict.Of(trace, [], progress) is { } verdict)
                writer.WriteLine(verdict);
        }
        else
            writer.WriteLine($"first corrupt event {first.Event}: {first.Code}: {first.Message}");
        return first;
    }

    /// <summary>Says that every sanitizer was asked wherever its invariant must hold.</summary>
    public void WriteClean(long events, Layout layout) =>
        writer.WriteLine($"no event is corrupt: {Sanitizers.Of(layout).Count} sanitizers hold after each of {events} events");

    public void WriteNext(string path, RunResult result, Violation? first)
    {
        var verb = first is not null || result.Failure is not null ? "explain" : "replay";
        writer.WriteLine($"next: gcreplay {verb} {ShellWord.Of(path)}");
    }

    private void WriteState(string heading, IEnumerable<string> lines)
    {
        writer.WriteLine($"{heading}:");
        foreach (var line in lines)
            writer.WriteLine($"  {line}");
    }
}
