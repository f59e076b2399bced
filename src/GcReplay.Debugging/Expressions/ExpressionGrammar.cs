using System.Globalization;
using GcReplay.Heaps;
using GcReplay.Heaps.Memory;
using Superpower;
using Superpower.Model;
using Superpower.Parsers;
using Superpower.Tokenizers;
using Token = GcReplay.Debugging.Expressions.ExpressionToken;
using Tokens = Superpower.Parsers.Token;

namespace GcReplay.Debugging.Expressions;

/// <summary>Reads expressions. From the loosest operator to the tightest: <c>||</c>, <c>&amp;&amp;</c>, comparisons, <c>|</c>,
/// <c>^</c>, <c>&amp;</c>, sums, products, signs, members.</summary>
internal static class ExpressionGrammar
{
    private static readonly Tokenizer<Token> Lexer = new TokenizerBuilder<Token>()
        .Ignore(Span.WhiteSpace)
        .Match(Span.Regex(@"#\d+(\.\d+)?"), Token.Object)
        .Match(Span.Regex("(?:0[xX][0-9a-fA-F_]+|[0-9][0-9_]*)"), Token.Number)
        .Match(Span.Regex(@"[A-Za-z_][A-Za-z0-9_]*(~\d+)?"), Token.Name)
        .Match(Span.Regex("(?:\"[^\"]*\"|'[^']*')"), Token.Text)
        .Match(Span.EqualTo("||"), Token.Or)
        .Match(Span.EqualTo("&&"), Token.And)
        .Match(Span.EqualTo("=="), Token.Equal)
        .Match(Span.EqualTo("!="), Token.NotEqual)
        .Match(Span.EqualTo("<="), Token.AtMost)
        .Match(Span.EqualTo(">="), Token.AtLeast)
        .Match(Character.EqualTo('<'), Token.Less)
        .Match(Character.EqualTo('>'), Token.Greater)
        .Match(Character.EqualTo('|'), Token.BitOr)
        .Match(Character.EqualTo('^'), Token.BitXor)
        .Match(Character.EqualTo('&'), Token.BitAnd)
        .Match(Character.EqualTo('+'), Token.Plus)
        .Match(Character.EqualTo('-'), Token.Minus)
        .Match(Character.EqualTo('*'), Token.Times)
        .Match(Character.EqualTo('/'), Token.Divide)
        .Match(Character.EqualTo('%'), Token.Remainder)
        .Match(Character.EqualTo('!'), Token.Not)
        .Match(Character.EqualTo('.'), Token.Dot)
        .Match(Character.EqualTo(','), Token.Comma)
        .Match(Character.EqualTo('('), Token.Open)
        .Match(Character.EqualTo(')'), Token.Close)
        .Match(Character.EqualTo('['), Token.OpenIndex)
        .Match(Character.EqualTo(']'), Token.CloseIndex)
        .Build();

    private static readonly TokenListParser<Token, Syntax> Literal =
        Tokens.EqualTo(Token.Number).Select(Number)
            .Or(Tokens.EqualTo(Token.Object).Select(Object))
            .Or(Tokens.EqualTo(Token.Text).Select(t => (Syntax)new TextSyntax(Column(t), t.ToStringValue()[1..^1])));

    private static readonly TokenListParser<Token, Syntax[]> Arguments =
        from open in Tokens.EqualTo(Token.Open)
        from arguments in Superpower.Parse.Ref(() => Whole!).ManyDelimitedBy(Tokens.EqualTo(Token.Comma))
        from close in Tokens.EqualTo(Token.Close)
        select arguments;

    private static readonly TokenListParser<Token, Syntax> NameOrCall =
        from name in Tokens.EqualTo(Token.Name)
        from arguments in Arguments.OptionalOrDefault(null!)
        select arguments is null
            ? (Syntax)new NameSyntax(Column(name), name.ToStringValue())
            : new CallSyntax(Column(name), name.ToStringValue(), arguments);

    private static readonly TokenListParser<Token, Syntax> Grouped =
        from open in Tokens.EqualTo(Token.Open)
        from inner in Superpower.Parse.Ref(() => Whole!)
        from close in Tokens.EqualTo(Token.Close)
        select inner;

    private static readonly TokenListParser<Token, Syntax> WordAt =
        from open in Tokens.EqualTo(Token.OpenIndex)
        from address in Superpower.Parse.Ref(() => Whole!)
        from close in Tokens.EqualTo(Token.CloseIndex)
        select (Syntax)new WordSyntax(Column(open), address);

