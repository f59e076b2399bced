using System.Text.Json.Nodes;
using GcReplay.Heaps.Layouts;
using GcReplay.Heaps.Views;

namespace GcReplay.Debugging.Commands;

public sealed class ObjectCommand : Command
{
    private const int ItemsShown = 20;

    public override string Name => "object";

    public override IReadOnlyList<string> Aliases => ["o"];

    public override string Usage => "object #N";

    public override string Summary => "an object: where it is, birth and death, owner, colour, list, fields";

    public override string Example => "object #12";

    public override CommandResult Run(Debugger debugger, Arguments arguments)
    {
        arguments.Require(1, 1);
        var name = Places.ObjectName(arguments[0]) ?? throw arguments.Wrong($"'{arguments[0]}' is no object");
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

        lines.AddRange(Facts(debugger.Timeline.View, o, life.Birth));
        lines.AddRange(Fields(debugger.Timeline.View, o, data));
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

    private static IEnumerable<string> Facts(HeapView view, ObjectView o, long birth)
    {
        yield return $"  birthplace  {view.InterpreterName(o.Birthplace)}, event {birth}";
        if (!o.IsLive)
            yield break;
        if (o.List is { } list)
            yield return $"  list        {list.Name}{ListText.Suffix(view, list)}";
        else if (o.Type.IsCollected && view.Families.Length > 0)
            yield return "  list        none";
        if (o.Owner is { } owner)
            yield return $"  owner       {view.InterpreterName(owner.Interpreter)}{(owner.IsDestroyed ? ", destroyed" : "")}";
        if (o.Colour != Colour.None)
            yield return $"  colour      {o.Colour.ToString().ToLowerInvariant()}";
    }

    private static IEnumerable<string> Fields(HeapView view, ObjectView o, JsonObject data)
    {
        if (o.State == ObjectState.Unmapped)
            yield break;
        var values = new JsonObject();
        data["fields"] = values;
        foreach (var field in o.Fields)
        {
            values[field.Field.Name] = view.Describe(field);
            yield return $"  .{field.Field.Name}  {FieldText(view, field)}";
        }

        foreach (var item in o.Containers.SelectMany(c => c.Items().Take(ItemsShown)))
        {
            var text = item.Role is FieldRole.Integer or FieldRole.Flag ? item.Value.ToString() : EventText.ObjectAt(view, new Heaps.Memory.Address(item.Value));
            values[item.Name] = text;
            yield return $"  .{item.Name}  {text}";
        }
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
