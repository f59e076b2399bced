using Superpower.Display;

namespace GcReplay.Debugging.Expressions;

/// <summary>The words and signs of an expression.</summary>
internal enum ExpressionToken
{
    [Token(Description = "name")]
    Name,

    [Token(Description = "number")]
    Number,

    [Token(Description = "object like #12")]
    Object,

    [Token(Description = "text in quotes")]
    Text,

    [Token(Category = "operator", Example = "||")]
    Or,

    [Token(Category = "operator", Example = "&&")]
    And,

    [Token(Category = "operator", Example = "==")]
    Equal,

    [Token(Category = "operator", Example = "!=")]
    NotEqual,

    [Token(Category = "operator", Example = "<=")]
    AtMost,

    [Token(Category = "operator", Example = ">=")]
    AtLeast,

    [Token(Category = "operator", Example = "<")]
    Less,

    [Token(Category = "operator", Example = ">")]
    Greater,

    [Token(Category = "operator", Example = "|")]
    BitOr,

    [Token(Category = "operator", Example = "^")]
    BitXor,

    [Token(Category = "operator", Example = "&")]
    BitAnd,

    [Token(Category = "operator", Example = "+")]
    Plus,

    [Token(Category = "operator", Example = "-")]
    Minus,

    [Token(Category = "operator", Example = "*")]
    Times,

    [Token(Category = "operator", Example = "/")]
    Divide,

    [Token(Category = "operator", Example = "%")]
    Remainder,

    [Token(Category = "operator", Example = "!")]
    Not,

    [Token(Example = ".")]
    Dot,

    [Token(Example = ",")]
    Comma,

    [Token(Example = "(")]
    Open,

    [Token(Example = ")")]
    Close,

    [Token(Example = "[")]
    OpenIndex,

    [Token(Example = "]")]
    CloseIndex,
}
