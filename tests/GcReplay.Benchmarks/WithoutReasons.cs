using GcReplay.Traces;

namespace GcReplay.Benchmarks;

/// <summary>A trace whose collector gave no reasons: its sites keep their names alone.</summary>
internal sealed class WithoutReasons(ITraceSource trace) : WrappedTrace(trace)
{
    public override TraceHeader Header { get; } = trace.Header with
    {
        Layout = trace.Header.Layout with { Sites = [.. trace.Header.Layout.Sites.Select(site => site with { Reason = "" })] },
    };
}
