using System.Text.Json.Nodes;
using GcReplay.Debugging.Explaining;
using GcReplay.Debugging.Explaining.Tracing;
using GcReplay.Debugging.Provenance;
using GcReplay.Heaps.Events;
using GcReplay.Heaps.Layouts;
using GcReplay.Heaps.Views;

namespace GcReplay.Debugging.Commands;

public sealed class WhyAliveCommand : Command
{
    public override string Name => "why-alive";

    public override string Usage => "why-alive #N | EXPR";

    public override string Summary => "what keeps an object here: the way from a root, its count, the lists it is on, and what the collector did last to keep it";

    public override string Example => "why-alive #2";

    public override CommandResult Run(Debugger debugger, Arguments arguments)
    {
        arguments.Require(1, 1);
        var name = Places.Named(debugger, arguments);
        var timeline = debugger.Timeline;
        if (timeline.View.Object(name.Number) is not { IsLive: true } o)
            throw debugger.Lives.NotHere(name);
        var data = new JsonObject { ["object"] = name.ToString(), ["position"] = timeline.Position };
        List<string> lines = [.. ByWords(debugger, name, o, data), .. ByCollector(timeline.View, o, data)];
        lines.AddRange(LastDealings(debugger, name, data));
        return new CommandResult([.. lines, .. EventText.OfWindow(timeline)], data);
    }

    private static List<string> ByWords(Debugger debugger, ObjectName name, ObjectView o, JsonObject data)
    {
        var way = Reach.Way(debugger.Timeline.View, o);
        var text = o.ToString();
        data["path"] = new JsonArray([.. way.Select(step => (JsonNode)step)]);
        if (way.Count > 0)
            return [$"{text} is alive, for the program can reach it:", .. Reach.Shown(way).Select(step => $"  {step}")];
        var birth = debugger.Objects.Find(name, debugger.Progress)?.Birth ?? 0;
        var lost = birth == 0 ? 0 : Reach.LostAt(new Witness(debugger), name, debugger.Timeline.Position, birth);
        data["unreachableSince"] = lost == 0 ? null : lost;
        var since = lost > debugger.Timeline.Start ? $", since event {lost}  {EventText.What(debugger.At(lost))}" : "";
        return [$"{text} is alive, and nothing that the program can reach keeps it{since}: no collection has freed it yet"];
    }

    private static IEnumerable<string> ByCollector(HeapView view, ObjectView o, JsonObject data)
    {
        if (o.Fields.FirstOrDefault(f => f is { Role: FieldRole.ReferenceCount }) is { Field: not null } count)
        {
            data["count"] = count.Value;
            var references = view.Census().OwnedReferencesTo(view.Census().IndexOf(o.Address));
            yield return $"its count is {count.Value}, and {(references == 1 ? "1 owned reference names" : $"{references} owned references name")} it";
        }

        if (o.Colour != Colour.None)
        {
            data["colour"] = o.Colour.ToString().ToLowerInvariant();
            yield return $"it is {o.Colour.ToString().ToLowerInvariant()}{(o.Phase is { } phase ? $", in phase {view.PhaseName(phase)}" : "")}";
        }

        var lists = view.Containers().Where(c => c.Holder.Role != StructRole.Thread && c.View.Items().Any(i => i.Value == o.Address.Value && i.Role is not (FieldRole.Owned or FieldRole.Integer))).Select(c => c.Name).ToList();
        if (o.List is { } list)
            lists.Insert(0, list.Name);
        data["lists"] = new JsonArray([.. lists.Select(l => (JsonNode)l)]);
        if (lists.Count > 0)
            yield return $"it is on {string.Join(", ", lists)}";
    }

    /// <summary>The last event of each kind by which the collector kept it.</summary>
    private static List<string> LastDealings(Debugger debugger, ObjectName name, JsonObject data)
    {
        var dealings = new Witness(debugger).Dealings.With(name, debugger.Timeline.Start + 1, debugger.Timeline.Position);
        var last = dealings.Where(d => d.Kind is EventKind.Mark or EventKind.Move or EventKind.Push or EventKind.Link or EventKind.Relink or EventKind.Resurrect
                || d.Kind == EventKind.Visit && !d.IsHolder && d.Event.D != 0 || d.Kind == EventKind.Sweep && d.Event.B == 0)
            .GroupBy(d => d.Kind).Select(g => g.Last()).OrderBy(d => d.Number).ToList();
        data["kept"] = new JsonArray([.. last.Select(d => (JsonNode)d.Number)]);
        var lines = new List<string>();
        if (last.Count > 0)
            lines.Add("what the collector did last to keep it:");
        var width = debugger.Timeline.EventCount.ToString().Length;
        foreach (var dealing in last)
        {
            var there = debugger.At(dealing.Number);
            lines.Add($"  {dealing.Number.ToString().PadLeft(width)}  {EventText.What(there)}  {EventText.Where(there)}");
        }

        return lines;
    }
}
