using System.Globalization;

namespace GcReplay.Simulation.Programs;

/// <summary>Which words are names, and which mean a place.</summary>
internal static class ProgramNames
{
    public const string Push = "push";
    public const string Main = "main";
    public const string Self = "self";

    /// <summary>Stands for an empty slot of a prebuilt object.</summary>
    public const string None = "none";

    /// <summary>For errors: what <see cref="IsReserved"/> knows.</summary>
    public const string Reserved = "push, self, gN and fN, which have a meaning of their own";

    private static readonly (string Word, long Value)[] Extents = [("full", -1), ("minor", -2), ("increment", -3)];

    public static readonly string[] ExtentWords = [.. Extents.Select(extent => extent.Word)];

    /// <summary>A letter or <c>_</c>, then letters, digits and <c>_ . -</c>.</summary>
    public static bool IsIdentifier(ReadOnlySpan<char> word) =>
        word.Length > 0 && (char.IsAsciiLetter(word[0]) || word[0] == '_') && word.IndexOfAnyExcept(NameCharacters) < 0;

    private static readonly System.Buffers.SearchValues<char> NameCharacters =
        System.Buffers.SearchValues.Create("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_.-");

    /// <summary><c>push</c>, <c>self</c>, <c>gN</c> and <c>fN</c> mean roots, so no global, thread or script can be called so.</summary>
    public static bool IsReserved(ReadOnlySpan<char> word) => word is Push or Self || IsNumbered(word);

    /// <summary>Whether a word is <c>g</c> or <c>f</c> and digits only.</summary>
    public static bool IsNumbered(ReadOnlySpan<char> word) =>
        word.Length > 1 && word[0] is 'g' or 'f' && word[1..].IndexOfAnyExceptInRange('0', '9') < 0;

    /// <summary>A number without sign; <see cref="long.MaxValue"/> for one with too many digits; -1 when it is none.</summary>
    public static long Number(ReadOnlySpan<char> word)
    {
        if (word.Length == 0 || word.IndexOfAnyExceptInRange('0', '9') >= 0)
            return -1;
        return long.TryParse(word, out var value) ? value : long.MaxValue;
    }

    /// <summary>A number as a double is written, shortest; null when it is none, or too large.</summary>
    public static double? Decimal(ReadOnlySpan<char> word)
    {
        const NumberStyles styles = NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent;
        return double.TryParse(word, styles, CultureInfo.InvariantCulture, out var value) && Math.Abs(value) < ProgramLimits.DecimalEnd ? value : null;
    }

    public static string DecimalText(double value) => value.ToString("R", CultureInfo.InvariantCulture);

    public static long? Extent(string word)
    {
        foreach (var extent in Extents)
        {
            if (extent.Word == word)
                return extent.Value;
        }
        return null;
    }

    public static string ExtentText(long value)
    {
        foreach (var extent in Extents)
        {
            if (extent.Value == value)
                return extent.Word;
        }
        return value.ToString();
    }
}
