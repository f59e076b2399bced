using System.Text.Json.Nodes;
using GcReplay.Debugging.Provenance;
using GcReplay.Debugging.Timelines;
using GcReplay.Heaps.Events;
using GcReplay.Heaps.Layouts;
using GcReplay.Heaps.Memory;
using GcReplay.Heaps.Views;

namespace GcReplay.Debugging.Commands;

public sealed class WhyCommand : Command
{
    public override string Name => "why";

    public override string Usage => "why ADDRESS | #N.FIELD | STRUCT.FIELD | EXPR";

    public override string Summary => "what a word means here, whether what it names is still there, who wrote it last, where and why, and what it was before";

    public override string Example => "why #2._gc_prev";

    public override IReadOnlyList<string> Remarks =>
    [
        "An EXPR is read from a word, or comes to an address: #2.slot0.slot1, main.generation0.prev, [0x7f00], event.slot.",
        "What a word means can depend on flags, on the list that holds its object and on the phase: the other meanings are said, too.",
    ];

    public override CommandResult Run(Debugger debugger, Arguments arguments)
    {
        arguments.Require(1, int.MaxValue);
        var place = Places.Resolve(debugger, arguments.Text);
        if (place.IsWhole)
            throw arguments.Wrong($"{place.Text} has more words than one; name a field, as in {place.Text}.{WhoWroteCommand.FirstField(debugger, place)}");
        var timeline = debugger.Timeline;
        var meaning = WordMeaning.Of(timeline.View, place.Address);
        var isMapped = timeline.Space.IsMapped(place.Address);
        var value = timeline.Space.Peek(place.Address);
        var lines = new List<string> { $"{place.Text}{(place.Text.StartsWith("0x", StringComparison.Ordinal) ? "" : $", the word at {place.Address},")} {(isMapped ? $"holds 0x{value:x}" : "is not mapped")}" };
        lines.AddRange(Meaning(debugger, place, meaning));
        var data = new JsonObject
        {
            ["address"] = place.Address.ToString(),
            ["value"] = isMapped ? new Address(value).ToString() : null,
            ["of"] = meaning.Owner.Length > 0 ? meaning.Owner : null,
            ["parts"] = new JsonArray([.. meaning.Parts.Select(p => (JsonNode)new JsonObject { ["name"] = p.Name, ["is"] = p.Is, ["value"] = p.Value, ["otherwise"] = p.Otherwise.Length > 0 ? p.Otherwise : null })]),
        };
        lines.AddRange(Writer(debugger, place, value, data));
        lines.AddRange(EventText.OfWindow(timeline));
        return new CommandResult(lines, data);
    }

    private static IEnumerable<string> Meaning(Debugger debugger, Place place, WordMeaning meaning)
    {
        var view = debugger.Timeline.View;
        if (meaning.Owner.Length > 0)
            yield return $"  part of    {meaning.Owner}{Standing(view, place.Address)}";
        else if (debugger.Pasts.Of(debugger.Timeline, place.Address, debugger.Progress) is { } past)
            yield return $"  part of    nothing any more: it {past}. To see it: goto {past.Went - 1}";
        else
            yield return place.Address.IsNull ? "  part of    nothing: it is no address" : $"  part of    nothing that the layout knows: {view.Describe(place.Address)}";
        foreach (var part in meaning.Parts)
        {
            yield return $"  .{part.Name}  {part.Is}: {part.Value}{(part.Otherwise.Length > 0 ? $"  (at other times: {part.Otherwise})" : "")}";
            foreach (var line in Verdict(debugger, place, part))
                yield return $"    {line}";
        }
    }

    /// <summary>The list and phase that a word's meaning may depend on.</summary>
    private static string Standing(HeapView view, Address word)
    {
        if (view.ObjectCovering(word) is not { IsLive: true } o)
            return "";
        var list = o.List is { } on ? $", on {on.Name}" : "";
        return o.Phase is { } phase and > 0 ? $"{list}, phase {view.PhaseName(phase)}" : list;
    }

    private static IEnumerable<string> Verdict(Debugger debugger, Place place, WordPart part)
    {
        var view = debugger.Timeline.View;
        if (part.Target is { } target)
        {
            if (debugger.Pasts.Of(debugger.Timeline, target, debugger.Progress) is { } past)
                yield return $"{(part.Role == FieldRole.Link ? "a dangling link" : "dangling")}: there {past}. To see it: goto {past.Went - 1}";
            else if (!view.Space.IsMapped(target))
                yield return "leads to memory that is not mapped";
            else if (part.Role == FieldRole.Link && NotNamedBack(view, place.Address, target) is { } other)
                yield return $"the node it names does not name it back: it names {other}";
        }
        else if (part.Role == FieldRole.ReferenceCount && view.ObjectCovering(place.Address) is { IsLive: true } o)
        {
            var references = view.Census().OwnedReferences.Count(r => r.Target == o.Address);
            var isShort = o.Fields.FirstOrDefault(f => f.Field.Name == part.Name) is { Field: not null, IsMapped: true } count && count.Value < (ulong)references;
            yield return $"{(references == 1 ? "1 owned reference stands" : $"{references} owned references stand")} in words{(isShort ? ": the count is too low, the object will be freed too early" : "")}";
        }
    }

