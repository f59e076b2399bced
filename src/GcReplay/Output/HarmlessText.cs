using System.Buffers;
using System.Globalization;
using System.Text;

namespace GcReplay.Output;

/// <summary>The one place that decides what text may reach a terminal: characters that steer one, or turn the direction of reading,
/// are written as <c>\u001b</c>. Names, messages and programs of a trace are foreign.</summary>
/// <remarks>The form is JSON's own, so that a JSON object stays the same object.</remarks>
internal static class HarmlessText
{
    /// <summary>C0 but for tab and line feed, DEL, C1, and what embeds, overrides, isolates or marks a direction or ends a line.</summary>
    private static readonly SearchValues<char> Steering = SearchValues.Create(
    [
        .. Enumerable.Range(0, 0x20).Where(code => code is not ('\t' or '\n')).Select(code => (char)code),
        .. Enumerable.Range(0x7F, 0x21).Select(code => (char)code),
        '\u061C', '\u200E', '\u200F', '\u2028', '\u2029',
        .. Enumerable.Range(0x202A, 5).Select(code => (char)code),
        .. Enumerable.Range(0x2066, 4).Select(code => (char)code),
    ]);

    public static bool Is(ReadOnlySpan<char> text) => text.IndexOfAny(Steering) < 0;

    public static string Of(string text)
    {
        if (Is(text))
            return text;
        var harmless = new StringBuilder();
        foreach (var character in text)
        {
            if (Steering.Contains(character))
                harmless.Append(CultureInfo.InvariantCulture, $"\\u{(int)character:x4}");
            else
                harmless.Append(character);
        }

        return harmless.ToString();
    }
}
