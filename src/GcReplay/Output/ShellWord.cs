using System.Buffers;

namespace GcReplay.Output;

/// <summary>Text of a trace as one word of a command that a user copies into a shell: names are foreign, and may be commands themselves.</summary>
internal static class ShellWord
{
    private static readonly SearchValues<char> Plain =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-./:=@%+,");

    public static string Of(string text)
    {
        // What begins like an option would be one, quoted or not.
        if (text.StartsWith('-'))
            text = "./" + text;
        return text.Length > 0 && !text.AsSpan().ContainsAnyExcept(Plain) ? text : $"'{text.Replace("'", @"'\''", StringComparison.Ordinal)}'";
    }
}
