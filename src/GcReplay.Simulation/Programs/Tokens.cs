namespace GcReplay.Simulation.Programs;

internal enum TokenKind
{
    /// <summary>Letters, digits and <c>_ . - /</c>: names, numbers, labels.</summary>
    Word,

    /// <summary>Text in double quotes, with them.</summary>
    Text,
    Equal,
    Colon,
    Open,
    Close,
    NewLine,
    End,

    /// <summary>A character that no rule knows.</summary>
    Other,
}

/// <param name="Start">In UTF-16 units from the beginning of the text.</param>
/// <param name="Line">From 1.</param>
internal readonly record struct Token(TokenKind Kind, int Start, int Length, int Line);

/// <summary>Cuts a program's text into tokens. Comments and blanks are left out; many ends of lines in a row are one.</summary>
internal static class Tokens
{
    public static List<Token> Of(ProgramText source)
    {
        var text = source.Text;
        var tokens = new List<Token>(text.Length / 4 + 16);
        var line = 1;
        var at = text.StartsWith('\uFEFF') ? 1 : 0;
        while (at < text.Length)
        {
            var character = text[at];
            if (character == '\n')
            {
                if (tokens.Count > 0 && tokens[^1].Kind != TokenKind.NewLine)
                    tokens.Add(new Token(TokenKind.NewLine, at, 1, line));
                line++;
                at++;
            }
            else if (character is ' ' or '\t' or '\r')
                at++;
            else if (character == '#')
                at = text.IndexOf('\n', at) is >= 0 and var end ? end : text.Length;
            else
            {
                var (kind, length) = Cut(source, at);
                tokens.Add(new Token(kind, at, length, line));
                at += length;
            }
        }
        tokens.Add(new Token(TokenKind.End, text.Length, 0, line));
        return tokens;
    }

    private static (TokenKind Kind, int Length) Cut(ProgramText source, int at) => source.Text[at] switch
    {
        '=' => (TokenKind.Equal, 1),
        ':' => (TokenKind.Colon, 1),
        '{' => (TokenKind.Open, 1),
        '}' => (TokenKind.Close, 1),
        '"' => (TokenKind.Text, TextLength(source, at)),
        var character when IsWord(character) => (TokenKind.Word, WordLength(source.Text, at)),
        var character => (TokenKind.Other, char.IsHighSurrogate(character) && at + 1 < source.Text.Length ? 2 : 1),
    };

    private static bool IsWord(char character) => char.IsAsciiLetterOrDigit(character) || character is '_' or '.' or '-' or '/';

    private static int WordLength(string text, int start)
    {
        var end = start + 1;
        while (end < text.Length && IsWord(text[end]))
            end++;
        return end - start;
    }

    private static int TextLength(ProgramText source, int start)
    {
        var text = source.Text;
        for (var at = start + 1; at < text.Length && text[at] != '\n'; at++)
        {
            if (text[at] == '"')
                return at + 1 - start;
            if (text[at] == '\\' && at + 1 < text.Length && text[at + 1] is '"' or '\\')
                at++;
        }
        throw source.Error(start, "expected a closing '\"' on the same line, found the end of the line");
    }
}
