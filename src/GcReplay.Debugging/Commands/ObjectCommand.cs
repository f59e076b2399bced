using System.Text.Json.Nodes;
using GcReplay.Debugging.Timelines;
using GcReplay.Heaps.Layouts;
using GcReplay.Heaps.Views;

namespace GcReplay.Debugging.Commands;

public sealed class ObjectCommand : Command
{
    private const int ItemsShown = 20;
    private const int ReferrersShown = 5;

    public override string Name => "object";

    public override IReadOnlyList<string> Aliases => ["o"];

    public override string Usage => "object #N | EXPR";

    public override string Summary => "an object: birthplace, owner and actor, list, colour, its header and fields bit by bit, what refers to it; of links into freed memory, what was there";

    public override string Example => "object #2";

    public override CommandResult Run(Debugger debugger, Arguments arguments)
    {
        arguments.Require(1, 1);
        var name = Places.Named(debugger, arguments);
        var life = debugger.Objects.Find(name, debugger.Progress) ?? throw debugger.Lives.Unknown(name);
        var absence = debugger.Lives.Text(name);
        var data = new JsonObject { ["number"] = (long)name.Number, ["birth"] = life.Birth, ["death"] = life.Death == 0 ? null : life.Death };
        if (debugger.Timeline.View.Object(name.Number) is not { } o)
        {
            data["state"] = debugger.Timeline.Position < life.Birth ? "unborn" : "gone";
            var gone = LastHeader.OfGone(debugger, name, life);
            AddHeader(data, gone);
            return new CommandResult([absence ?? $"{name} is not in memory here", .. gone?.Lines() ?? []], data);
        }

        data["state"] = o.State.ToString().ToLowerInvariant();
        data["address"] = o.Address.ToString();
        data["type"] = o.Type.Name;
        data["name"] = o.Name;
        data["colour"] = o.Colour.ToString().ToLowerInvariant();
        var lines = new List<string> { $"{o}  {StateText(debugger.Timeline.View, o)} at {o.Address}" };
        if (absence is not null)
            lines.Add($"  {absence}");
        if (LastHeader.Of(debugger, o, life) is { } header)
        {
            AddHeader(data, header);
            lines.AddRange(header.Lines());
        }

        lines.AddRange(Facts(debugger.Timeline, o, life.Birth, data));
        lines.AddRange(Fields(debugger, o, data));
        lines.AddRange(Referrers(debugger.Timeline.View, o, data));
        return new CommandResult(lines, data);
    }

    /// <summary>What became of an object, before the place where it is.</summary>
    public static string StateText(HeapView view, ObjectView o) => o.State switch
    {
        ObjectState.Live => "live",
        ObjectState.Freed when view.Shadow.CellAt(o.Entry.CellStart) is { State: Heaps.Memory.CellState.Reserved } => "dead, memory kept in a free list of the runtime,",
        ObjectState.Freed => "freed, memory not reused,",
        _ => "freed and unmapped",
    };

    private static void AddHeader(JsonObject data, LastHeader? header)
    {
        if (header is null)
            return;
        data["header"] = new JsonObject
        {
            ["fault"] = header.Fault,
            ["destroyedBy"] = header.Event == 0 ? null : header.Event,
            ["event"] = header.EventText,
            ["lastGood"] = new JsonObject(header.Fields.Select(f => KeyValuePair.Create(f.Name, (JsonNode?)f.Text))),
        };
    }

