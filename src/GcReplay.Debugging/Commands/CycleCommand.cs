using System.Text.Json.Nodes;
using GcReplay.Heaps.Memory;
using GcReplay.Heaps.Views;

namespace GcReplay.Debugging.Commands;

public sealed class CycleCommand : Command
{
    private const int Shown = 20;

    public override string Name => "cycle";

    public override string Usage => "cycle [#N | EXPR]";

    public override string Summary => "the cycle of references that an object is in, what refers into it and out of it, whether it is garbage here; alone: all cycles";

    public override string Example => "cycle #2";

    public override CommandResult Run(Debugger debugger, Arguments arguments)
    {
        arguments.Require(0, 1);
        var view = debugger.Timeline.View;
        if (arguments.Count == 0)
            return All(debugger);
        var name = Places.Named(debugger, arguments);
        if (debugger.Timeline.View.Object(name.Number) is not { IsLive: true } o || new CycleFinder(view).Of(o.Entry) is not { } cycle)
            throw debugger.Lives.NotHere(name);
        var lines = new List<string> { Heading(view, o, cycle) };
        lines.AddRange(Capped(cycle.Members.Count, "members", cycle.Members.Take(Shown).Select(m => $"  {Member(new ObjectView(view, m))}")));
        lines.AddRange(References(view, "inside", cycle.Inside));
        lines.AddRange(References(view, "from outside", cycle.Incoming));
        lines.AddRange(References(view, "to outside", cycle.Outgoing));
        if (UncountedText(cycle) is { Length: > 0 } uncounted)
            lines.Add($"  {uncounted}");
        lines.AddRange(Verdict(view, cycle).Select(line => $"  {line}"));
        return new CommandResult(lines, Json(view, cycle));
    }

    private static CommandResult All(Debugger debugger)
    {
        var view = debugger.Timeline.View;
        var cycles = new CycleFinder(view).Cycles().Take(1000).ToList();
        var lines = cycles.Take(Shown).Select(c =>
            $"{new ObjectView(view, c.Members[0])}  {Objects(c.Members.Count)}, {(c.IsGarbage ? "garbage" : c.Holder is null ? "not looked at" : "held")}").ToList();
        if (cycles.Count > Shown)
            lines.Add($"… {cycles.Count - Shown} more");
        if (cycles.Count == 0)
            lines.Add($"no references lead in a circle at position {debugger.Timeline.Position}");
        else
            lines.Add($"for one of them: cycle #{ObjectNumber.Text(cycles[0].Members[0].Number)}");
        return new CommandResult(lines, new JsonObject { ["cycles"] = new JsonArray([.. cycles.Select(c => (JsonNode)Json(view, c))]) });
    }

    private static string Heading(HeapView view, ObjectView o, Cycle cycle)
    {
        var counts = cycle.Counted is not null;
        if (cycle.IsCycle)
        {
            var what = cycle.Members.Count == 1 ? $"{o} refers to itself" : $"{o} is in a cycle of {Objects(cycle.Members.Count)}";
            return counts ? $"{what}: reference counting alone can not free it" : what;
        }

        if (!counts)
            return $"{o} is in no cycle";
        return cycle.Above is { } above
            ? $"{o} is in no cycle, but {new ObjectView(view, above)} is in one and leads to it: reference counting alone can not free it"
            : $"{o} is in no cycle: reference counting alone frees it when the last reference goes";
    }

    private static string Member(ObjectView o)
    {
        var count = o.Fields.FirstOrDefault(f => f.Role == Heaps.Layouts.FieldRole.ReferenceCount) is { Meaning: not null } field ? $"  count {field.Value}" : "";
        return $"{o}{count}{(o.List is { } list ? $"  on {list.Name}" : "")}";
    }

