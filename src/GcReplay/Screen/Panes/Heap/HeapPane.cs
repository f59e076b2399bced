using GcReplay.Debugging.Timelines;
using GcReplay.Heaps.Memory;
using GcReplay.Heaps.Views;

namespace GcReplay.Screen.Panes;

/// <summary>The address space as a map.</summary>
internal sealed class HeapPane() : VirtualPane(Pane.Heap)
{
    /// <summary>At first so many screens of rows are fine, and so many rows in any case.</summary>
    private const int ScreensAtFirst = 2;
    private const int RowsAtFirst = 60;

    /// <summary>At first a sign is no more than an object of usual size.</summary>
    private const long BytesAtFirst = 64;

    private readonly HeapContext context = new();
    private MapRows? rows;

    protected override PaneScroll Scroll => context.Scroll;

    public override IReadOnlyList<PaneKey> Keys(PaneRequest request) =>
    [
        new("v", $"by {Next.ToString().ToLowerInvariant()}", "letters and colours tell the collector's colour, the owner, or the age (0 youngest, 9 oldest)"),
        new("+", "closer", "half as many bytes in a sign", context.Bytes <= HeapContext.BytesMin ? "a sign is one word already" : ""),
        new("-", "farther", "twice as many bytes in a sign", context.Bytes >= HeapContext.BytesMax ? "this is the farthest" : ""),
        new("x", "fit", "a scale at which all fits"),
        new("Right", "next cell", "selects the next cell and the object in it; Left: the one before; Up and Down: by rows"),
        new("Backspace", "back", "to the place before"),
        new("e", "next change", "to the next word that the present event changed", new ChangedWords(request.Timeline).Addresses.Any() ? "" : "this event changed no word"),
    ];

    private MapColouring Next => (MapColouring)(((int)context.Colouring + 1) % 3);

    public override bool Press(string key, PaneRequest request)
    {
        switch (key)
        {
            case "v":
                context.Colouring = Next;
                return true;
            case "+" or "=" or "-":
                Zoom(key == "-" ? context.Bytes * 2 : context.Bytes / 2);
                return true;
            case "x":
                context.Bytes = Fitting(request, HeapContext.BytesMax);
                context.News(default, -1);
                return true;
            case "e":
                return Go(request, NextChange(request));
            case "Left" or "Right":
                return Go(request, Neighbour(request, key == "Right"));
            case "WheelUp" or "WheelDown":
                return Scroll.Press(key, Shown.Total, Body);
            case "Enter":
                return Go(request, context.Cursor);
            default:
                return Scroll.Press(key, Shown.Total, Body) && (rows is not { Total: > 0 } || Go(request, InRow(rows[Scroll.Selected], request)));
        }
    }

    public override bool Click(int row, int column, PaneRequest request)
    {
        if (rows is null || row >= Body || Shown.First + row >= rows.Total)
            return true;
        var clicked = rows[Shown.First + row];
        var left = Shown.Lines[row].Spans[0].Text.Length;
        var bytesInRow = context.Bytes * HeapPresentation.SignsIn(request.Size.Width);
        var at = new Address(clicked.Start.Value - clicked.Start.Value % (ulong)bytesInRow) + Math.Max(0, column - left) * context.Bytes;
        return Go(request, clicked.IsHeading || clicked.IsFold || at < clicked.Start ? clicked.Start : at);
    }

    /// <summary>The next living object, by address, whose name or type the text is part of.</summary>
    public override bool Find(string text, bool forward, PaneRequest request)
    {
        var found = request.View.LiveObjects().Where(o => o.ToString().Contains(text, StringComparison.OrdinalIgnoreCase)).Select(o => o.Address).Order().ToList();
        if (found.Count == 0)
            return false;
        return Go(request, forward ? found.FirstOrDefault(a => a > context.Cursor, found[0]) : found.LastOrDefault(a => a < context.Cursor, found[^1]));
    }

