using System.Globalization;
using System.Text;
using GcReplay.Output;

namespace GcReplay.Reports.Page;

/// <summary>The one place through which text of a trace comes into a page: it stays text, whatever it holds.</summary>
internal static class Html
{
    /// <summary>Longer texts are cut: a name in a hostile trace may have megabytes.</summary>
    public const int TextMax = 2000;

    /// <summary>Of a letter in a picture, in its units.</summary>
    private const double SignWidth = 7.3;

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

    /// <summary>How wide a label is in a picture, in its units.</summary>
    public static double LabelWidth(string text, int max)
    {
        var width = 0.0;
        for (var signs = StringInfo.GetTextElementEnumerator(Cut(text, max)); signs.MoveNext();)
            width += IsWide(signs.GetTextElement()) ? 2 * SignWidth : SignWidth;
        return width;
    }

    /// <summary>A label in a picture. A font may have other widths for signs beyond ASCII: such a label is fitted into its own.</summary>
    public static string LabelText(string text, int max, double x, double y)
    {
        var label = Label(text, max);
        var fitted = Ascii.IsValid(label) ? "" : $" textLength=\"{Number(LabelWidth(text, max))}\" lengthAdjust=\"spacingAndGlyphs\"";
        return $"<text x=\"{Number(x)}\" y=\"{Number(y)}\"{fitted}>{label}</text>";
    }

    /// <summary>Ideographs, syllables and pictures, which are as wide as two letters.</summary>
    private static bool IsWide(string sign) => Rune.TryGetRuneAt(sign, 0, out var rune) && rune.Value is (>= 0x1100 and <= 0x115F) or (>= 0x2E80 and <= 0xA4CF)
        or (>= 0xAC00 and <= 0xD7A3) or (>= 0xF900 and <= 0xFAFF) or (>= 0xFE30 and <= 0xFE6F) or (>= 0xFF00 and <= 0xFF60) or >= 0x1F000;

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
