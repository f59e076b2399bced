using GcReplay.Heaps;

namespace GcReplay.Simulation.Programs;

/// <summary>A place in the tokens of a program.</summary>
internal sealed class TokenReader(ProgramText source, List<Token> tokens)
{
    private int at;

    public ProgramText Source => source;

    public Token Current => tokens[at];

    /// <summary>The token after the current one.</summary>
    public Token Following => tokens[Math.Min(at + 1, tokens.Count - 1)];

    public ReadOnlySpan<char> Word => Current.Kind == TokenKind.Word ? source.Span(Current) : default;

    /// <summary>A statement ends at an end of line or a brace; the current token is one.</summary>
    public bool AtEndOfStatement => Current.Kind is TokenKind.NewLine or TokenKind.Open or TokenKind.Close or TokenKind.End;

    public Token Take()
    {
        var token = tokens[at];
        if (token.Kind != TokenKind.End)
            at++;
        return token;
    }

    public Token Take(TokenKind kind, string expected) => Current.Kind == kind ? Take() : throw Expected(expected);

    public void SkipLines()
    {
        while (Current.Kind == TokenKind.NewLine)
            at++;
    }

    /// <summary>The end of a declaration or a statement: a line's end is taken, a closing brace and the program's end are left.</summary>
    public void EndLine(string expected)
    {
        if (Current.Kind == TokenKind.NewLine)
            at++;
        else if (Current.Kind is not (TokenKind.End or TokenKind.Close))
            throw Expected(expected);
    }

    /// <summary>Takes <c>}</c> and, past ends of lines, <paramref name="word"/>, if both are there; or the brace alone. A global or a label
    /// can be the same word: then a statement begins.</summary>
    public bool TakeCloseAnd(string word)
    {
        Take(TokenKind.Close, "'}'");
        var afterClose = at;
        SkipLines();
        if (Word.SequenceEqual(word) && Following.Kind is not (TokenKind.Equal or TokenKind.Colon))
        {
            at++;
            return true;
        }
        at = afterClose;
        return false;
    }

    /// <summary>An identifier; <paramref name="what"/> says in an error what it names.</summary>
    public Token TakeIdentifier(string what) =>
        ProgramNames.IsIdentifier(Word) ? Take() : throw Expected($"{what} (letters, digits and _ . -, a letter first)");

    public GcReplayException Expected(string expected, string hint = "") => source.Expected(expected, Current, hint);

    /// <summary>The names of the threads and scripts, wherever they stand in the text, so that one can be named before its text.</summary>
    public IEnumerable<(Token Name, bool IsScript)> BlockNames()
    {
        var depth = 0;
        for (var i = 0; i < tokens.Count; i++)
        {
            if (tokens[i].Kind == TokenKind.Open)
                depth++;
            else if (tokens[i].Kind == TokenKind.Close)
                depth--;
            else if (depth == 0 && IsBlock(i))
                yield return (tokens[i + 1], source.Span(tokens[i]) is "script");
        }
    }

    /// <summary>The names of the prebuilt objects, wherever they stand in the text.</summary>
    public IEnumerable<Token> PrebuiltNames()
    {
        var depth = 0;
        for (var i = 0; i < tokens.Count; i++)
        {
            if (tokens[i].Kind == TokenKind.Open)
                depth++;
            else if (tokens[i].Kind == TokenKind.Close)
                depth--;
            else if (depth == 0 && Declares(i) && source.Span(tokens[i]) is "prebuilt")
                yield return tokens[i + 1];
        }
    }

    private bool IsBlock(int i) => Declares(i) && source.Span(tokens[i]) is "thread" or "script";

    /// <summary>Whether a word at the start of a line has a name behind it.</summary>
    private bool Declares(int i) =>
        tokens[i].Kind == TokenKind.Word
        && (i == 0 || tokens[i - 1].Kind is TokenKind.NewLine or TokenKind.Close)
        && tokens[i + 1].Kind == TokenKind.Word && ProgramNames.IsIdentifier(source.Span(tokens[i + 1]));
}
