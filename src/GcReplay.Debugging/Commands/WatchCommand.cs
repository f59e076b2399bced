using GcReplay.Debugging.Expressions;
using GcReplay.Debugging.Stops;
using GcReplay.Heaps;
using GcReplay.Heaps.Layouts;

namespace GcReplay.Debugging.Commands;

/// <param name="access">What stops when the command does not say it.</param>
public sealed class WatchCommand(WatchAccess access) : Command
{
    public override string Name => access switch { WatchAccess.Write => "watch", WatchAccess.Read => "rwatch", _ => "awatch" };

    public override IReadOnlyList<string> Aliases => access == WatchAccess.Write ? ["w"] : [];

    public override string Usage => access == WatchAccess.Write
        ? "watch PLACE [writes|reads|both] | list NAME | #N list | colour #N | value EXPR [if EXPR]"
        : $"{Name} PLACE [if EXPR]";

    public override string Summary => access switch
    {
        WatchAccess.Write => "stops at writes to an address, field or object; at changes of a list, of the list an object is on, of its colour, of any value",
        WatchAccess.Read => "stops at events that name a word of an address, field or object as the one they read",
        _ => "stops at reads and writes of an address, field or object",
    };

    public override string Example => access == WatchAccess.Write ? "watch #2.ob_refcnt" : $"{Name} #2.slot0";

    public override IReadOnlyList<string> Remarks => access == WatchAccess.Read
        ? ["Events that name the address they read are loads, visits of slots and tests of barriers; the collector's and allocator's reads of links name none."]
        : access != WatchAccess.Write ? []
        :
        [
            "An object is watched wherever it is: before its birth, and where it moves.",
            "A struct's place is the words that it has at the position where the watch is set; to follow one that comes later or by name: watch value main.FIELD",
            "list NAME and #N list follow the list actions that events declare; to see what the links themselves say: watch value list(#N)",
        ];

    public override bool IsRepeatable => false;

    public override CommandResult Run(Debugger debugger, Arguments arguments)
    {
        arguments.Require(1, int.MaxValue);
        var (words, guard) = Guards.Split(debugger, arguments);
        if (words.Count == 0)
            throw arguments.Wrong("what to watch is missing");
        var stop = debugger.Stops.Add(Condition(debugger, arguments, words), guard: guard);
        return new CommandResult([stop.ToString()], StopJson.Of(stop));
    }

    private StopCondition Condition(Debugger debugger, Arguments arguments, IReadOnlyList<string> words)
    {
        if (access == WatchAccess.Write)
        {
            switch (words)
            {
                case ["value", _, ..]:
                    var text = string.Join(' ', words.Skip(1));
                    return new OnValue($"value of {text}", Expression.Read(debugger, text), null);
                case ["list", var name]:
                    return List(debugger, name);
                case [var text1, "list"]:
                    return Membership(debugger, arguments, text1);
                case ["colour", var text2]:
                    return Colour(debugger, arguments, text2);
                case [var text3, "colour"]:
                    return Colour(debugger, arguments, text3);
            }
        }

        if (words.Count > 2)
            throw arguments.Wrong($"'{words[2]}' is too much");
        var asked = words.Count == 1 ? access : words[1] switch
        {
            "writes" => WatchAccess.Write,
            "reads" => WatchAccess.Read,
            "both" => WatchAccess.Read | WatchAccess.Write,
            var other => throw arguments.Wrong($"'{other}' is none of writes, reads and both"),
        };
        var (place, ranges) = Places.Ranges(debugger, words[0]);
        var suffix = asked switch { WatchAccess.Write => "", WatchAccess.Read => " reads", _ => " reads and writes" };
        return new OnWords(place + suffix, asked, ranges);
    }

    private static OnMembership List(Debugger debugger, string name)
    {
        var view = debugger.Timeline.View;
        var list = view.List(name) ?? throw new GcReplayException(
            $"there is no list '{name}' at position {debugger.Timeline.Position}{(Spelling.Suggest(name, view.Lists().Select(l => l.Name)) is { Length: > 0 } hint ? hint : ".")} Go to where it exists; for those that do: lists");
        return new OnMembership($"members of {list.Name}", debugger.Memberships.OfList(list.Head, debugger.Progress));
    }

    private static OnMembership Membership(Debugger debugger, Arguments arguments, string text)
    {
        var o = StopPlaces.Object(debugger, arguments, text);
        return new OnMembership($"list of {o.Name}", debugger.Memberships.OfObject(o.Places, debugger.Progress), Expression.Read(debugger, $"list({o.Name})"));
    }

    private static OnValue Colour(Debugger debugger, Arguments arguments, string text)
    {
        var o = StopPlaces.Object(debugger, arguments, text);
        return new OnValue($"colour of {o.Name}", Expression.Read(debugger, $"colour({o.Name})"), new MayRecolour(o, ColourWords(debugger, o)));
    }

    /// <summary>The words of an object that hold flags or epochs which rules of colour ask for.</summary>
    private static OnWords ColourWords(Debugger debugger, OnObject o)
    {
        var layout = debugger.Timeline.Source.Header.Layout;
        var fields = layout.Colours.SelectMany(r => r.When.FlagsSet.Concat(r.When.FlagsClear).Append(r.When.EpochField)).ToHashSet();
        var offsets = layout.Structs.Where(s => s.Role == StructRole.Object).SelectMany(s => s.Fields).Where(f => fields.Contains(f.Name)).Select(f => f.Offset).Distinct();
        return new OnWords("", WatchAccess.Write, [.. offsets.SelectMany(offset => o.Places.Select(p => p with { Cell = p.Object + offset, End = p.Object + offset + 8 }))]);
    }
}
