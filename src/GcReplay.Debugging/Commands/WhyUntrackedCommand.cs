using System.Text.Json.Nodes;
using GcReplay.Debugging.Provenance;
using GcReplay.Debugging.Timelines;
using GcReplay.Heaps.Events;
using GcReplay.Heaps.Layouts;
using GcReplay.Heaps.Views;

namespace GcReplay.Debugging.Commands;

public sealed class WhyUntrackedCommand : Command
{
    private const int ItemsShown = 20;

    /// <summary>Further back the head of a headless ring is not looked for.</summary>
    private const int BeheadingsMax = 100;

    public override string Name => "why-untracked";

    public override IReadOnlyList<string> Aliases => ["wu"];

    public override string Usage => "why-untracked #N | EXPR";

    public override string Summary => "whether the collector has an object on a list, and if not, the event that took it off, where and why";

    public override string Example => "why-untracked #2";

    public override CommandResult Run(Debugger debugger, Arguments arguments)
    {
        arguments.Require(1, 1);
        var name = Places.Named(debugger, arguments);
        var life = debugger.Objects.Find(name, debugger.Progress) ?? throw debugger.Lives.Unknown(name);
        if (debugger.Timeline.Position < life.Birth)
            throw debugger.Lives.NotHere(name);
        var isDead = !life.IsLiveAt(debugger.Timeline.Position);
        if (isDead && life.Death <= debugger.Timeline.Start)
            throw debugger.Lives.NotHere(name);
        var timeline = isDead ? debugger.At(life.Death - 1) : debugger.Timeline;
        var o = timeline.View.Object(name.Number) ?? throw debugger.Lives.NotHere(name);
        var state = LinkHistory.StateOf(timeline.View, o);
        var lines = new List<string>();
        var data = new JsonObject { ["object"] = name.ToString(), ["position"] = timeline.Position, ["state"] = state.ToString().ToLowerInvariant() };
        if (isDead)
            lines.Add($"{name} was freed by event {life.Death}; just before that:");
        lines.AddRange(state switch
        {
            LinkState.NoLinks => [NoLinks(timeline.View, o)],
            LinkState.OnList => Linked(debugger, timeline, o, life, data),
            LinkState.Headless => Headless(debugger, timeline, o, life, data),
            _ => Unlinked(debugger, timeline, o, life, data),
        });
        return new CommandResult([.. lines, .. EventText.OfWindow(timeline)], data);
    }

    private static string NoLinks(HeapView view, ObjectView o) => view.Families.Length == 0
        ? $"{o} can not be untracked: this collector keeps its objects on no lists"
        : $"{o} is never tracked: objects of type {o.Type.Name} have no links, and collections do not look for cycles through them";

    private static IEnumerable<string> Linked(Debugger debugger, Timeline timeline, ObjectView o, Lifetime life, JsonObject data)
    {
        var list = o.List!;
        data["list"] = list.Name;
        var heading = $"{o} is tracked: on {list.Name}{ListText.Suffix(timeline.View, list)}";
        var number = debugger.Links.LastChange(timeline, o, life.Birth, debugger.Progress);
        return number == 0 ? [heading] : [heading, .. Cause(debugger, number, data)];
    }

    private static IEnumerable<string> Headless(Debugger debugger, Timeline timeline, ObjectView o, Lifetime life, JsonObject data)
    {
        yield return $"{o} is linked, but its links lead to no list's head";
        foreach (var number in debugger.Links.Beheadings(timeline.Position, life.Birth, debugger.Progress).Take(BeheadingsMax))
        {
            if (number <= timeline.Start)
                yield break;
            if (debugger.At(number).View.Object(o.Number) is not { List: null } || debugger.At(number - 1).View.Object(o.Number)?.List is not { } list)
                continue;
            var name = list.Name;
            foreach (var line in Cause(debugger, number, data))
                yield return line;
            yield return $"  until then on {name}";
            yield break;
        }
    }

