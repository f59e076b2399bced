using System.Globalization;
using System.Text;
using GcReplay.Output;

namespace GcReplay.Reports.Page;

/// <summary>The one place through which text of a trace comes into a page: it stays text, whatever it holds.</summary>
internal static class Html
{
    /// <summary>Longer texts are cut: a name in a hostile trace may have megabytes.</summary>
    public const int TextMax = 2000;

    /// <summary>A text for the content of an element or a quoted attribute.</summary>
    /// <remarks>What steers a terminal or turns the direction of reading is spelled out, half a character becomes the sign for an unknown one.</remarks>
    public static string Text(string text, int max = TextMax)
    {
        var escaped = new StringBuilder();
        foreach (var rune in Cut(text, max).EnumerateRunes())
        {
            _ = rune.Value switch
            {
                '&' => escaped.Append("&amp;"),
                '<' => escaped.Append("&lt;"),
                '>' => escaped.Append("&gt;"),
                '"' => escaped.Append("&quot;"),
                '\'' => escaped.Append("&#39;"),
                _ => escaped.Append(rune.ToString()),
            };
        }

        return escaped.ToString();
    }

    /// <summary>A label of a picture, in so many signs at most.</summary>
    public static string Label(string text, int max) => Text(Cut(text, max), max * 6);

    /// <summary>How many signs a label has, as <see cref="Label"/> writes it.</summary>
    public static int LabelLength(string text, int max) => new StringInfo(Cut(text, max)).LengthInTextElements;

    public static string Number(double value) => value.ToString("0.#", CultureInfo.InvariantCulture);

    /// <summary>The harmless form of a text, and of a longer one its beginning, never half a character.</summary>
    public static string Cut(string text, int max)
    {
        // Spelled out it only grows: what lies far behind the end need not be looked at.
        if (text.Length > max * 2)
            text = text[..(max * 2)];
        text = HarmlessText.Of(text);
        if (text.Length <= max)
            return text;
        var end = max - 1;
        if (char.IsHighSurrogate(text[end - 1]))
            end--;
        return text[..end] + "…";
    }
}
