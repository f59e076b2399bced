using System.Text.Json.Nodes;
using GcReplay.Heaps.Memory;

namespace GcReplay.Debugging.Commands;

public sealed class WhoWroteCommand : Command
{
    public override string Name => "who-wrote";

    public override IReadOnlyList<string> Aliases => ["ww"];

    public override string Usage => "who-wrote ADDRESS | #N.FIELD | STRUCT.FIELD | EXPR";

    public override string Summary => "the last event up to here that wrote a word";

    public override string Example => "who-wrote #2.slot0";

    public override CommandResult Run(Debugger debugger, Arguments arguments)
    {
        arguments.Require(1, int.MaxValue);
        var place = Places.Resolve(debugger, arguments.Text);
        var timeline = debugger.Timeline;
        if (place.IsWhole)
            throw arguments.Wrong($"{place.Text} has more words than one; name a field, as in {place.Text}.{FirstField(debugger, place)}");
        var carried = new List<long>();
        if (LastWriter.Of(debugger, place, carried) is not { } write)
        {
            return new CommandResult(
                [
                    $"no event up to {timeline.Position} wrote {place.Text}; it holds {Arrival.WordText(debugger, timeline.Space.Peek(place.Address))}",
                    .. EventText.OfWindow(timeline),
                ],
                new JsonObject { ["event"] = null });
        }

        var value = timeline.Space.Peek(place.Address);
        if (write.Number <= timeline.Start)
        {
            return new CommandResult(
                [EventText.BeforeWindow(timeline, write.Number), $"  it wrote {Arrival.WordText(debugger, value)}, in {place.Text}"],
                new JsonObject { ["event"] = new JsonObject { ["number"] = write.Number }, ["address"] = place.Address.ToString(), ["value"] = new Address(value).ToString(), ["beforeWindow"] = true });
        }

        var there = debugger.At(write.Number);
        var lines = new List<string>
        {
            EventText.Line(there),
            write.Xor == 0
                ? $"  wrote {Arrival.WordText(debugger, value)} over the same, in {place.Text}"
                : $"  wrote {Arrival.WordText(debugger, value)} over {Arrival.WordText(debugger, value ^ write.Xor)}, in {place.Text}",
        };
        foreach (var move in carried)
            lines.Add($"  the object moved since, with the word: {EventText.Line(debugger.At(move))}");
        there = debugger.At(write.Number);
        if (place.Object is { } name && debugger.Objects.Find(name, debugger.Progress) is { } life && write.Number < life.Birth)
            lines.Add($"  that was before {name} was born, by event {life.Birth}: it never wrote this word");
        lines.Add($"  to go there: goto {write.Number}");
        return new CommandResult(lines, new JsonObject
        {
            ["event"] = EventText.Json(there),
            ["address"] = place.Address.ToString(),
            ["value"] = new Address(value).ToString(),
            ["before"] = new Address(value ^ write.Xor).ToString(),
            ["moves"] = new JsonArray([.. carried.Select(m => (JsonNode)m)]),
        });
    }

    internal static string FirstField(Debugger debugger, Place place) =>
        place.Object is { } name ? debugger.Timeline.View.Object(name.Number)?.Layout.Fields.FirstOrDefault()?.Name ?? "FIELD" : "FIELD";
}

public sealed class WhoFreedCommand : Command
{
    public override string Name => "who-freed";

    public override IReadOnlyList<string> Aliases => ["wf"];

    public override string Usage => "who-freed #N | ADDRESS";

    public override string Summary => "the event that freed an object, or the memory at an address up to here";

    public override string Example => "who-freed #2";

    public override CommandResult Run(Debugger debugger, Arguments arguments)
    {
        arguments.Require(1, 1);
        var timeline = debugger.Timeline;
        var number = 0L;
        string nothing;
        var rounded = "";
        if (Places.ObjectName(arguments[0]) is { } name && arguments[0].StartsWith('#'))
        {
            var life = debugger.Objects.Find(name, debugger.Progress) ?? throw debugger.Lives.Unknown(name);
            number = life.Death;
            nothing = $"{name} is never freed: it lives at the end of the trace, event {timeline.EventCount}";
        }
        else
        {
            var place = Places.Resolve(debugger, arguments[0]);
            if (place.Text.Contains("lies in", StringComparison.Ordinal))
                rounded = $"  asked about {place.Text}";
            number = debugger.Words.LastFree(place.Address, timeline.Position, debugger.Progress);
            nothing = $"no event up to {timeline.Position} freed the memory at {place.Text}; there is {timeline.View.Describe(place.Address)}";
        }

        if (number == 0)
            return new CommandResult([nothing, .. EventText.OfWindow(timeline)], new JsonObject { ["event"] = null });
        if (number <= timeline.Start)
            return new CommandResult([EventText.BeforeWindow(timeline, number)], new JsonObject { ["event"] = new JsonObject { ["number"] = number }, ["beforeWindow"] = true });
        var there = debugger.At(number);
        var lines = new List<string> { EventText.Line(there) };
        if (rounded.Length > 0)
            lines.Add(rounded);
        if (number > timeline.Position)
            lines.Add($"  that is later than here, position {timeline.Position}");
        lines.Add($"  to go there: goto {number}");
        return new CommandResult(lines, new JsonObject { ["event"] = EventText.Json(there) });
    }
}
