using System.Buffers;
using System.Globalization;
using System.Text;

namespace GcReplay.Heaps;

/// <summary>Writes a name as one word of a command that is printed to be copied: file names have spaces, and those in a trace are
/// foreign and may hold anything a shell would obey.</summary>
public static class ShellWord
{
    private static readonly SearchValues<char> Plain = SearchValues.Create("_./:@%+=,-");

    /// <returns>The word for a POSIX shell; with characters that can not be printed, for bash, zsh and ksh.</returns>
    public static string Of(string text)
    {
        // What begins like an option is a file in this folder.
        var word = text.StartsWith('-') ? "./" + text : text;
        if (word.Length > 0 && word.All(c => char.IsLetterOrDigit(c) || Plain.Contains(c)))
            return word;
        return word.Any(IsUnprintable) ? Escaped(word) : $"'{word.Replace("'", @"'\''", StringComparison.Ordinal)}'";
    }

    private static string Escaped(string text)
    {
        var word = new StringBuilder("$'");
        foreach (var character in text)
        {
            if (IsUnprintable(character))
                word.Append(CultureInfo.InvariantCulture, $"\\u{(int)character:x4}");
            else if (character is '\'' or '\\')
                word.Append('\\').Append(character);
            else
                word.Append(character);
        }

        return word.Append('\'').ToString();
    }

    private static bool IsUnprintable(char character) => char.GetUnicodeCategory(character)
        is UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator;
}