    protected override PaneText Make(PaneRequest request)
    {
        Body = Math.Max(1, request.Size.Height - HeapPresentation.Below(request.Size));
        var changed = new ChangedWords(request.Timeline);
        var news = context.News(request.Focus.Address, request.Timeline.Position);
        if (news.IsPlace && !request.Focus.Address.IsNull)
            context.Cursor = request.Focus.Address;
        var shown = changed.Addresses.Concat(HeapPresentation.Lost(request.Timeline, request.Focus.Number, request.Marks)).Append(context.Cursor).ToList();
        var signs = HeapPresentation.SignsIn(request.Size.Width);
        var isNewScale = context.Bytes == 0;
        if (isNewScale)
            context.Bytes = Fitting(request, BytesAtFirst);
        rows = new MapRows(request.View, context.Bytes * signs, shown);
        if (news.IsPlace || news.IsPosition || isNewScale)
        {
            Scroll.Select(rows.RowOf(context.Cursor));
            Scroll.Centre(rows.Total, Body);
        }

        Scroll.Fit(rows.Total, Body);
        return HeapPresentation.Of(request.Debugger, context, rows, changed, request.Focus.Number, request.Marks, request.Size);
    }

    private void Zoom(long bytes)
    {
        context.Bytes = Math.Clamp(bytes, HeapContext.BytesMin, HeapContext.BytesMax);
        context.News(default, -1);
    }

    /// <summary>The closest scale, up to one, at which the map is not much longer than the pane.</summary>
    private long Fitting(PaneRequest request, long most)
    {
        var signs = HeapPresentation.SignsIn(request.Size.Width);
        var bytes = HeapContext.BytesMin;
        while (bytes < most && new MapRows(request.View, bytes * signs, []).Total > Math.Max(RowsAtFirst, Body * ScreensAtFirst))
            bytes *= 2;
        return bytes;
    }

    private bool Go(PaneRequest request, Address? target)
    {
        if (target is not { } place || rows is not { Total: > 0 })
            return true;
        context.Cursor = place;
        Scroll.Select(rows.RowOf(place));
        request.Session.Select(place, isMove: true);
        context.News(request.Focus.Address, request.Timeline.Position);
        return true;
    }

    private Address InRow(MapRow row, PaneRequest request)
    {
        if (row.IsHeading || row.IsFold)
            return row.Start;
        var bytesInRow = (ulong)(context.Bytes * HeapPresentation.SignsIn(request.Size.Width));
        var same = new Address(row.Start.Value - row.Start.Value % bytesInRow + context.Cursor.Value % bytesInRow);
        return same < row.Start ? row.Start : same >= row.End ? row.End - 8 : same;
    }

    /// <summary>Where the next cell begins, or the one before.</summary>
    private Address? Neighbour(PaneRequest request, bool forward)
    {
        var areas = MemoryMap.Areas(request.View);
        foreach (var area in forward ? areas : areas.Reverse())
        {
            if (forward ? area.End <= context.Cursor : area.Start >= context.Cursor)
                continue;
            var next = forward
                ? MemoryMap.CellsIn(request.View.Space, Max(area.Start, context.Cursor + 8), area.End).Select(c => (Address?)c.Start).FirstOrDefault()
                : Last(request.View.Space, area.Start, context.Cursor < area.End ? context.Cursor : area.End);
            if (next is not null)
                return next;
        }

        return null;
    }

    private static Address Max(Address a, Address b) => a > b ? a : b;

    private static Address? Last(AddressSpace space, Address start, Address end) =>
        space.LastNonZeroBefore(Windows.CellWord(end), Windows.CellWord(start)) is { } word ? new Address(word.Value & ~Windows.Cells) : null;

    private Address? NextChange(PaneRequest request)
    {
        var addresses = new ChangedWords(request.Timeline).Addresses.ToList();
        return addresses.Count == 0 ? null : addresses.FirstOrDefault(a => a > context.Cursor, addresses[0]);
    }
}
