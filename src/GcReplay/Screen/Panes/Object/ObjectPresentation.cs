using System.Drawing;
using GcReplay.Debugging;
using GcReplay.Debugging.Commands;
using GcReplay.Debugging.Provenance;
using GcReplay.Debugging.Timelines;
using GcReplay.Heaps.Layouts;
using GcReplay.Heaps.Memory;
using GcReplay.Heaps.Views;

namespace GcReplay.Screen.Panes;

/// <summary>The object in focus, from the side that was chosen.</summary>
internal static class ObjectPresentation
{
    private static readonly (ObjectTab Tab, string Key, string Name)[] Tabs =
        [(ObjectTab.Fields, "d", "words"), (ObjectTab.In, "r", "referrers"), (ObjectTab.Path, "p", "path"), (ObjectTab.Life, "B", "life")];

    /// <summary>All rows below the tabs, without items of containers.</summary>
    public static IReadOnlyList<Line> Rows(Debugger debugger, Focus focus, ScreenMarks marks, ObjectContext context, int width)
    {
        var view = debugger.Timeline.View;
        if (focus.Number == 0)
            return [.. PaneParts.Wrapped("no object near this event. Step with s, choose one with :object #1, or in the heap and the lists", width, Ink.Dim)];
        if (context.Tab == ObjectTab.Life)
            return Life(debugger, focus.Number, context, width);
        if (view.Object(focus.Number) is not { } o)
            return [.. Gone(debugger, focus.Number, width)];
        return context.Tab switch
        {
            ObjectTab.In => context.Looked(debugger.Timeline, o.Number, "r", () => In(view, o, width)),
            ObjectTab.Path => context.Looked(debugger.Timeline, o.Number, "p", () => Path(debugger, o, width)),
            _ => [.. ObjectFacts.Of(debugger, o, focus, marks, width), .. Words(debugger, o, width)],
        };
    }

    /// <summary>The items of the containers in the object, as its words show them; none on other sides.</summary>
    public static IEnumerable<ContainerItem> Items(HeapView view, Focus focus, ObjectContext context) =>
        context.Tab == ObjectTab.Fields && focus.Number > 0 && view.Object(focus.Number) is { State: not ObjectState.Unmapped } o
            ? o.Containers.SelectMany(c => c.Items())
            : [];

    public static PaneText Of(Debugger debugger, Focus focus, ScreenMarks marks, ObjectContext context, IReadOnlyList<Line> rows, long items, Size size)
    {
        var view = debugger.Timeline.View;
        var changed = new ChangedWords(debugger.Timeline);
        var height = Height(size);
        var (first, total) = (context.Scroll.First, rows.Count + items);
        var shown = rows.Skip((int)Math.Min(first, rows.Count)).Take(height).ToList();
        var rest = Math.Max(0, first - rows.Count);
        if (shown.Count < height && items > 0)
            shown.AddRange(Items(view, focus, context).Skip((int)rest).Take(height - shown.Count).Select(i => Item(view, i, changed)));
        var cursor = (int)(context.Scroll.Selected - first);
        var details = cursor < shown.Count && cursor >= 0 ? Details(debugger, shown[cursor], focus, marks, size.Width) : [];
        var lines = PaneParts.WithDetails([TabRow(context.Tab, size.Width), .. shown.Select(l => l.From(context.Scroll.Column))], details, size);
        var title = focus.Number == 0 ? "" : view.Object(focus.Number)?.ToString() ?? $"#{ObjectNumber.Text(focus.Number)}";
        return new PaneText(title, lines) { Cursor = cursor + 1, First = first, Total = total, Rows = height };
    }

    /// <summary>Rows below the tabs.</summary>
    public static int Height(Size size) => Math.Max(1, PaneParts.Body(size) - 1);

    private static Line TabRow(ObjectTab shown, int width)
    {
        var spans = new List<Span>();
        foreach (var (tab, key, name) in Tabs)
            spans.Add(tab == shown ? new Span($"[{key} {name}]", Ink.Present) : new Span($" {key} {name} ", Ink.Dim));
        return new Line([.. spans]);
    }

    private static IEnumerable<Line> Words(Debugger debugger, ObjectView o, int width)
    {
        if (o.State == ObjectState.Unmapped)
            return [Line.Of(LinkText.Lost + "its words are unmapped", Ink.Failure)];
        return [PaneParts.Rule($"words, {o.Layout.Name}", width), .. WordDecoding.Rows(debugger.Timeline.View, o, new ChangedWords(debugger.Timeline), width)];
    }

    private static Line Item(HeapView view, ContainerItem item, ChangedWords changed)
    {
        var isReference = item.Role is FieldRole.Owned or FieldRole.Borrowed;
        var target = new Address(item.Value);
        var value = isReference ? LinkText.To(view, target, item.Role == FieldRole.Borrowed ? " (borrowed)" : "") : new Span($"= {item.Value}");
        return Line.Of(new Span(changed.Contains(item.Slot) ? "*" : " ", Ink.Changed), new Span(WordDecoding.Label(item.Name), Ink.Dim), value) with
        {
            Field = item.Name, Address = item.Slot.Value, Object = isReference ? LinkText.ObjectOf(view, target) : 0,
        };
    }

