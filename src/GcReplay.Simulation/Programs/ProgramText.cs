using GcReplay.Heaps;

namespace GcReplay.Simulation.Programs;

/// <summary>A program's text, able to say where something in it is wrong.</summary>
internal sealed class ProgramText(string name, string text)
{
    private const int SourceMax = 200;

    public string Name => name;

    public string Text => text;

    public ReadOnlySpan<char> Span(Token token) => text.AsSpan(token.Start, token.Length);

    public string Word(Token token) => Span(token).ToString();

    /// <summary><c>FILE:LINE:COLUMN: message</c>, the source line, and a caret below the column.</summary>
    public GcReplayException Error(int position, string message)
    {
        var lineStart = position == 0 ? 0 : text.LastIndexOf('\n', position - 1) + 1;
        var lineEnd = text.IndexOf('\n', position) is >= 0 and var end ? end : text.Length;
        // A line longer than a terminal is shown around the column only.
        var shown = Math.Max(lineStart, position - SourceMax / 2);
        var source = text[shown..Math.Min(lineEnd, shown + SourceMax)].TrimEnd();
        var line = text.AsSpan(0, lineStart).Count('\n') + 1;
        var column = position - lineStart + 1;
        var indent = string.Concat(text.AsSpan(shown, position - shown).ToArray().Select(character => character == '\t' ? '\t' : ' '));
        return new GcReplayException($"{name}:{line}:{column}: {message}\n    {source}\n    {indent}^");
    }

    public GcReplayException Expected(string expected, Token found, string hint = "") =>
        Error(found.Start, $"expected {expected}, found {Describe(found)}{hint}");

    private string Describe(Token token) => token.Kind switch
    {
        TokenKind.NewLine => "the end of the line",
        TokenKind.End => "the end of the program",
        TokenKind.Text => Clip(Word(token)),
        _ => $"'{Clip(Word(token))}'",
    };

    private static string Clip(string word) => word.Length <= 60 ? word : word[..60] + "…";
}
