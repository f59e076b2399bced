using System.Globalization;
using System.Text.Json.Nodes;
using GcReplay.Debugging.Provenance;
using GcReplay.Debugging.Stops;
using GcReplay.Heaps;
using GcReplay.Heaps.Sanitizers;

namespace GcReplay.Debugging.Commands;

public sealed class FirstBadCommand : Command
{
    public override string Name => "first-bad";

    public override string Usage => "first-bad";

    public override string Summary => "goes to the first corrupt event: the earliest after which an invariant of the heap is false";

    public override string Example => "first-bad";

    public override CommandResult Run(Debugger debugger, Arguments arguments)
    {
        arguments.Require(0, 0);
        var from = debugger.Timeline.Position;
        if (debugger.Corruption.Find(debugger.Progress) is null)
            return new CommandResult([Clean(debugger), .. EventText.OfWindow(debugger.Timeline)], new JsonObject { ["event"] = null });
        debugger.Timeline.MoveTo(Find(debugger).Event, debugger.Progress);
        return Arrival.Result(debugger, new Halt(HaltReason.Arrived, []), from);
    }

    /// <summary>Finds it, and lets runs stop there from now on.</summary>
    /// <exception cref="GcReplayException">No sanitizer fails in the whole trace.</exception>
    internal static Violation Find(Debugger debugger)
    {
        var violation = debugger.Corruption.Find(debugger.Progress) ?? throw new GcReplayException(Clean(debugger));
        debugger.Runner.Finding = new AtEvent(violation.Event, $"{violation.Code}: {violation.Message}");
        return violation;
    }

    private static string Clean(Debugger debugger) =>
        $"no event is corrupt: {Sanitizers.Of(debugger.Timeline.View).Count} sanitizers hold after all {debugger.Timeline.EventCount - debugger.Timeline.Start} events."
        + (debugger.FailureEvent() > 0 ? " Try: goto failure" : "");
}

public sealed class CheckCommand : Command
{
    public override string Name => "check";

    public override string Usage => "check [here|N]";

    public override string Summary => "the first event at which each sanitizer fails, in the whole trace or up to a position";

    public override string Example => "check here";

    public override CommandResult Run(Debugger debugger, Arguments arguments)
    {
        arguments.Require(0, 1);
        var position = Position(debugger, arguments);
        var violations = debugger.Corruption.Check(position, debugger.Progress);
        if (debugger.Corruption.Known is [var first, ..])
            debugger.Runner.Finding = new AtEvent(first.Event, $"{first.Code}: {first.Message}");
        var lines = violations.Select(v => $"event {v.Event}  {v.Code}: {v.Message}").ToList();
        lines.AddRange(Holding.Lines(debugger.Timeline.View, debugger.Corruption, violations, position));
        if (position == debugger.Timeline.EventCount && AssertionVerdict.Of(debugger.Timeline.Source, violations, debugger.Progress) is { } verdict)
            lines.Add(verdict);
        if (violations.Count > 0)
            lines.Add($"to go to the first: goto {violations[0].Event}");
        return new CommandResult(lines, new JsonObject
        {
            ["upTo"] = position,
            ["findings"] = new JsonArray([.. violations.Select(v => (JsonNode)Json(v))]),
        });
    }

    private static long Position(Debugger debugger, Arguments arguments)
    {
        if (arguments.Count == 0)
            return debugger.Timeline.EventCount;
        if (arguments[0] == "here")
            return debugger.Timeline.Position;
        return long.TryParse(arguments[0], NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number <= debugger.Timeline.EventCount
            ? number
            : throw arguments.Wrong($"'{arguments[0]}' is no position of this trace");
    }

    private static JsonObject Json(Violation violation) => new()
    {
        ["event"] = violation.Event,
        ["code"] = violation.Code,
        ["message"] = violation.Message,
        ["address"] = violation.About.ToString(),
        ["object"] = violation.Object == 0 ? null : (long)violation.Object,
        ["list"] = violation.List.Length == 0 ? null : violation.List,
    };
}