    private static List<string> Unlinked(Debugger debugger, Timeline timeline, ObjectView o, Lifetime life, JsonObject data)
    {
        var (address, text, position) = (o.Address, o.ToString(), timeline.Position);
        var number = debugger.Links.LastChange(timeline, o, life.Birth, debugger.Progress);
        var lines = new List<string>();
        if (number == 0)
        {
            lines.Add($"{text} is untracked: no event linked it since its birth, event {life.Birth}");
            lines.AddRange(Items(timeline.View, o, data));
            if (debugger.Links.NextLink(address, position, life.Death, debugger.Progress) is var later and > 0)
                lines.Add($"  later: {EventText.Line(debugger.At(later))}");
            return lines;
        }

        if (number <= timeline.Start)
            return [$"{text} is untracked", .. Cause(debugger, number, data)];
        lines.Add($"{text} is untracked: event {number} took it off {debugger.At(number - 1).View.Object(o.Number)?.List?.Name ?? "its list"}");
        lines.AddRange(Cause(debugger, number, data));
        if (debugger.Timeline.EventAt(number).Kind != EventKind.Unlink)
            lines.Add("  that is no list action: its links were overwritten");
        var then = debugger.At(number);
        if (DecidedByCollection(then) && then.View.Object(o.Number) is { } before && !IsDying(before))
            lines.AddRange(Items(then.View, before, data));
        if (debugger.Links.PutOffBy(address, position, life.Birth, debugger.Progress) is var putOff and > 0)
            lines.Add($"  its death is put off: {EventText.Line(debugger.At(putOff))}");
        return lines;
    }

    /// <summary>An event with where, in what and by whom it happened.</summary>
    private static List<string> Cause(Debugger debugger, long number, JsonObject data)
    {
        if (number <= debugger.Timeline.Start)
            return [$"  {EventText.BeforeWindow(debugger.Timeline, number)}"];
        var there = debugger.At(number);
        var site = there.EventAt(number).Event.Site;
        data["event"] = EventText.Json(there);
        if (site > 0 && site < there.View.Layout.Sites.Length)
        {
            data["site"] = there.View.Layout.Sites[site].Name;
            data["reason"] = there.View.Layout.Sites[site].Reason;
        }

        var lines = new List<string> { $"  {EventText.Line(there)}" };
        lines.AddRange(SpanText.Inner(there, there.Thread).Select(span => $"  in {span}"));
        if (ThreadView.InterpreterOf(there.View, there.Thread) is { } interpreter)
        {
            data["actor"] = there.View.InterpreterName(interpreter);
            lines.Add($"  by {there.View.InterpreterName(interpreter)}");
        }

        lines.Add($"  to go there: goto {number}");
        return lines;
    }

    private static bool DecidedByCollection(Timeline timeline) =>
        timeline.Shadow.InnermostSpan(timeline.Thread) is var begin and > 0 && timeline.EventAt(begin).Kind == EventKind.PhaseBegin;

    private static bool IsDying(ObjectView o) => o.Fields.Any(f => f is { Role: FieldRole.ReferenceCount, Value: 0 });

    /// <summary>What the object refers to, and whether a cycle could go through it as far as the collector sees.</summary>
    private static IEnumerable<string> Items(HeapView view, ObjectView o, JsonObject data)
    {
        var items = o.References.Where(r => r.IsOwned).ToList();
        var texts = items.Take(ItemsShown).Select(r => $"{r.Name}  {EventText.ObjectAt(view, r.Target)}{Standing(view, r)}").ToList();
        data["items"] = new JsonArray([.. texts.Select(t => (JsonNode)t)]);
        if (items.Count == 0)
            return ["  it holds nothing"];
        var more = items.Count > ItemsShown ? [$"    … {items.Count - ItemsShown} more"] : Array.Empty<string>();
        return ["  it holds:", .. texts.Select(t => $"    .{t}"), .. more];
    }

    private static string Standing(HeapView view, Reference reference) =>
        view.ObjectAt(reference.Target) is not { IsLive: true } target ? ""
        : LinkHistory.StateOf(view, target) switch
        {
            LinkState.NoLinks => ", no GC object",
            LinkState.Unlinked => ", untracked",
            LinkState.OnList => $", tracked on {target.List!.Name}",
            _ => ", tracked",
        };
}
