using System.Text.Json.Nodes;
using GcReplay.Debugging.Expressions;
using GcReplay.Debugging.Stops;
using GcReplay.Heaps.Memory;

namespace GcReplay.Debugging.Commands;

/// <summary>A run in one direction, some times over: <c>next 3</c>.</summary>
public abstract class Movement(bool forward) : Command
{
    public override bool IsMovement => true;

    public override string Usage => $"{Name} [COUNT]";

    protected bool Forward => forward;

    public override CommandResult Run(Debugger debugger, Arguments arguments)
    {
        arguments.Require(0, 1);
        var from = debugger.Timeline.Position;
        var halt = Move(debugger, arguments.CountAt(0, 1));
        return Arrival.Result(debugger, halt, from);
    }

    protected abstract Halt Move(Debugger debugger, long count);

    /// <summary>Runs again and again until the count is done or something other than arriving happened.</summary>
    protected static Halt Repeat(long count, bool throughStops, Func<Halt> run)
    {
        var halt = run();
        for (var i = 1L; i < count; i++)
        {
            var goesOn = throughStops ? halt.Reason is not (HaltReason.Start or HaltReason.End or HaltReason.Fence) : halt.Reason == HaltReason.Arrived;
            if (!goesOn)
                break;
            halt = run();
        }

        return halt;
    }
}

/// <summary>What is shown where a run ended.</summary>
public static class Arrival
{
    /// <summary>One line for the event, and one for each reason to stop there that is not plain from it.</summary>
    public static CommandResult Result(Debugger debugger, Halt halt, long from)
    {
        var timeline = debugger.Timeline;
        var lines = new List<string> { EventText.Line(timeline) };
        lines.AddRange(halt.Stops.Select(stop => $"  {Reason(debugger, stop)}"));
        if (debugger.Runner.Finding is { } finding && finding.Number == timeline.Position)
            lines.Add($"  first corrupt event: {finding.What}");
        if (halt.Reason == HaltReason.End)
            lines.Add(from == timeline.Position ? "  already at the end of the trace" : "  end of the trace");
        else if (halt.Reason == HaltReason.Fence)
            lines.Add(from == timeline.Position ? "  already at the fence. To go further back: fence off" : "  at the fence");
        else if (halt.Reason == HaltReason.Start && from == 0)
            lines.Add("  already at the start of the trace");
        var data = Json(debugger);
        data["halt"] = halt.Reason.ToString().ToLowerInvariant();
        data["stops"] = new JsonArray([.. halt.Stops.Select(s => (JsonNode)s.Id)]);
        return new CommandResult(lines, data);
    }

    /// <summary>Where the timeline stands, as JSON.</summary>
    public static JsonObject Json(Debugger debugger) => new()
    {
        ["position"] = debugger.Timeline.Position,
        ["events"] = debugger.Timeline.EventCount,
        ["event"] = EventText.Json(debugger.Timeline),
    };

    private static string Reason(Debugger debugger, Stop stop)
    {
        if ((stop.Condition is OnValue value ? value.Expression : (stop.Condition as OnMembership)?.Shown) is { } shown)
            return $"{stop}, {Changed(debugger, shown)}";
        if (stop.Condition is not OnWords words)
            return stop.ToString();
        var timeline = debugger.Timeline;
        var e = timeline.EventAt(timeline.Position);
        var changes = e.NetChanges().Where(c => words.Ranges.Any(r => r.Contains(e.Number, c.Address.Value))).ToList();
        if (changes.Count == 0)
            return $"{stop}, read";
        var change = changes[0];
        var now = timeline.Space.Peek(change.Address);
        var at = words.Ranges.Any(r => r.End - r.Cell == 8) ? "" : $" {timeline.View.Describe(change.Address)}";
        var more = changes.Count == 1 ? "" : $" and {changes.Count - 1} more words";
        return change.Xor == 0
            ? $"{stop},{at} written with what it was: {WordText(debugger, now)}{more}"
            : $"{stop},{at} {WordText(debugger, now ^ change.Xor)} -> {WordText(debugger, now)}{more}";
    }

    private static string Changed(Debugger debugger, Expression shown)
    {
        var now = debugger.Timeline;
        var before = debugger.At(Math.Max(now.Position - 1, now.Start));
        return $"{ValueText.Of(before, shown.Evaluate(Moment.Of(before)))} -> {ValueText.Of(now, shown.Evaluate(Moment.Of(now)))}";
    }

    /// <summary>A word as it is stored, and what lies at the address it may be.</summary>
    public static string WordText(Debugger debugger, ulong word)
    {
        if (word < 4096)
            return word.ToString();
        var address = new Address(word);
        var view = debugger.Timeline.View;
        return Windows.IsProcess(address) && debugger.Timeline.Shadow.CellAt(address) is not null ? $"{address} ({EventText.ObjectAt(view, address)})" : address.ToString();
    }
}
