using System.Globalization;
using System.Text;
using GcReplay.Output;
using Terminal.Gui.Text;

namespace GcReplay.Screen;

/// <summary>Text measured and cut as a terminal shows it: a wide character takes two columns, a combining one none, and what would steer
/// the terminal is spelled out. A cut never parts a character.</summary>
internal static class TextColumns
{
    public static int Of(string text) => Ascii.IsValid(text) && HarmlessText.Is(text) ? text.Length : Shown(text).GetColumns();

    /// <summary>The text as it may reach the terminal. Half a character, which the terminal's driver refuses, is the sign for one that is unknown.</summary>
    public static string Shown(string text)
    {
        var harmless = HarmlessText.Of(text);
        return harmless.AsSpan().ContainsAnyInRange('\uD800', '\uDFFF') ? string.Concat(harmless.EnumerateRunes()) : harmless;
    }

    /// <summary>As much of a text, from its start on, as fits; spelled out.</summary>
    public static string Cut(string text, int columns)
    {
        text = Shown(text);
        return text[..Fitting(text, columns)];
    }

    /// <summary>The text in so many columns: blanks behind it, or its end cut off.</summary>
    public static string Fit(string text, int columns)
    {
        var cut = Cut(text, columns);
        return cut + new string(' ', Math.Max(0, columns - Of(cut)));
    }

    /// <summary>The text without its first columns; a wide character that lies across the cut leaves a blank.</summary>
    public static string Skip(string text, int columns)
    {
        text = Shown(text);
        var end = Fitting(text, columns);
        var missing = end == text.Length ? 0 : columns - Of(text[..end]);
        return missing > 0 ? new string(' ', Of(StringInfo.GetNextTextElement(text, end)) - missing) + text[(end + StringInfo.GetNextTextElementLength(text, end))..] : text[end..];
    }

    /// <summary>The text as one UTF-16 unit for each column, for strips whose columns are drawn one by one: <c>?</c> stands in each column of a
    /// character that is more than that.</summary>
    public static string PerColumn(string text)
    {
        text = Shown(text);
        if (Ascii.IsValid(text))
            return text;
        var narrow = new StringBuilder();
        for (var (at, length) = (0, 0); at < text.Length; at += length)
        {
            length = StringInfo.GetNextTextElementLength(text, at);
            var columns = text.Substring(at, length).GetColumns();
            if (length == 1 && columns == 1)
                narrow.Append(text[at]);
            else
                narrow.Append('?', columns);
        }

        return narrow.ToString();
    }

    /// <summary>A text broken into rows, at spaces where there are some.</summary>
    /// <param name="indent">Stands before all rows but the first.</param>
    /// <param name="isEarlySpaceTaken">Whether a space in the first half of a row will do.</param>
    public static IEnumerable<string> Wrapped(string text, int width, string indent, bool isEarlySpaceTaken)
    {
        var rest = Shown(text);
        var at = "";
        while (width > indent.Length && at.Length + Of(rest) > width)
        {
            var room = width - at.Length;
            // Of a character that is wider than the row there is no smaller piece.
            var fitting = Math.Max(Fitting(rest, room), StringInfo.GetNextTextElementLength(rest));
            var space = fitting < rest.Length ? rest.LastIndexOf(' ', fitting) : -1;
            var end = space > (isEarlySpaceTaken ? 0 : room / 2) ? space : fitting;
            yield return at + rest[..end];
            rest = rest[end..].TrimStart();
            at = indent;
        }

        yield return at + rest;
    }

    /// <summary>How many UTF-16 units of a text that is spelled out already fit.</summary>
    private static int Fitting(string text, int columns)
    {
        if (Ascii.IsValid(text))
            return Math.Clamp(columns, 0, text.Length);
        var at = 0;
        while (at < text.Length)
        {
            var length = StringInfo.GetNextTextElementLength(text, at);
            columns -= text.Substring(at, length).GetColumns();
            if (columns < 0)
                break;
            at += length;
        }

        return at;
    }
}
