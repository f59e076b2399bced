using System.Collections.Immutable;
using GcReplay.Heaps.Layouts;

namespace GcReplay.Screen;

/// <summary>What a piece of text means; <see cref="Palette"/> decides how that looks.</summary>
internal enum Ink
{
    Normal = 0,

    /// <summary>Labels and what is only context.</summary>
    Dim,

    /// <summary>A pane's title.</summary>
    Title,

    /// <summary>The title of the pane that the arrow keys move in.</summary>
    ActiveTitle,

    /// <summary>The present event, the object in focus.</summary>
    Present,

    /// <summary>The row that Enter acts on.</summary>
    Selected,

    /// <summary>A crash, assertion, hang or hazard; a broken link; an error.</summary>
    Failure,

    /// <summary>The first corrupt event.</summary>
    Corrupt,

    /// <summary>An object of the colour white. Colours are also told by a letter.</summary>
    White,

    Grey,

    Black,

    /// <summary>What the present event changed.</summary>
    Changed,

    /// <summary>Freed memory, and what is of an interpreter that ended.</summary>
    Freed,

    /// <summary>A collection, and the phases in it.</summary>
    Collection,

    /// <summary>The second of two phases side by side, so that their border is seen.</summary>
    OtherPhase,

    /// <summary>A mark, a note, a breakpoint: what the user put there.</summary>
    Mark,

    /// <summary>What is alive, holds or is healthy.</summary>
    Good,

    /// <summary>A key that can be pressed.</summary>
    Key,

    /// <summary>Six colours that only tell things apart: owners, ages. Letters say which is which.</summary>
    Tint1,
    Tint2,
    Tint3,
    Tint4,
    Tint5,
    Tint6,

    /// <summary>The place in the typed line where the next character goes.</summary>
    Caret,
}

/// <summary>A piece of text with one meaning.</summary>
internal readonly record struct Span(string Text, Ink Ink = Ink.Normal);

/// <summary>One row of a pane.</summary>
internal sealed record Line(ImmutableArray<Span> Spans)
{
    /// <summary>Birth number of the object that Enter brings into focus; 0 for none.</summary>
    public ulong Object { get; init; }

    /// <summary>Event that Enter goes to; -1 for none.</summary>
    public long Event { get; init; } = -1;

    /// <summary>Field of the object in focus that the row shows, for <c>who-wrote</c>; empty for none.</summary>
    public string Field { get; init; } = "";

    /// <summary>Address that the row is about, for <c>watch</c> and <c>who-wrote</c>; 0 for none.</summary>
    public ulong Address { get; init; }

    /// <summary>Line of the heap program that the row shows, for <c>break</c>; 0 for none.</summary>
    public int SourceLine { get; init; }

    public string Text => string.Concat(Spans.Select(s => s.Text));

    public static Line Of(string text, Ink ink = Ink.Normal) => new([new Span(text, ink)]);

    public static Line Of(params ReadOnlySpan<Span> spans) => new([.. spans]);

    /// <summary>The line without its first columns: scrolled to the right.</summary>
    public Line From(int column)
    {
        if (column == 0)
            return this;
        var spans = ImmutableArray.CreateBuilder<Span>();
        foreach (var span in Spans)
        {
            spans.Add(span with { Text = TextColumns.Skip(span.Text, column) });
            column -= Math.Min(column, TextColumns.Of(span.Text));
        }

        return this with { Spans = spans.ToImmutable() };
    }

    /// <summary>The line broken to a width, at spaces where there are some; in the ink of its first span. What is indented goes on further in,
    /// so that no number in it is taken for that of an event.</summary>
    public IEnumerable<Line> Wrapped(int width)
    {
        var ink = Spans.Length > 0 ? Spans[0].Ink : Ink.Normal;
        var depth = Text.Length - Text.TrimStart(' ').Length;
        var indent = new string(' ', depth == 0 ? 0 : Math.Clamp(depth + 4, 0, width / 3));
        return TextColumns.Wrapped(Text, width, indent, isEarlySpaceTaken: false).Select(row => Of(row, ink));
    }
}

/// <summary>Colours of the tri-colour abstraction as they are shown: ink, and a letter for those who see no colours.</summary>
internal static class ColourText
{
    public static Ink InkOf(Colour colour) => colour switch
    {
        Colour.White => Ink.White,
        Colour.Grey => Ink.Grey,
        Colour.Black => Ink.Black,
        _ => Ink.Normal,
    };

    /// <summary><c>[W]</c>, <c>[G]</c>, <c>[B]</c>, or blanks outside a collection.</summary>
    public static string Letter(Colour colour) => colour == Colour.None ? "   " : $"[{colour.ToString()[0]}]";
}