    private static IEnumerable<string> References(HeapView view, string heading, IReadOnlyList<OwnedReference> references)
    {
        if (references.Count == 0)
        {
            yield return $"  {heading}: no reference";
            yield break;
        }

        yield return $"  {heading}: {(references.Count == 1 ? "1 reference" : $"{references.Count} references")}";
        foreach (var line in Capped(references.Count, "references", references.Take(Shown).Select(r => $"    {Text(view, r)}")))
            yield return line;
    }

    private static IEnumerable<string> Capped(int count, string noun, IEnumerable<string> shown) =>
        count <= Shown ? shown : shown.Append($"    … {count - Shown} more {noun}");

    private static string Text(HeapView view, OwnedReference reference) =>
        $"{view.Census().Describe(reference)} -> {EventText.ObjectAt(view, reference.Target)}";

    private static string UncountedText(Cycle cycle) => cycle.CountedElsewhere switch
    {
        null or 0 => "",
        1 => "1 reference counted that no word holds",
        > 1 and var more => $"{more} references counted that no word holds",
        -1 => "1 reference held that is not counted",
        var fewer => $"{-fewer} references held that are not counted",
    };

    private static IEnumerable<string> Verdict(HeapView view, Cycle cycle)
    {
        foreach (var unseen in cycle.Unseen.Take(Shown))
            yield return $"{new ObjectView(view, unseen)} is {(view.Layout.Types[unseen.TypeId].IsCollected ? "on no list" : "of a kind that no list holds")}: a collection does not look at it";
        if (cycle.Holder is { } holder)
            yield return $"a full collection here would keep it: {HolderText(view, holder)}";
        else if (cycle.IsGarbage)
            yield return "nothing outside holds it: a full collection here would find it garbage";
        else if (cycle.IsCycle)
            yield return "a full collection here would leave it";
        else if (cycle.Counted is not null)
            yield return "it goes with the last reference to it";
    }

    private static string HolderText(HeapView view, CycleHolder holder)
    {
        const int shown = 8;
        var names = holder.Path.Select(o => new ObjectView(view, o).ToString());
        var way = holder.Path.Count <= shown
            ? string.Join(" -> ", names)
            : $"{string.Join(" -> ", names.Take(shown / 2))} -> ({holder.Path.Count - shown} more) -> {string.Join(" -> ", names.Skip(holder.Path.Count - shown / 2))}";
        if (holder.Reference is { } reference)
            return $"{view.Census().Describe(reference)} -> {way}";
        var held = new ObjectView(view, holder.Path[0]);
        var counted = holder.Uncounted == 1 ? "1 reference" : $"{holder.Uncounted} references";
        return $"{held} has {counted} counted that no word holds{(holder.Path.Count > 1 ? $", and {way}" : "")}";
    }

    private static string Objects(int count) => count == 1 ? "1 object" : $"{count} objects";

    private static JsonObject Json(HeapView view, Cycle cycle) => new()
    {
        ["isCycle"] = cycle.IsCycle,
        ["members"] = Names(cycle.Members),
        ["inside"] = References(view, cycle.Inside),
        ["incoming"] = References(view, cycle.Incoming),
        ["outgoing"] = References(view, cycle.Outgoing),
        ["counted"] = cycle.Counted,
        ["countedElsewhere"] = cycle.CountedElsewhere,
        ["countingFrees"] = !cycle.IsCycle && cycle.Above is null && cycle.Counted is not null,
        ["notLookedAt"] = Names(cycle.Unseen),
        ["garbage"] = cycle.IsGarbage,
        ["heldBy"] = cycle.Holder is { } holder ? HolderText(view, holder) : null,
    };

    private static JsonArray Names(IEnumerable<ObjectEntry> objects) => new([.. objects.Select(o => (JsonNode)$"#{ObjectNumber.Text(o.Number)}")]);

    private static JsonArray References(HeapView view, IEnumerable<OwnedReference> references) => new(
        [.. references.Take(1000).Select(r => (JsonNode)new JsonObject { ["from"] = view.Census().Describe(r), ["to"] = EventText.ObjectAt(view, r.Target) })]);
}
