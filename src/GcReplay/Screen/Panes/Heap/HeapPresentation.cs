using System.Drawing;
using System.Globalization;
using GcReplay.Debugging;
using GcReplay.Debugging.Timelines;
using GcReplay.Heaps.Events;
using GcReplay.Heaps.Layouts;
using GcReplay.Heaps.Memory;
using GcReplay.Heaps.Views;

namespace GcReplay.Screen.Panes;

/// <summary>The map of the address space, what lies under the cursor, and what the signs mean.</summary>
internal static class HeapPresentation
{
    /// <summary>Panes lower than this have no room for what is under the cursor; those lower than half of it none for the legend either.</summary>
    private const int HeightForDetails = 11;

    /// <summary>So many references of the focus are asked whether what they name is gone.</summary>
    private const int ReferencesMax = 1000;

    private const int WideFrom = 78;
    private const int ShortDigits = 6;

    /// <summary>Rows below the map.</summary>
    public static int Below(Size size) => size.Height >= HeightForDetails ? 4 : size.Height >= HeightForDetails / 2 ? 1 : 0;

    /// <summary>Signs in a row: a power of two, behind the address.</summary>
    public static int SignsIn(int width)
    {
        var signs = 8;
        while (signs * 2 + Digits(width) + 1 <= width)
            signs *= 2;
        return signs;
    }

    /// <summary>Addresses that the focus, the event, or a finding at it, names and that are gone.</summary>
    public static IReadOnlyList<Address> Lost(Timeline timeline, ulong focus, ScreenMarks marks)
    {
        var view = timeline.View;
        var lost = new List<Address>();
        if (focus > 0 && view.Object(focus) is { State: not ObjectState.Unmapped } o)
            lost.AddRange(o.Fields.Where(f => f.Role is FieldRole.Owned or FieldRole.Borrowed or FieldRole.Link or FieldRole.Chain or FieldRole.Pointer).Select(f => f.Target).Concat(o.References.Take(ReferencesMax).Select(r => r.Target)));
        if (timeline.Position > timeline.Start && timeline.EventAt(timeline.Position).Event is { Kind: EventKind.Crash or EventKind.Hazard } e)
            lost.Add(new Address(e.A & ~7UL));
        foreach (var finding in marks.Findings.Where(f => f.Event == timeline.Position))
        {
            lost.Add(finding.About);
            if (finding.Object > 0 && view.Object(finding.Object) is { IsLive: false } gone)
                lost.Add(gone.Address);
        }

        return [.. lost.Where(a => LinkText.IsLost(view, a)).Distinct()];
    }

    public static PaneText Of(Debugger debugger, HeapContext context, MapRows rows, ChangedWords changed, ulong focus, ScreenMarks marks, Size size)
    {
        var timeline = debugger.Timeline;
        var signs = new MapSigns(timeline, context.Colouring, changed, Lost(timeline, focus, marks), focus);
        var body = size.Height - Below(size);
        var lines = new List<Line>();
        for (var row = context.Scroll.First; row < Math.Min(rows.Total, context.Scroll.First + body); row++)
            lines.Add(RowLine(timeline.View, context, rows[row], signs, size.Width));
        if (rows.Total == 0)
            lines.Add(Line.Of("no memory is mapped here", Ink.Dim));
        if (Below(size) > 0)
        {
            while (lines.Count < body)
                lines.Add(Line.Of(""));
            lines.AddRange(BelowLines(debugger, context, changed, signs, size));
        }

        var what = context.Colouring == MapColouring.Age ? "age (0 youngest, 9 oldest)" : context.Colouring.ToString().ToLowerInvariant();
        return new PaneText($"by {what}, {Bytes((ulong)context.Bytes)} a sign", [.. lines])
        {
            First = context.Scroll.First, Total = rows.Total, Rows = body,
        };
    }

    /// <summary><c>132 KiB</c>.</summary>
    public static string Bytes(ulong bytes) => bytes switch
    {
        >= 1UL << 30 when bytes % (1UL << 30) == 0 => $"{bytes >> 30} GiB",
        >= 1UL << 20 when bytes % (1UL << 20) == 0 => $"{bytes >> 20} MiB",
        >= 1UL << 20 => $"{(bytes / (double)(1 << 20)).ToString("0.0", CultureInfo.InvariantCulture)} MiB",
        >= 1UL << 10 when bytes % (1UL << 10) == 0 => $"{bytes >> 10} KiB",
        >= 1UL << 13 => $"{(bytes / 1024.0).ToString("0.0", CultureInfo.InvariantCulture)} KiB",
        _ => $"{bytes} bytes",
    };

    private static int Digits(int width) => width >= WideFrom ? 12 : ShortDigits;

    private static Line RowLine(HeapView view, HeapContext context, MapRow row, MapSigns signs, int width)
    {
        if (row.IsHeading)
            return Heading(view, row, width);
        if (row.IsFold)
            return Fold(view, row, width);
        var spans = new List<Span> { new($"{PaneParts.Short(new Address(row.Start.Value - row.Start.Value % (ulong)(context.Bytes * SignsIn(width))), Digits(width))} ", Ink.Dim) };
        // An area may begin within a row.
        var empty = (int)((long)(row.Start.Value % (ulong)(context.Bytes * SignsIn(width))) / context.Bytes);
        if (empty > 0)
            spans.Add(new Span(new string(' ', empty)));
        var count = (int)((row.End - row.Start + context.Bytes - 1) / context.Bytes);
        var spots = MemoryMap.Spots(view, row.Start, count, context.Bytes);
        for (var i = 0; i < count; i++)
        {
            var start = row.Start + i * context.Bytes;
            var (sign, ink) = signs.Of(spots[i], start, start + context.Bytes);
            if (context.Cursor >= start && context.Cursor < start + context.Bytes)
                ink = Ink.Selected;
            if (spans.Count > 1 && spans[^1].Ink == ink)
                spans[^1] = new Span(spans[^1].Text + sign, ink);
            else
                spans.Add(new Span($"{sign}", ink));
        }

        return new Line([.. spans]) { Address = row.Start.Value };
    }

