using GcReplay.Traces;

namespace GcReplay.Output;

/// <summary>What every command that opens a trace says about it first.</summary>
internal static class TraceNotice
{
    /// <summary>Says on standard error what is wrong with a trace, and what to know about it.</summary>
    public static void Write(CommandConsole console, string path, ITraceSource trace)
    {
        if (trace.Warning is { } warning)
            console.Error.WriteLine($"{path}: {warning}");
        if (trace.Damage is { } damage)
            console.Error.WriteLine($"{path}: {damage}");
        if (trace.Header.RecordedEvents > 0)
            console.Error.WriteLine($"{path}: a window of a run of {trace.Header.RecordedEvents} events: {trace.Header.FirstPosition + 1} to {trace.EventCount}");
    }
}
