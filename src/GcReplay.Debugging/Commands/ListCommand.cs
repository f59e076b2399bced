using System.Text.Json.Nodes;
using GcReplay.Heaps;
using GcReplay.Heaps.Layouts;
using GcReplay.Heaps.Views;

namespace GcReplay.Debugging.Commands;

public sealed class ListCommand : Command
{
    private const int DefaultShown = 50;

    public override string Name => "list";

    public override IReadOnlyList<string> Aliases => ["l"];

    public override string Usage => "list NAME [COUNT]";

    public override string Summary => "the members of a list or other container, in its order, with what is wrong with it";

    public override string Example => "list main.generation0";

    public override CommandResult Run(Debugger debugger, Arguments arguments)
    {
        arguments.Require(1, 2);
        var view = debugger.Timeline.View;
        var shown = (int)Math.Min(arguments.CountAt(1, DefaultShown), int.MaxValue);
        if (view.List(arguments[0]) is { } list)
            return Members(debugger, list, shown);
        return Containers(view, arguments[0], shown) ?? throw Unknown(debugger, arguments[0]);
    }

    private static CommandResult Members(Debugger debugger, ListInstance list, int shown)
    {
        var view = debugger.Timeline.View;
        var walk = list.Walk();
        var lines = new List<string>
        {
            $"{list.Name}  {(walk.Members.Count == 1 ? "1 member" : $"{walk.Members.Count} members")}, head at {list.Head}{ListText.Suffix(view, list)}",
        };
        var (gone, items) = (new JsonObject(), new JsonArray());
        Add(GoneText.Of(debugger, list.Head, gone, list.Name));
        for (var i = 0; i < Math.Min(shown, walk.Members.Count); i++)
        {
            lines.Add($"  {i}  {Member(view, walk.Members[i])}");
            items.Add(EventText.ObjectAt(view, walk.Members[i]));
            Add(GoneText.Of(debugger, walk.Members[i], gone, i.ToString()));
        }

        if (walk.Members.Count > shown)
            lines.Add($"  … {walk.Members.Count - shown} more. Try: list {list.Name} {walk.Members.Count}");
        foreach (var fault in walk.Faults)
        {
            lines.Add($"  broken: {fault.Message}");
            Add(GoneText.Of(debugger, fault.Found, gone, $"fault {fault.Position}"));
        }

        if (walk is { IsWhole: true, Faults.Count: 0 })
            lines.Add(list.PrevIsValid || list.Family.PrevOffset < 0 ? Whole(list) : "  whole by its next links; its prev words are no links now");
        var data = ListText.Json(list);
        data["items"] = items;
        data["faults"] = new JsonArray([.. walk.Faults.Select(f => (JsonNode)f.Message)]);
        data["gone"] = gone;
        return new CommandResult(lines, data);

        void Add(string? line)
        {
            if (line is not null)
                lines.Add(line);
        }
    }

    private static string Whole(ListInstance list) =>
        list.Family.PrevOffset >= 0 ? "  whole: every next and every prev names its neighbour, and the last the head" : "  whole: it ends where a list ends";

    private static string Member(HeapView view, Heaps.Memory.Address address)
    {
        var text = EventText.ObjectAt(view, address);
        return view.ObjectAt(address)?.Colour is { } colour and not Colour.None ? $"{text}, {colour.ToString().ToLowerInvariant()}" : text;
    }

    /// <summary>A container that is no linked list; null when none of that name exists.</summary>
    private static CommandResult? Containers(HeapView view, string name, int shown)
    {
        if (view.Containers().FirstOrDefault(c => c.Name == name || c.View.Name == name) is not { } found)
            return null;
        var items = found.View.Items().Take(shown + 1).ToList();
        var lines = new List<string> { items.Count == 0 ? $"{found.Name}  empty" : found.Name };
        lines.AddRange(items.Take(shown).Select(i => $"  {i.Name}  {ItemText(view, i)}"));
        if (items.Count > shown)
            lines.Add($"  … more. Try: list {found.Name} {shown * 10}");
        var data = new JsonObject { ["name"] = found.Name, ["items"] = new JsonArray([.. items.Take(shown).Select(i => (JsonNode)ItemText(view, i))]) };
        return new CommandResult(lines, data);
    }

    /// <summary>What an item of a container is: an object, a place, or a number.</summary>
    public static string ItemText(HeapView view, ContainerItem item) =>
        item.Role is FieldRole.Integer or FieldRole.Flag ? item.Value.ToString() : EventText.ObjectAt(view, new Heaps.Memory.Address(item.Value));

    private static GcReplayException Unknown(Debugger debugger, string name)
    {
        var view = debugger.Timeline.View;
        var names = view.Lists().Select(l => l.Name).Concat(view.Containers().Select(c => c.Name)).ToList();
        var hint = names.Count == 0 ? "there is no list or other container at all yet"
            : Spelling.Nearest(name, names) is { } nearest ? $"did you mean {nearest}"
            : $"there are {string.Join(", ", names.Take(10))}";
        return new GcReplayException($"there is no list or container '{name}' at position {debugger.Timeline.Position}; {hint}. Try: lists");
    }
}