    private static IEnumerable<string> Facts(Timeline timeline, ObjectView o, long birth, JsonObject data)
    {
        var view = timeline.View;
        data["birthplace"] = view.InterpreterName(o.Birthplace);
        yield return $"  birthplace  {view.InterpreterName(o.Birthplace)}, event {birth}";
        if (o.IsLive && o.Owner is { } owner)
        {
            data["owner"] = view.InterpreterName(owner.Interpreter);
            data["ownerDestroyed"] = owner.IsDestroyed;
            yield return $"  owner       {view.InterpreterName(owner.Interpreter)}{(owner.IsDestroyed ? ", destroyed" : "")}";
        }
        else if (o.IsLive)
        {
            yield return "  owner       none: it is on no list of an interpreter";
        }

        if (timeline.Position > 0 && ThreadView.InterpreterOf(view, timeline.Thread) is { } actor)
        {
            data["actor"] = view.InterpreterName(actor);
            yield return $"  actor       {view.InterpreterName(actor)}, which runs event {timeline.Position}";
        }

        if (view.Layout.Regions.FirstOrDefault(r => r.Contains(o.Address)) is { } space)
        {
            data["space"] = space.Name;
            yield return $"  space       {space.Name}";
        }

        if (!o.IsLive)
            yield break;
        if (o.List is { } list)
        {
            data["list"] = list.Name;
            yield return $"  list        {list.Name}{ListText.Suffix(view, list)}";
        }
        else if (o.Type.IsCollected && view.Families.Length > 0)
        {
            yield return "  list        none";
        }

        if (o.Colour != Colour.None)
            yield return $"  colour      {o.Colour.ToString().ToLowerInvariant()}";
    }

    private static IEnumerable<string> Fields(Debugger debugger, ObjectView o, JsonObject data)
    {
        if (o.State == ObjectState.Unmapped)
            yield break;
        var view = debugger.Timeline.View;
        var (values, gone) = (new JsonObject(), new JsonObject());
        data["fields"] = values;
        data["gone"] = gone;
        foreach (var field in o.Fields.ToList())
        {
            values[field.Field.Name] = view.Describe(field);
            yield return $"  .{field.Field.Name}  {FieldText(view, field)}{BitsText(field)}";
            if (NamesMemory(field.Role) && GoneText.Of(debugger, field.Target, gone, field.Field.Name) is { } past)
                yield return past;
        }

        foreach (var item in o.Containers.SelectMany(c => c.Items().Take(ItemsShown)).ToList())
        {
            var isNumber = item.Role is FieldRole.Integer or FieldRole.Flag;
            var text = isNumber ? item.Value.ToString() : EventText.ObjectAt(view, new Heaps.Memory.Address(item.Value));
            values[item.Name] = text;
            yield return $"  .{item.Name}  {text}";
            if (!isNumber && GoneText.Of(debugger, new Heaps.Memory.Address(item.Value), gone, item.Name) is { } past)
                yield return past;
        }
    }

    /// <summary>Which bits of a word a field is, when it is not the whole word.</summary>
    private static string BitsText(FieldValue field) => field.Field.Width switch
    {
        64 => "",
        1 => $"  (bit {field.Field.Shift} of 0x{field.Word:x})",
        var bits => $"  (bits {field.Field.Shift} to {field.Field.Shift + bits - 1} of 0x{field.Word:x})",
    };

    private static bool NamesMemory(FieldRole role) =>
        role is FieldRole.Owned or FieldRole.Borrowed or FieldRole.Link or FieldRole.Chain or FieldRole.Pointer;

    private static IEnumerable<string> Referrers(HeapView view, ObjectView o, JsonObject data)
    {
        var all = o.Referrers.ToList();
        data["referrers"] = all.Count;
        if (all.Count == 0)
        {
            if (o.IsLive)
                yield return "  nothing refers to it";
            yield break;
        }

        var shown = string.Join(", ", all.Take(ReferrersShown).Select(r => r.Holder is { } holder ? $"{EventText.ObjectAt(view, holder)}.{r.Name}" : r.Name));
        var more = all.Count > ReferrersShown ? $", … {all.Count - ReferrersShown} more; try: referrers #{Heaps.Memory.ObjectNumber.Text(o.Number)}" : "";
        yield return $"  referred to by {shown}{more}";
    }

    /// <summary>What a field holds, with references as their objects.</summary>
    public static string FieldText(HeapView view, FieldValue field) => field.Role switch
    {
        FieldRole.Owned or FieldRole.Borrowed => EventText.ObjectAt(view, field.Target),
        FieldRole.Chain when !field.Target.IsNull => $"{EventText.ObjectAt(view, field.Target)} (next in a chain, no list)",
        FieldRole.CollectorCount => $"{field.Value} (the collector's count)",
        _ => view.Describe(field),
    };
}