    private static IEnumerable<Line> Gone(Debugger debugger, ulong number, int width)
    {
        var name = new ObjectName(number, false);
        var text = debugger.Lives.Text(name) ?? $"{name} is not in memory here";
        foreach (var line in PaneParts.Wrapped(text, width, Ink.Freed))
            yield return line;
        if (debugger.Objects.Find(name) is { } life && LastHeader.OfGone(debugger, name, life) is { } header)
        {
            foreach (var line in header.Lines())
                yield return Line.Of(line.Trim(), Ink.Dim);
        }
    }

    private static List<Line> In(HeapView view, ObjectView o, int width)
    {
        var (references, links) = (view.ReferrersOf(o.Address).ToList(), view.LinksTo(o.Address).ToList());
        var rows = new List<Line>();
        if (references.Count == 0)
            rows.Add(Line.Of(o.IsLive ? "nothing refers to it" : "nothing refers to it any more", Ink.Dim));
        rows.AddRange(references.Select(r => Referrer(view, r, r.IsOwned ? "←" : "⇠")));
        if (links.Count > 0)
            rows.Add(PaneParts.Rule("links of lists", width));
        rows.AddRange(links.Select(l => Referrer(view, l, "⇄")));
        return rows;
    }

    private static Line Referrer(HeapView view, Reference reference, string sign) =>
        Line.Of(new Span($" {sign} "), new Span(ReferrersCommand.Holder(view, reference)), new Span(reference.Holder is null ? "  root" : "", Ink.Dim)) with
        {
            Object = reference.Holder is { } holder ? view.ObjectAt(holder)?.Number ?? 0 : 0, Address = reference.Slot.Value,
        };

    private static List<Line> Path(Debugger debugger, ObjectView o, int width)
    {
        var view = debugger.Timeline.View;
        if (!o.IsLive)
            return [.. PaneParts.Wrapped("it is dead: there is no way to it", width, Ink.Freed)];
        var census = view.Census();
        if (census.PathTo(census.IndexOf(o.Address)) is not { } path)
            return [.. PaneParts.Wrapped("no root reaches it: it is garbage, or soon will be. Whether a collection would free it: :cycle #" + ObjectNumber.Text(o.Number), width, Ink.Failure)];
        var rows = new List<Line> { Line.Of($"root {census.Describe(path[0])}") with { Address = path[0].Slot.Value } };
        for (var i = 0; i < path.Count; i++)
        {
            var via = i + 1 < path.Count ? $".{census.NameOf(path[i + 1])}" : "";
            var ink = i + 1 == path.Count ? Ink.Present : Ink.Normal;
            rows.Add(Line.Of(new Span($"{new string(' ', Math.Min(i, 10) * 2)}└→ ", Ink.Dim), new Span(EventText.ObjectAt(view, path[i].Target), ink), new Span(via, Ink.Dim))
                with { Object = view.ObjectAt(path[i].Target)?.Number ?? 0, Address = path[i].Slot.Value });
        }

        return rows;
    }

    private static List<Line> Life(Debugger debugger, ulong number, ObjectContext context, int width)
    {
        var answer = context.Biography(debugger, number);
        var events = answer.Data["events"]!.AsArray().Select(e => e!["number"]!.GetValue<long>()).ToList();
        var rows = new List<Line>();
        var at = 0;
        foreach (var line in answer.Lines)
        {
            var isEvent = at < events.Count && line.Length > 2 && line[2..].TrimStart().StartsWith($"{events[at]} ", StringComparison.Ordinal);
            if (!isEvent)
            {
                rows.AddRange(PaneParts.Wrapped(line.Trim(), width, Ink.Dim));
                continue;
            }

            var isHere = events[at] == debugger.Timeline.Position;
            rows.Add(Line.Of(new Span(isHere ? ">" : " ", Ink.Present), new Span(line[2..].TrimStart(), isHere ? Ink.Present : events[at] > debugger.Timeline.Position ? Ink.Dim : Ink.Normal))
                with { Event = events[at] });
            at++;
        }

        return rows;
    }

    /// <summary>What the selected row has no room for.</summary>
    private static List<Line> Details(Debugger debugger, Line row, Focus focus, ScreenMarks marks, int width)
    {
        var view = debugger.Timeline.View;
        var lines = new List<Line>();
        foreach (var finding in ObjectFacts.Findings(marks, debugger.Timeline.Position, focus.Number).Where(v => row.Address > 0 && v.About.Value == row.Address))
            lines.AddRange(PaneParts.Wrapped($"* {finding.Code}: {finding.Message}", width, Ink.Corrupt));
        if (lines.Count > 0)
            return lines;
        if (row.Text.TrimEnd().Length > width || row.Address > 0)
            lines.AddRange(PaneParts.Wrapped(row.Text.Trim(), width, row.Spans.Any(s => s.Ink == Ink.Failure) ? Ink.Failure : Ink.Normal));
        if (row.Address == 0 || !view.TryRead(new Address(row.Address), out var word))
            return lines;
        var target = view.Object(focus.Number)?.Fields.FirstOrDefault(f => f.Field.Name == row.Field) is { Field: not null, Role: FieldRole.Owned or FieldRole.Borrowed or FieldRole.Link or FieldRole.Chain or FieldRole.Pointer } field
            ? field.Target : new Address(word);
        if (LinkText.Past(debugger, target) is { Length: > 0 } past)
            lines.AddRange(PaneParts.Wrapped(past, width, Ink.Failure));
        lines.Add(Line.Of($"word at {new Address(row.Address)}: 0x{word:x16}", Ink.Dim));
        return lines;
    }
}
