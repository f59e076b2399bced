using System.Drawing;
using GcReplay.Debugging;
using GcReplay.Debugging.Commands;
using GcReplay.Debugging.Timelines;
using GcReplay.Heaps.Layouts;
using GcReplay.Heaps.Memory;
using GcReplay.Heaps.Views;

namespace GcReplay.Screen.Panes;

/// <summary>One list, one other container, or the table of all.</summary>
internal static class ListsPresentation
{
    private const int CountWidth = 6;

    /// <summary>A linked list.</summary>
    public static PaneText Of(Debugger debugger, ListOutline outline, LinkedRows rows, PaneScroll scroll, Size size)
    {
        var height = PaneParts.Body(size);
        var shown = rows.From(scroll.First, height, size.Width).ToList();
        var cursor = (int)(scroll.Selected - scroll.First);
        var details = cursor >= 0 && cursor < shown.Count ? Details(debugger, outline, shown[cursor], size.Width) : [];
        return Framed(TitleOf(debugger.Timeline.View, outline), shown, details, rows.Total, scroll, size);
    }

    /// <summary>A container that is no linked list.</summary>
    public static PaneText Of(Debugger debugger, ContainerInstance container, long total, PaneScroll scroll, ulong focus, Size size)
    {
        var view = debugger.Timeline.View;
        var changed = new ChangedWords(debugger.Timeline);
        var shown = container.View.Items().Skip((int)scroll.First).Take(PaneParts.Body(size)).Select(i => Item(view, i, changed, focus)).ToList();
        if (total == 0)
            shown.Add(Line.Of("empty", Ink.Dim));
        var cursor = (int)(scroll.Selected - scroll.First);
        var details = cursor >= 0 && cursor < shown.Count ? PaneParts.Wrapped(shown[cursor].Text.Trim(), size.Width) : [];
        return Framed($"{container.Name}, {total} {(total == 1 ? "item" : "items")}", shown, details, total, scroll, size);
    }

    /// <summary>All lists and containers: broken ones first, then what holds objects, then the rest, then what is empty.</summary>
    public static IReadOnlyList<Line> Table(Timeline timeline, ListsContext context, ulong focus)
    {
        var view = timeline.View;
        var member = view.Object(focus)?.Address;
        var lists = view.Lists().ToList();
        // Of a list without its head only the members tell that they are on it.
        var headless = lists.Any(l => l.HeadState is HeadState.Unmapped or HeadState.Reused)
            ? view.FullPass().GroupBy(p => p.Head).ToDictionary(g => g.Key, g => g.LongCount())
            : [];
        var rows = ListsContext.Subjects(view).Select(s => s.List is { } list ? TableRow(timeline, context, list, headless, member) : TableRow(view, s.Container!, member)).OrderBy(r => r.Rank).Select(r => r.Row).ToList();
        return rows.Count > 0 ? rows : [Line.Of("no list or other container exists here", Ink.Dim)];
    }

    /// <summary>The table in its frame.</summary>
    public static PaneText OfTable(HeapView view, IReadOnlyList<Line> rows, ulong focus, PaneScroll scroll, Size size)
    {
        var shown = rows.Skip((int)scroll.First).Take(PaneParts.Body(size)).ToList();
        var cursor = (int)(scroll.Selected - scroll.First);
        var details = cursor >= 0 && cursor < shown.Count ? PaneParts.Wrapped(shown[cursor].Text.Trim(), size.Width) : [];
        return Framed(view.Families.Length > 0 && view.Object(focus) is { IsLive: true, Type.IsCollected: true, List: null } o ? $"all: {o} is on no list" : "all", shown, details, rows.Count, scroll, size);
    }

    private static PaneText Framed(string title, IEnumerable<Line> shown, IEnumerable<Line> details, long total, PaneScroll scroll, Size size) =>
        new(title, PaneParts.WithDetails(shown.Select(l => l.From(scroll.Column)), details, size))
        {
            Cursor = (int)(scroll.Selected - scroll.First), First = scroll.First, Total = total, Rows = PaneParts.Body(size),
        };

    private static string TitleOf(HeapView view, ListOutline outline)
    {
        var list = outline.List;
        var faults = outline.FaultCount;
        var state = list.HeadState != HeadState.Live ? $", {LinkText.Lost}head {list.HeadState.ToString().ToLowerInvariant()}"
            : faults > 0 ? $", {LinkText.Lost}{faults} broken {(faults == 1 ? "link" : "links")}"
            : outline.List.PrevIsValid || list.Family.PrevOffset < 0 ? ", whole" : ", prev words are no links now";
        var held = string.Join(", ", view.HoldersOf(list).Select(h => h.Name).Distinct());
        var phase = list.Phase is { } p and > 0 ? $", {view.PhaseName(p)}" : "";
        return $"{list.Name}{(held.Length > 0 ? $" ({held})" : "")}, {outline.Count} {(outline.Count == 1 ? "member" : "members")}{state}{phase}";
    }

