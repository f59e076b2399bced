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

    public string Text => string.Concat(Spans.Select(s => s.Text));

    public static Line Of(string text, Ink ink = Ink.Normal) => new([new Span(text, ink)]);

    public static Line Of(params ReadOnlySpan<Span> spans) => new([.. spans]);

    /// <summary>A label of fixed width and a value.</summary>
    public static Line Fact(string label, string value, Ink ink = Ink.Normal) =>
        Of(new Span(label.PadRight(12), Ink.Dim), new Span(value, ink));
}

/// <summary>A pane's title and rows. Immutable, so that it can be drawn while the next one is made.</summary>
/// <param name="Home">The row to show when nothing else was chosen: the present event, the object in focus.</param>
internal sealed record PaneText(string Title, ImmutableArray<Line> Lines, int Home = 0)
{
    public static readonly PaneText Empty = new("", []);
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