    private static Line Heading(HeapView view, MapRow row, int width)
    {
        var area = row.Area;
        var name = area.Name.Length > 0 ? area.Name : Contents(view, area);
        var once = area.IsMapped ? "" : MemoryMap.CellsIn(view.Space, area.Start, area.End).Append(view.Shadow.CellAt(area.Start) ?? default).Select(c => MapGlyphs.Whose(view, c)).FirstOrDefault(w => w.Length > 0);
        var state = area.IsMapped ? "" : $" UNMAPPED{(once is { Length: > 0 } ? $", once {once}" : "")}";
        var closed = row.IsFold && area.IsMapped ? $", {(HoldsStruct(view, area) ? MapGlyphs.Name(MemoryUse.Runtime) : MapGlyphs.Name(MiddleUse(view, row)))}" : "";
        return Line.Of(new Span($"─ {name}", area.IsMapped ? Ink.Title : Ink.Failure), new Span(state, Ink.Failure),
            new Span($" {area.Start} {Bytes(area.Bytes)}{closed} ".PadRight(Math.Max(0, width - name.Length - state.Length - 2), '─'), Ink.Dim)) with { Address = area.Start.Value };
    }

    /// <summary>What an area in no region of the layout is used for, as far as structs in it tell.</summary>
    private static string Contents(HeapView view, MemoryArea area)
    {
        if (view.Layout.Root >= area.Start && view.Layout.Root < area.End)
            return "runtime data";
        return HoldsStruct(view, area) ? "runtime stack" : "memory";
    }

    private static bool HoldsStruct(HeapView view, MemoryArea area) => view.Instances().Any(i => !i.HasEnded && i.Address >= area.Start && i.Address < area.End);

    private static Line Fold(HeapView view, MapRow row, int width)
    {
        var use = MiddleUse(view, row);
        var whose = view.Shadow.CellAt(Middle(row)) is { } cell ? MapGlyphs.Whose(view, cell) : "";
        return Line.Of(
            new Span("⋮".PadRight(Digits(width) + 1), Ink.Dim), new Span(new string(MapGlyphs.Of(use), 3), MapGlyphs.InkOf(use)),
            new Span($" {Bytes((ulong)(row.End - row.Start))} {MapGlyphs.Name(use)}{(whose.Length > 0 ? $", {whose}" : "")}", Ink.Dim)) with { Address = row.Start.Value };
    }

    /// <summary>At its ends a fold may touch cells that begin or end outside of it.</summary>
    private static Address Middle(MapRow row) => row.Start + (row.End - row.Start) / 16 * 8;

    private static MemoryUse MiddleUse(HeapView view, MapRow row) => MemoryMap.Spots(view, Middle(row), 1, 8)[0].Use;

    private static IEnumerable<Line> BelowLines(Debugger debugger, HeapContext context, ChangedWords changed, MapSigns signs, Size size)
    {
        var legend = Legend(signs, size.Width).ToList();
        if (Below(size) == 1)
            return legend.Take(1);
        var view = debugger.Timeline.View;
        var room = Below(size) - 1;
        var below = legend.Take(2).ToList();
        var about = PaneParts.Wrapped($"{context.Cursor} {About(view, context.Cursor)}", size.Width, LinkText.IsLost(view, context.Cursor) ? Ink.Failure : Ink.Normal).Take(room - below.Count).ToList();
        if (about.Count < room - below.Count && changed.Addresses.Any())
            about.Add(Line.Of($"* event {debugger.Timeline.Position} changed {changed.Addresses.Count()} words", Ink.Changed));
        while (about.Count < room - below.Count)
            about.Add(Line.Of(""));
        return [PaneParts.Rule("", size.Width), .. about, .. below];
    }

    private static string About(HeapView view, Address address)
    {
        var text = view.Describe(address);
        if (view.ObjectCovering(address) is not { IsLive: true } o)
            return text;
        var colour = o.Colour == Colour.None ? "" : $", {o.Colour.ToString().ToLowerInvariant()}";
        var owner = o.Owner is { } owned ? $", owner {view.InterpreterName(owned.Interpreter)}{(owned.IsDestroyed ? " (destroyed)" : "")}" : "";
        return $"{text}{colour}, born in {view.InterpreterName(o.Birthplace)}{owner}";
    }

    private static IEnumerable<Line> Legend(MapSigns signs, int width)
    {
        var spans = new List<Span>();
        var used = 0;
        foreach (var (sign, meaning, ink) in signs.Legend)
        {
            var length = sign.Length + meaning.Length + 3;
            if (used + length > width + 2 && spans.Count > 0)
            {
                yield return new Line([.. spans]);
                (spans, used) = ([], 0);
            }

            spans.Add(new Span(sign, ink));
            spans.Add(new Span($" {meaning}  ", Ink.Dim));
            used += length;
        }

        yield return new Line([.. spans]);
    }
}