    /// <summary>What the node that a link names holds in its own link the other way, when that is somebody else.</summary>
    private static string? NotNamedBack(HeapView view, Address word, Address target)
    {
        foreach (var family in view.Families)
        {
            if (family.PrevOffset < 0)
                continue;
            foreach (var (own, other) in new[] { (family.NextOffset, family.PrevOffset), (family.PrevOffset, family.NextOffset) })
            {
                var node = word - own;
                var isNode = view.ListAt(node)?.Family == family || view.ObjectAt(family.ObjectOf(node)) is { } o && view.HasNode(o.Entry, family);
                if (!isNode || view.ListAt(target) is null && view.ObjectAt(family.ObjectOf(target)) is null || !view.TryRead(target + other, out var back))
                    continue;
                // Between some phases prev words are counts: they can not agree.
                var list = view.ListAt(node) ?? view.ListAt(target) ?? view.ObjectAt(family.ObjectOf(node))?.List;
                if (family.Address(back) != node && list is null or { PrevIsValid: true })
                    return view.DescribeNode(family.Address(back), family);
            }
        }

        return null;
    }

    private static IEnumerable<string> Writer(Debugger debugger, Place place, ulong value, JsonObject data)
    {
        var timeline = debugger.Timeline;
        var carried = new List<long>();
        data["event"] = null;
        if (LastWriter.Of(debugger, place, carried) is not { } write)
        {
            yield return $"  written by no event up to {timeline.Position}";
            yield break;
        }

        if (write.Number <= timeline.Start)
        {
            yield return $"  {EventText.BeforeWindow(timeline, write.Number)}";
            yield break;
        }

        foreach (var move in carried)
            yield return $"  carried here when the object moved: {EventText.Line(debugger.At(move))}";
        var there = debugger.At(write.Number);
        data["event"] = EventText.Json(there);
        data["before"] = new Address(value ^ write.Xor).ToString();
        yield return $"  written by {EventText.Line(there)}";
        foreach (var span in SpanText.Inner(there, there.Thread))
            yield return $"    in {span}";
        if (Reason(there) is { Length: > 0 } reason)
            yield return $"    because {reason}";
        if (ThreadView.InterpreterOf(there.View, there.Thread) is { } interpreter)
            yield return $"    by {there.View.InterpreterName(interpreter)}";
        foreach (var line in Before(debugger, carried.Count > 0 ? null : place, write, value))
            yield return line;
        if (place.Object is { } name && debugger.Objects.Find(name, debugger.Progress) is { } life && write.Number < life.Birth)
            yield return $"  that was before {name} was born, by event {life.Birth}: it never wrote this word";
        yield return $"  to go there: goto {write.Number}";
    }

    private static string Reason(Timeline timeline) =>
        timeline.EventAt(timeline.Position).Event.Site is var site and > 0 && site < timeline.View.Layout.Sites.Length ? timeline.View.Layout.Sites[site].Reason : "";

    /// <summary>The last write before an event that made a word another; null when none did, or the window does not have it.</summary>
    private static WordWrite? Changed(Debugger debugger, Address word, long before)
    {
        while (debugger.Words.LastWrite(word, before - 1, progress: debugger.Progress) is { } write && write.Number > debugger.Timeline.Start)
        {
            if (write.Xor != 0)
                return write;
            before = write.Number;
        }

        return null;
    }

    /// <summary>What the word was before its last write, as it was to be read then.</summary>
    /// <param name="place">Null when the object has moved since: the word was elsewhere.</param>
    private static IEnumerable<string> Before(Debugger debugger, Place? place, WordWrite write, ulong value)
    {
        var before = value ^ write.Xor;
        if (write.Xor == 0)
        {
            yield return "  before     the same: it was written over itself";
            if (place is not null && Changed(debugger, place.Address, write.Number) is { } changed)
                yield return $"  made so by {EventText.Line(debugger.At(changed.Number))}";
            yield break;
        }

        var parts = place is not null && write.Number - 1 >= debugger.Timeline.Start && debugger.Timeline.EventAt(write.Number).Kind != EventKind.Allocate
            ? WordMeaning.Of(debugger.At(write.Number - 1).View, place.Address).Parts
            : [];
        var was = string.Join(", ", parts.Take(4).Select(p => $".{p.Name} {p.Value}"));
        yield return $"  before     0x{before:x}{(was.Length > 0 ? $": {was}" : "")}";
    }
}
