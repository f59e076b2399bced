using System.Text.Json.Nodes;
using GcReplay.Debugging.Explaining;
using GcReplay.Debugging.Explaining.Tracing;
using GcReplay.Debugging.Provenance;
using GcReplay.Heaps.Events;
using GcReplay.Heaps.Layouts;
using GcReplay.Heaps.Memory;

namespace GcReplay.Debugging.Commands;

public sealed class WhyFreedCommand : Command
{
    public override string Name => "why-freed";

    public override string Usage => "why-freed #N | EXPR";

    public override string Summary => "in what an object was freed, whether the program could still reach it, and what took the last reference away or lost it";

    public override string Example => "why-freed #2";

    public override CommandResult Run(Debugger debugger, Arguments arguments)
    {
        arguments.Require(1, 1);
        var name = Places.Named(debugger, arguments);
        var life = debugger.Objects.Find(name, debugger.Progress) ?? throw debugger.Lives.Unknown(name);
        var data = new JsonObject { ["object"] = name.ToString() };
        if (life.Death == 0)
            return new CommandResult([$"{name} is never freed: it lives at the end of the trace. Why: goto end, then why-alive {name}", .. EventText.OfWindow(debugger.Timeline)], data);
        if (life.Death <= debugger.Timeline.Start)
            return new CommandResult([EventText.BeforeWindow(debugger.Timeline, life.Death), .. EventText.OfWindow(debugger.Timeline)], data);
        var witness = new Witness(debugger);
        List<string> lines = [.. Where(debugger, witness, name, life.Death, data), .. Why(witness, name, life, data)];
        if (life.Death > debugger.Timeline.Position)
            lines.Add($"  that is later than here, position {debugger.Timeline.Position}");
        lines.Add($"  to go there: goto {life.Death}");
        return new CommandResult([.. lines, .. EventText.OfWindow(debugger.Timeline)], data);
    }

    /// <summary>The event, the spans around it, the decision in front of it, and the colour then.</summary>
    private static List<string> Where(Debugger debugger, Witness witness, ObjectName name, long death, JsonObject data)
    {
        var there = debugger.At(death);
        var lines = new List<string> { EventText.Line(there) };
        data["event"] = EventText.Json(there);
        lines.AddRange(SpanText.Inner(there, there.Thread).Select(span => $"  in {span}"));
        if (witness.Dealings.With(name, witness.SpanBegin(death), death).LastOrDefault(d => d.Kind is EventKind.Sweep or EventKind.Dealloc) is { Number: > 0 } decided)
        {
            lines.Add($"  decided by event {decided.Number}  {EventText.What(debugger.At(decided.Number))}");
            data["decision"] = decided.Number;
        }

        if (debugger.At(death - 1).View.Object(name.Number) is { Colour: not Colour.None and var colour })
        {
            lines.Add($"  it was {colour.ToString().ToLowerInvariant()}");
            data["colour"] = colour.ToString().ToLowerInvariant();
        }

        return lines;
    }

    private static List<string> Why(Witness witness, ObjectName name, Lifetime life, JsonObject data)
    {
        // A collection that empties a space leaves nothing to reach it by: ask in front of it.
        var asked = witness.ViewAt(life.Death).CountsReferences || Death.IsSwept(witness, name, life.Death) ? life.Death - 1 : witness.SpanBegin(life.Death) - 1;
        asked = Math.Max(asked, life.Birth);
        data["reachable"] = Reach.IsKept(witness, name, asked);
        if (Reach.IsKept(witness, name, asked))
            return Lost(witness, name, life.Death, asked, data);
        var lost = Reach.LostAt(witness, name, asked, life.Birth);
        if (lost == 0)
            return ["  nothing ever kept it"];
        data["unreachableSince"] = lost;
        return lost <= witness.Debugger.Timeline.Start
            ? ["  nothing kept it any more, since before the window"]
            : [$"  nothing kept it since event {lost}  {EventText.What(witness.At(lost))}  {EventText.Where(witness.At(lost))}"];
    }

    private static List<string> Lost(Witness witness, ObjectName name, long death, long asked, JsonObject data)
    {
        var view = witness.ViewAt(asked);
        List<string> lines = [$"  the program could still reach it, at position {asked}:", .. Reach.Shown(Reach.Way(view, view.Object(name.Number)!)).Select(step => $"    {step}")];
        if (view.CountsReferences || Death.Of(witness, new Edge(null, 0, Address.Null, "", name), death, isLive: false) is not { } verdict)
            return lines;
        foreach (var link in verdict.Before.Where(link => link.Role != ChainRole.Evidence).Append(new ChainLink(verdict.Event, ChainRole.Decision, verdict.What)))
            lines.Add($"  {link.Role.ToString().ToLowerInvariant()}: {(link.Event <= witness.Debugger.Timeline.Start ? "" : $"event {link.Event}  ")}{link.Message}");
        data["cause"] = verdict.Event;
        return lines;
    }
}
