using System.Drawing;
using System.Globalization;
using GcReplay.Debugging.Commands;
using GcReplay.Debugging.Timelines;
using GcReplay.Heaps.Memory;
using GcReplay.Heaps.Views;

namespace GcReplay.Screen.Panes;

/// <summary>Memory word by word: a sign for its use, address, value, the field that it is, and what it names or is filled with.</summary>
internal static class WordsPresentation
{
    /// <summary>From this width on addresses are written out, and values say what they name.</summary>
    private const int WideFrom = 60;

    private const int ShortDigits = 6;

    /// <summary>Words below this are counts and flags, and name no memory.</summary>
    private const ulong AddressesFrom = 4096;

    public static PaneText Of(Timeline timeline, WordsContext context, Size size)
    {
        var changed = new ChangedWords(timeline);
        var rows = new List<Line>();
        for (var i = context.Scroll.First; i < Math.Min(context.Total, context.Scroll.First + PaneParts.Body(size)); i++)
            rows.Add(Row(timeline, changed, context.Area.Start + i * 8, size.Width).From(context.Scroll.Column));
        return new PaneText(Title(timeline.View, context), PaneParts.WithDetails(rows, Details(timeline, changed, context.Selected, size.Width), size))
        {
            Cursor = (int)(context.Scroll.Selected - context.Scroll.First),
            First = context.Scroll.First,
            Total = context.Total,
            Rows = PaneParts.Body(size),
        };
    }

    private static string Title(HeapView view, WordsContext context)
    {
        var what = view.ObjectCovering(context.Selected)?.ToString() ?? view.InstanceAt(context.Selected)?.Name ?? context.Area.Name;
        return what.Length > 0 ? what : context.Selected.ToString();
    }

    /// <summary>One word.</summary>
    public static Line Row(Timeline timeline, ChangedWords changed, Address address, int width)
    {
        var view = timeline.View;
        var isMapped = view.TryRead(address, out var word);
        var cell = view.Shadow.CellAt(address);
        var use = MemoryMap.UseOf(view, address, cell);
        var isChanged = changed.Contains(address);
        var part = view.PartAt(address);
        var spans = new List<Span>
        {
            new(isChanged ? "*" : " ", Ink.Changed),
            new($"{MapGlyphs.Of(use)}{Bracket(cell, address)}", MapGlyphs.InkOf(use)),
            new(PaneParts.Short(address, width >= WideFrom ? 12 : ShortDigits), Ink.Dim),
            new(isMapped && NamesLost(view, word) ? "!" : " ", Ink.Failure),
            isMapped ? new Span(word.ToString("x16", CultureInfo.InvariantCulture), InkOf(use, word, isChanged)) : new Span("-- unmapped -- ", Ink.Failure),
        };
        if (cell is { } here && here.Start == address && Occupant(view, here, width) is { Length: > 0 } whose)
            spans.Add(new Span($" {whose}", Ink.Title));
        if (part.Length > 0)
            spans.Add(new Span($" {part}", Ink.Normal));
        if (isMapped && Meaning(view, word) is { Length: > 0 } meaning)
            spans.Add(new Span($" {meaning}", NamesLost(view, word) ? Ink.Failure : Ink.Dim));
        return new Line([.. spans]) { Address = address.Value };
    }

    /// <summary>Draws a cell from its first word to its last.</summary>
    private static char Bracket(Cell? cell, Address address) => cell is not { Bytes: > 8 } c ? ' '
        : c.Start == address ? '┌'
        : c.End - 8 == address ? '└'
        : '│';

    /// <summary>Who is, or was, in a cell.</summary>
    private static string Occupant(HeapView view, Cell cell, int width)
    {
        if (view.Shadow.OccupantOf(cell) is not { } entry)
            return "";
        if (width < WideFrom && !cell.IsRuntime)
            return $"#{ObjectNumber.Text(entry.Number)}";
        return MapGlyphs.Whose(view, cell);
    }

    private static Ink InkOf(MemoryUse use, ulong word, bool isChanged) =>
        isChanged ? Ink.Changed
        : FillPattern.Of(word).Length > 0 || use is MemoryUse.Freed ? Ink.Freed
        : word == 0 ? Ink.Dim
        : Ink.Normal;

    /// <summary>A known filling, or what the word names.</summary>
    private static string Meaning(HeapView view, ulong word)
    {
        if (FillPattern.Of(word) is { Length: > 0 } pattern)
            return $"= {pattern}";
        if (!NamesMemory(view, word))
            return "";
        return $"→ {EventText.ObjectAt(view, new Address(word & ~7UL))}";
    }

    private static bool NamesMemory(HeapView view, ulong word) =>
        word >= AddressesFrom && Windows.IsProcess(new Address(word)) && (view.Space.IsMapped(new Address(word)) || view.Shadow.CellAt(new Address(word)) is not null);

    private static bool NamesLost(HeapView view, ulong word) =>
        NamesMemory(view, word) && view.IsGone(new Address(word));

    private static IEnumerable<Line> Details(Timeline timeline, ChangedWords changed, Address address, int width)
    {
        var view = timeline.View;
        foreach (var line in PaneParts.Wrapped($"{MapGlyphs.Name(MemoryMap.UseOf(view, address, view.Shadow.CellAt(address)))} at {address}: {view.Describe(address)}", width))
            yield return line;
        if (!view.TryRead(address, out var word))
            yield break;
        var meaning = Meaning(view, word);
        foreach (var line in PaneParts.Wrapped($"0x{word:x16} {(meaning.Length > 0 ? meaning : $"= {word}")}", width, NamesLost(view, word) ? Ink.Failure : Ink.Normal))
            yield return line;
        if (changed.Before(address, word) is { } before)
            yield return Line.Of(before == word ? $"* event {timeline.Position} wrote it, with what it held" : $"* before event {timeline.Position}: 0x{before:x16}", Ink.Changed);
    }
}
