using GcReplay.Debugging;
using GcReplay.Debugging.Commands;
using GcReplay.Debugging.Provenance;
using GcReplay.Heaps.Layouts;
using GcReplay.Heaps.Memory;
using GcReplay.Heaps.Views;

namespace GcReplay.Screen;

/// <summary>The object in focus: where it is, whose it is, and what its words mean now.</summary>
internal static class ObjectPane
{
    private const int ItemsShown = 400;

    public static PaneText Build(Debugger debugger, Focus focus)
    {
        if (focus.Number == 0)
            return new PaneText("object", [Line.Of("no object near this event. To choose one: :object #1", Ink.Dim)]);
        var view = debugger.Timeline.View;
        if (view.Object(focus.Number) is not { } o)
            return new PaneText($"object #{ObjectNumber.Text(focus.Number)}", [Absence(debugger, focus.Number), .. Gone(debugger, focus.Number)]);
        var lines = new List<Line>();
        lines.AddRange(Facts(debugger, o, focus));
        if (debugger.Objects.Find(new ObjectName(o.Number, o.IsRuntime)) is { } life && LastHeader.Of(debugger, o, life) is { } header)
            lines.AddRange(HeaderLines(header));
        if (o.State == ObjectState.Unmapped)
            lines.Add(Line.Of("its words are unmapped", Ink.Failure));
        else
        {
            lines.AddRange(o.Fields.Where(f => f.Role != FieldRole.Flag).Select(f => FieldLine(view, f)));
            lines.AddRange(o.Containers.SelectMany(c => c.Items().Take(ItemsShown)).Select(i => ItemLine(view, i)));
            if (o.Fields.Any(f => f.Role == FieldRole.Flag))
                lines.Add(FlagsLine([.. o.Fields.Where(f => f.Role == FieldRole.Flag)]));
        }

        return new PaneText(o.ToString(), [.. lines]);
    }

    private static Line Absence(Debugger debugger, ulong number) =>
        Line.Of(debugger.Lives.Text(new ObjectName(number, false)) ?? $"#{ObjectNumber.Text(number)} is not in memory here", Ink.Dim);

    private static IEnumerable<Line> Gone(Debugger debugger, ulong number)
    {
        var name = new ObjectName(number, false);
        return debugger.Objects.Find(name) is { } life && LastHeader.OfGone(debugger, name, life) is { } header ? HeaderLines(header) : [];
    }

    private static IEnumerable<Line> HeaderLines(LastHeader header) =>
        header.Lines().Select(line => Line.Of(line.Trim(), line.StartsWith("    ", StringComparison.Ordinal) ? Ink.Dim : header.Fault.Length > 0 ? Ink.Failure : Ink.Normal));

    private static IEnumerable<Line> Facts(Debugger debugger, ObjectView o, Focus focus)
    {
        var view = debugger.Timeline.View;
        yield return o.State switch
        {
            ObjectState.Live => Line.Fact("state", $"live at {o.Address}"),
            ObjectState.Freed => Line.Fact("state", $"freed, memory at {o.Address} not reused", Ink.Failure),
            _ => Line.Fact("state", $"freed and unmapped, was at {o.Address}", Ink.Failure),
        };
        var chosen = focus.Event == 0 ? "chosen; Esc follows events" : focus.Event == debugger.Timeline.Position ? "" : $"of event {focus.Event}";
        if (chosen.Length > 0)
            yield return Line.Fact("focus", chosen, Ink.Dim);
        if (o.Colour != Colour.None)
            yield return Line.Fact("colour", $"{ColourText.Letter(o.Colour)} {o.Colour.ToString().ToLowerInvariant()}", ColourText.InkOf(o.Colour));
        yield return Line.Fact("birthplace", view.InterpreterName(o.Birthplace));
        if (o.IsLive && o.Owner is { } owner)
        {
            yield return owner.IsDestroyed
                ? Line.Fact("owner", $"{view.InterpreterName(owner.Interpreter)}, destroyed", Ink.Failure)
                : Line.Fact("owner", view.InterpreterName(owner.Interpreter));
        }

        var actor = StatusText.InterpreterOf(debugger, debugger.Timeline.Thread);
        if (actor >= 0)
            yield return Line.Fact("actor", view.InterpreterName(actor));
        if (o.IsLive && o.Type.IsCollected)
            yield return Line.Fact("list", o.List is { } list ? ListPane.NameOf(view, list) : "none");
    }

    private static Line FieldLine(HeapView view, FieldValue field)
    {
        var name = field.Field.Name;
        if (!field.IsMapped)
            return Line.Fact(name, "unmapped", Ink.Failure) with { Field = name };
        var text = field.Role switch
        {
            FieldRole.CollectorCount => $"= {field.Value}, the collector's count{CountName(name)}",
            FieldRole.Owned => $"-> {EventText.ObjectAt(view, field.Target)}",
            FieldRole.Borrowed => $"-> {EventText.ObjectAt(view, field.Target)} (borrowed)",
            FieldRole.Chain => field.Target.IsNull ? "-> 0" : $"-> {EventText.ObjectAt(view, field.Target)} (next in a chain)",
            FieldRole.Link => $"-> {view.Describe(field)}",
            _ => $"= {view.Describe(field)}",
        };
        var target = TargetOf(view, field.Role, field.Target, field.Slot);
        return Line.Fact(name, text, InkOf(view, field.Role, field.Target)) with { Field = name, Object = target };
    }

    private static Line FlagsLine(IReadOnlyList<FieldValue> flags)
    {
        var set = flags.Where(f => f.Value != 0).Select(f => f.Field.Name).ToList();
        return Line.Fact("flags", set.Count == 0 ? $"none of {string.Join(", ", flags.Select(f => f.Field.Name))}" : string.Join(", ", set))
            with { Field = flags[0].Field.Name };
    }

    /// <summary>CPython's own word for the count that the link word holds meanwhile.</summary>
    private static string CountName(string field) => field == "_gc_prev" ? " gc_refs, no link now" : "";

    private static Line ItemLine(HeapView view, ContainerItem item)
    {
        var isReference = item.Role is FieldRole.Owned or FieldRole.Borrowed;
        var target = new Address(item.Value);
        var text = !isReference ? $"= {item.Value}" : $"-> {EventText.ObjectAt(view, target)}{(item.Role == FieldRole.Borrowed ? " (borrowed)" : "")}";
        return Line.Fact(item.Name, text, InkOf(view, item.Role, target)) with
        {
            Field = item.Name,
            Object = TargetOf(view, item.Role, target, item.Slot),
        };
    }

    private static Ink InkOf(HeapView view, FieldRole role, Address target)
    {
        if (role is not (FieldRole.Owned or FieldRole.Borrowed or FieldRole.Link or FieldRole.Chain) || target.IsNull)
            return Ink.Normal;
        return !view.Space.IsMapped(target) || view.Shadow.IsFreed(target) ? Ink.Failure : Ink.Normal;
    }

    private static ulong TargetOf(HeapView view, FieldRole role, Address target, Address slot)
    {
        if (target.IsNull)
            return 0;
        return role switch
        {
            FieldRole.Owned or FieldRole.Borrowed or FieldRole.Chain => view.ObjectAt(target)?.Number ?? 0,
            FieldRole.Link when view.ListAt(target) is null => view.ObjectCovering(target) is { } o && slot != target ? o.Number : 0,
            _ => 0,
        };
    }
}
