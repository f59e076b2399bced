using System.Text.Json.Nodes;
using GcReplay.Debugging.Explaining.Tracing;
using GcReplay.Debugging.Expressions;
using GcReplay.Heaps.Memory;
using GcReplay.Heaps.Views;

namespace GcReplay.Debugging.Commands;

public sealed class PathCommand : Command
{
    public override string Name => "path";

    public override string Usage => "path #N | EXPR";

    public override string Summary => "a shortest way of owned references from a root to an object: why it is alive";

    public override string Example => "path #2";

    public override CommandResult Run(Debugger debugger, Arguments arguments)
    {
        arguments.Require(1, 1);
        var name = Places.Named(debugger, arguments);
        var view = debugger.Timeline.View;
        if (view.Object(name.Number) is not { IsLive: true } o)
            throw debugger.Lives.NotHere(name);
        var census = view.Census();
        if (census.PathTo(census.IndexOf(o.Address)) is not { } path)
        {
            return new CommandResult(
                [$"no root reaches {o} at position {debugger.Timeline.Position}. What refers to it: referrers {name}; whether it is garbage: cycle {name}"],
                new JsonObject { ["object"] = name.ToString(), ["path"] = null });
        }

        var steps = path.Select(r => $"{census.Describe(r)} -> {EventText.ObjectAt(view, r.Target)}").ToList();
        var lines = Reach.Shown(steps).Select((step, i) => $"{new string(' ', i * 2)}{step}").ToList();
        return new CommandResult(lines, new JsonObject
        {
            ["object"] = name.ToString(),
            ["path"] = new JsonArray([.. path.Select(r => (JsonNode)new JsonObject
            {
                ["from"] = census.Describe(r), ["slot"] = r.Slot.ToString(), ["to"] = EventText.ObjectAt(view, r.Target),
            })]),
        });
    }
}

public sealed class ReferrersCommand : Command
{
    private const int DefaultShown = 50;

    public override string Name => "referrers";

    public override string Usage => "referrers #N | ADDRESS | EXPR [COUNT]";

    public override string Summary => "what refers to an object, to what an expression comes to, or to what used to be at an address: roots first, then objects; then links of lists";

    public override string Example => "referrers #2";

    public override CommandResult Run(Debugger debugger, Arguments arguments)
    {
        arguments.Require(1, 2);
        var view = debugger.Timeline.View;
        var target = Target(debugger, arguments[0]);
        var shown = (int)Math.Min(arguments.CountAt(1, DefaultShown), int.MaxValue);
        var all = view.ReferrersOf(target).ToList();
        var what = EventText.ObjectAt(view, target);
        var links = view.LinksTo(target).ToList();
        var past = debugger.Pasts.Of(debugger.Timeline, target, debugger.Progress);
        var lines = new List<string> { $"{what}{(past is null ? "" : $" ({past})")}: {(all.Count == 1 ? "1 reference" : $"{all.Count} references")}{LinkCount(links.Count)}" };
        lines.AddRange(all.Take(shown).Select(r => $"  {Text(view, r)}"));
        if (all.Count > shown)
            lines.Add($"  … {all.Count - shown} more. Try: referrers {arguments[0]} {all.Count}");
        lines.AddRange(links.Take(shown).Select(l => $"  {Holder(view, l)} (a link of a list)"));
        if (links.Count > shown)
            lines.Add($"  … {links.Count - shown} more links. Try: referrers {arguments[0]} {links.Count}");
        return new CommandResult(lines, new JsonObject
        {
            ["target"] = target.ToString(),
            ["count"] = all.Count,
            ["referrers"] = new JsonArray([.. all.Take(shown).Select(r => (JsonNode)new JsonObject
            {
                ["from"] = Holder(view, r), ["slot"] = r.Slot.ToString(), ["owned"] = r.IsOwned,
            })]),
            ["links"] = new JsonArray([.. links.Take(shown).Select(l => (JsonNode)new JsonObject { ["from"] = Holder(view, l), ["slot"] = l.Slot.ToString() })]),
        });
    }

    private static string LinkCount(int count) => count switch { 0 => "", 1 => ", 1 link", _ => $", {count} links" };

    private static Address Target(Debugger debugger, string text)
    {
        if (Places.ObjectName(text) is { } name && text.StartsWith('#'))
            return debugger.Timeline.View.Object(name.Number)?.Address ?? throw debugger.Lives.NotHere(name);
        if (Places.TryAddress(text, out var address))
            return new Address(address & ~7UL);
        var expression = Expression.Read(debugger, text);
        var value = expression.Evaluate(Moment.Of(debugger.Timeline));
        return value.IsUnknown ? throw PrintCommand.Unknown(debugger, expression, value)
            : value.Kind is ValueKind.Number or ValueKind.Reference ? Objects.At(debugger.Timeline.View, value)?.Address ?? Objects.AddressOf(debugger.Timeline.View, value)
            : throw new Heaps.GcReplayException($"{expression.Text} is no object and no address, but {ValueText.Of(debugger.Timeline, value)}");
    }

    private static string Text(HeapView view, Reference reference) => $"{Holder(view, reference)}{(reference.IsOwned ? "" : " (keeps nothing alive)")}";

    /// <summary>Who holds a reference, and where: <c>#1 node 'a'.slots[1]</c>, <c>g3</c>.</summary>
    public static string Holder(HeapView view, Reference reference) =>
        reference.Holder is { } holder ? $"{EventText.ObjectAt(view, holder)}.{reference.Name}" : reference.Name;
}
