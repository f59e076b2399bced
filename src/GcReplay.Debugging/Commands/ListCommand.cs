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
            return Members(view, list, shown);
        return Containers(view, arguments[0], shown) ?? throw Unknown(debugger, arguments[0]);
    }

    private static CommandResult Members(HeapView view, ListInstance list, int shown)
    {
        var walk = list.Walk();
        var lines = new List<string>
        {
            $"{list.Name}  {(walk.Members.Count == 1 ? "1 member" : $"{walk.Members.Count} members")}, head at {list.Head}{ListText.Suffix(view, list)}",
        };
        lines.AddRange(walk.Members.Take(shown).Select((member, i) => $"  {i}  {Member(view, member)}"));
        if (walk.Members.Count > shown)
            lines.Add($"  … {walk.Members.Count - shown} more. Try: list {list.Name} {walk.Members.Count}");
        lines.AddRange(walk.Faults.Select(f => $"  broken: {f.Message}"));
        var data = ListText.Json(list);
        data["items"] = new JsonArray([.. walk.Members.Take(shown).Select(m => (JsonNode)EventText.ObjectAt(view, m))]);
        data["faults"] = new JsonArray([.. walk.Faults.Select(f => (JsonNode)f.Message)]);
        return new CommandResult(lines, data);
    }

    private static string Member(HeapView view, Heaps.Memory.Address address)
    {
        var text = EventText.ObjectAt(view, address);
        return view.ObjectAt(address)?.Colour is { } colour and not Colour.None ? $"{text}, {colour.ToString().ToLowerInvariant()}" : text;
    }

    /// <summary>A container that is no linked list; null when none of that name exists.</summary>
    private static CommandResult? Containers(HeapView view, string name, int shown)
    {
        foreach (var instance in view.Instances().Where(i => !i.HasEnded))
        {
            foreach (var container in instance.Layout.Containers)
            {
                var full = $"{instance.Name}.{container.Name}";
                if (container is LinkedList || full != name && container.Name != name)
                    continue;
                var items = ContainerView.Of(view, instance.Layout, instance.Address, container).Items().Take(shown + 1).ToList();
                var lines = new List<string> { items.Count == 0 ? $"{full}  empty" : full };
                lines.AddRange(items.Take(shown).Select(i => $"  {i.Name}  {Item(view, i)}"));
                if (items.Count > shown)
                    lines.Add($"  … more. Try: list {full} {shown * 10}");
                var data = new JsonObject { ["name"] = full, ["items"] = new JsonArray([.. items.Take(shown).Select(i => (JsonNode)Item(view, i))]) };
                return new CommandResult(lines, data);
            }
        }

        return null;
    }

    private static string Item(HeapView view, ContainerItem item) =>
        item.Role is FieldRole.Integer or FieldRole.Flag ? item.Value.ToString() : EventText.ObjectAt(view, new Heaps.Memory.Address(item.Value));

    private static GcReplayException Unknown(Debugger debugger, string name)
    {
        var names = debugger.Timeline.View.Lists().Select(l => l.Name).ToList();
        var hint = names.Count == 0 ? "there is no list at all yet"
            : Spelling.Nearest(name, names) is { } nearest ? $"did you mean {nearest}"
            : $"there are {string.Join(", ", names.Take(10))}";
        return new GcReplayException($"there is no list '{name}' at position {debugger.Timeline.Position}; {hint}. Try: lists");
    }
}
