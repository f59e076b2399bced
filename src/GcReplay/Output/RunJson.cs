using System.Text.Json.Nodes;
using GcReplay.Traces;

namespace GcReplay.Output;

/// <summary>The JSON object that <c>record</c>, <c>verify</c>, <c>check</c> and <c>explain</c> share.</summary>
internal static class RunJson
{
    /// <param name="trace">Path of the trace, null when none was kept.</param>
    /// <param name="first">The first corrupt event, null when none was found or looked for.</param>
    public static JsonObject Of(RunStatus status, long events, long operations, ulong seed, string? trace, RunFailure? failure, CorruptEvent? first)
    {
        var json = new JsonObject
        {
            ["status"] = StatusName(status),
            ["events"] = events,
            ["operations"] = operations,
            ["seed"] = seed,
        };
        if (trace is not null)
            json["trace"] = trace;
        if (failure is not null)
            json["failure"] = Of(failure);
        if (first is not null)
            json["firstCorruption"] = new JsonObject { ["event"] = first.Event, ["code"] = first.Code, ["message"] = first.Message };
        return json;
    }

    /// <summary>The status of a trace in which nothing was found: a run that was stopped from outside has neither ended well nor failed.</summary>
    public static RunStatus Unfailing(ITraceSource trace) => trace.Outcome is { Status: not RunStatus.Cancelled } ? RunStatus.Ok : RunStatus.Cancelled;

    public static string StatusName(RunStatus status) => status switch
    {
        RunStatus.Ok => "ok",
        RunStatus.Failure => "failure",
        _ => "cancelled",
    };

    private static JsonObject Of(RunFailure failure) => new()
    {
        ["kind"] = failure.Kind,
        ["code"] = failure.Code,
        ["event"] = failure.Event,
        ["message"] = failure.Message,
        ["signature"] = failure.Signature,
    };
}

/// <summary>The earliest event after which an invariant is broken, as it is printed.</summary>
internal sealed record CorruptEvent(long Event, string Code, string Message);