    private static (int Rank, Line Row) TableRow(Timeline timeline, ListsContext context, ListInstance list, Dictionary<Address, long> headless, Address? member)
    {
        var view = timeline.View;
        var outline = context.Outline(timeline, list);
        var isHeadless = list.HeadState is HeadState.Unmapped or HeadState.Reused;
        var count = isHeadless ? headless.GetValueOrDefault(list.Head) : outline.Count;
        var isLost = list.HeadState != HeadState.Live;
        var isBroken = (isLost && count > 0) || (!isLost && outline.FaultCount > 0);
        var state = isLost ? $"  head {list.HeadState.ToString().ToLowerInvariant()}" : outline.FaultCount > 0 ? $"  {outline.FaultCount} broken" : "";
        var held = string.Join(", ", view.HoldersOf(list).Select(h => h.Name).Distinct());
        var isHolder = member is { } o && view.ObjectAt(o) is { IsLive: true } m && m.List?.Head == list.Head;
        var ink = isBroken ? Ink.Failure : count == 0 ? Ink.Dim : Ink.Normal;
        var row = Line.Of(
            new Span(isHolder ? ">" : " ", Ink.Present), new Span(isBroken ? "!" : " ", Ink.Failure), new Span($"{count,CountWidth} ", ink), new Span(list.Name, ink),
            new Span(state, isBroken ? Ink.Failure : Ink.Dim), new Span(held.Length > 0 ? $"  held as {held}" : "", Ink.Dim)) with { Field = list.Name, Address = list.Head.Value };
        return (isBroken ? 0 : count == 0 ? isLost ? 9 : 8 : 1, row);
    }

    private static (int Rank, Line Row) TableRow(HeapView view, ContainerInstance container, Address? member)
    {
        var count = ListText.ItemCount(container.View);
        var isHolder = member is { } o && count > 0 && container.View.Members().Take(ListText.CountedMax).Contains(o);
        // What holds a dead object will be followed into memory that is gone.
        var isLost = isHolder && view.ObjectAt(member!.Value) is { IsLive: false };
        var ink = isLost ? Ink.Failure : count == 0 ? Ink.Dim : Ink.Normal;
        var row = Line.Of(
            new Span(isHolder ? ">" : " ", Ink.Present), new Span(isLost ? "!" : " ", Ink.Failure), new Span($"{count,CountWidth} ", ink), new Span(container.Name, ink),
            new Span(isLost ? $"  holds {EventText.ObjectAt(view, member!.Value)}" : "", Ink.Failure)) with { Field = container.Name };
        if (isLost)
            return (0, row);
        var holdsObjects = container.View.Container is not (Vector { ItemRole: not (FieldRole.Owned or FieldRole.Borrowed) } or Bitmap or RawWords);
        return ((count == 0 ? 8 : 2) + (holdsObjects ? 0 : 1), row);
    }

    private static Line Item(HeapView view, ContainerItem item, ChangedWords changed, ulong focus)
    {
        var isNumber = item.Role is FieldRole.Integer or FieldRole.Flag or FieldRole.Real;
        var target = new Address(item.Value);
        var o = isNumber ? null : view.ObjectAt(target);
        var isFocus = o is not null && o.Number == focus;
        var colour = o?.Colour ?? Colour.None;
        var spans = new List<Span>
        {
            new(changed.Contains(item.Slot) ? "*" : " ", Ink.Changed), new(isFocus ? ">" : " ", Ink.Present), new($"{item.Index,4}{item.Suffix} ", Ink.Dim),
        };
        if (colour != Colour.None)
            spans.Add(new Span($"{ColourText.Letter(colour)} ", ColourText.InkOf(colour)));
        var isLost = !isNumber && LinkText.IsLost(view, target);
        spans.Add(new Span($"{(isLost ? LinkText.Lost : "")}{ListCommand.ItemText(view, item)}", isLost ? Ink.Failure : isFocus ? Ink.Present : Ink.Normal));
        return new Line([.. spans]) { Object = o?.Number ?? 0, Address = item.Slot.Value };
    }

    /// <summary>What both links of the selected member name, and of lost memory whose it was.</summary>
    private static List<Line> Details(Debugger debugger, ListOutline outline, Line row, int width)
    {
        var view = debugger.Timeline.View;
        var family = outline.List.Family;
        if (row.Address == 0)
            return [];
        var node = new Address(row.Address);
        var lines = new List<Line>();
        Link("next", family.NextOffset);
        if (family.PrevOffset >= 0 && outline.List.PrevIsValid)
            Link("prev", family.PrevOffset);
        return lines;

        void Link(string name, int offset)
        {
            if (!view.TryRead(node + offset, out var word))
            {
                lines.AddRange(PaneParts.Wrapped($"{LinkText.Lost}{view.Describe(node + offset)}", width, Ink.Failure));
                return;
            }

            var target = family.Address(word);
            var isLost = LinkText.IsLost(view, target);
            var past = LinkText.Past(debugger, target);
            var what = past.Length > 0 && past.IndexOf(". To see", StringComparison.Ordinal) is var stop and > 0 ? $"{past[..stop]}" : EventText.Place(view, target);
            lines.AddRange(PaneParts.Wrapped($"{(isLost ? LinkText.Lost : "")}{name} {target} {what}", width, isLost ? Ink.Failure : Ink.Normal));
        }
    }
}