    private static readonly TokenListParser<Token, Func<Syntax, Syntax>> Member =
        from dot in Tokens.EqualTo(Token.Dot)
        from name in Tokens.EqualTo(Token.Name)
        select new Func<Syntax, Syntax>(of => new MemberSyntax(Column(name), of, name.ToStringValue()));

    private static readonly TokenListParser<Token, Func<Syntax, Syntax>> Index =
        from open in Tokens.EqualTo(Token.OpenIndex)
        from index in Superpower.Parse.Ref(() => Whole!)
        from close in Tokens.EqualTo(Token.CloseIndex)
        select new Func<Syntax, Syntax>(of => new IndexSyntax(Column(open), of, index));

    private static readonly TokenListParser<Token, Syntax> Place =
        from head in Literal.Or(NameOrCall).Or(Grouped).Or(WordAt).Named("value")
        from members in Member.Or(Index).Many()
        select members.Aggregate(head, (of, member) => member(of));

    private static readonly TokenListParser<Token, Syntax> Signed =
        (from sign in Tokens.EqualTo(Token.Not).Or(Tokens.EqualTo(Token.Minus))
         from operand in Superpower.Parse.Ref(() => Signed!)
         select (Syntax)new UnarySyntax(Column(sign), sign.Kind, operand)).Or(Place).Named("value");

    private static readonly TokenListParser<Token, Syntax> Product = Chain(Signed, Token.Times, Token.Divide, Token.Remainder);
    private static readonly TokenListParser<Token, Syntax> Sum = Chain(Product, Token.Plus, Token.Minus);
    private static readonly TokenListParser<Token, Syntax> BitAnds = Chain(Sum, Token.BitAnd);
    private static readonly TokenListParser<Token, Syntax> BitXors = Chain(BitAnds, Token.BitXor);
    private static readonly TokenListParser<Token, Syntax> BitOrs = Chain(BitXors, Token.BitOr);

    private static readonly TokenListParser<Token, Syntax> Comparison =
        Chain(BitOrs, Token.Equal, Token.NotEqual, Token.Less, Token.AtMost, Token.Greater, Token.AtLeast);

    private static readonly TokenListParser<Token, Syntax> Ands = Chain(Comparison, Token.And);
    private static readonly TokenListParser<Token, Syntax> Whole = Chain(Ands, Token.Or);

    /// <exception cref="GcReplayException">The text is no expression: where, and what was expected there.</exception>
    public static Syntax Parse(string text)
    {
        var tokens = Lexer.TryTokenize(text);
        if (!tokens.HasValue)
            throw Wrong(text, tokens.ErrorPosition.HasValue ? tokens.ErrorPosition.Column : text.Length + 1, tokens.FormatErrorMessageFragment());
        var parsed = Whole.AtEnd().TryParse(tokens.Value);
        return parsed.HasValue
            ? parsed.Value
            : throw Wrong(text, parsed.ErrorPosition.HasValue ? parsed.ErrorPosition.Column : text.TrimEnd().Length + 1, parsed.FormatErrorMessageFragment());
    }

    /// <summary>What to throw for an expression that can not be meant.</summary>
    public static GcReplayException Wrong(string text, int column, string fact) =>
        new($"'{text}', column {column}: {fact}{(fact.EndsWith('?') ? "" : ".")} For what can be asked: help expressions");

    private static TokenListParser<Token, Syntax> Chain(TokenListParser<Token, Syntax> operand, params Token[] operators) =>
        Superpower.Parse.Chain(
            operators.Select(o => Tokens.EqualTo(o)).Aggregate((all, one) => all.Or(one)),
            operand,
            (sign, left, right) => new BinarySyntax(Column(sign), sign.Kind, left, right));

    private static int Column(Token<Token> token) => token.Position.Column;

    private static Syntax Number(Token<Token> token)
    {
        var text = token.ToStringValue().Replace("_", "", StringComparison.Ordinal);
        var isHex = text.StartsWith("0x", StringComparison.OrdinalIgnoreCase);
        var fits = isHex
            ? ulong.TryParse(text.AsSpan(2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var value)
            : ulong.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out value);
        return fits
            ? new NumberSyntax(Column(token), value)
            : throw Wrong(token.Span.Source!, Column(token), $"{text} does not fit into 64 bits");
    }

    private static Syntax Object(Token<Token> token) =>
        ObjectNumber.TryParse(token.ToStringValue().AsSpan(1), out var number) && number > 0
            ? new ObjectSyntax(Column(token), number)
            : throw Wrong(token.Span.Source!, Column(token), $"{token.ToStringValue()} is no object; they are numbered from #1");
}
