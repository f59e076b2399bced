namespace GcReplay.Debugging.Expressions;

/// <summary>An expression as it was written, before anybody asked what its names mean.</summary>
/// <param name="Column">Where it starts, from 1.</param>
internal abstract record Syntax(int Column);

internal sealed record NumberSyntax(int Column, ulong Value) : Syntax(Column);

/// <param name="Number">See <see cref="Heaps.Memory.ObjectNumber"/>.</param>
internal sealed record ObjectSyntax(int Column, ulong Number) : Syntax(Column);

internal sealed record TextSyntax(int Column, string Text) : Syntax(Column);

internal sealed record NameSyntax(int Column, string Name) : Syntax(Column);

/// <summary><c>#12.slot0</c>, <c>main.generation0</c>.</summary>
internal sealed record MemberSyntax(int Column, Syntax Of, string Name) : Syntax(Column);

/// <summary><c>[0x10040]</c>: the word at an address.</summary>
internal sealed record WordSyntax(int Column, Syntax Address) : Syntax(Column);

/// <summary><c>#12.slot[2]</c>, <c>#12[2]</c>.</summary>
internal sealed record IndexSyntax(int Column, Syntax Of, Syntax Index) : Syntax(Column);

internal sealed record CallSyntax(int Column, string Name, Syntax[] Arguments) : Syntax(Column);

/// <param name="Operator"><see cref="ExpressionToken.Not"/> or <see cref="ExpressionToken.Minus"/>.</param>
internal sealed record UnarySyntax(int Column, ExpressionToken Operator, Syntax Operand) : Syntax(Column);

/// <param name="Column">Of the operator.</param>
internal sealed record BinarySyntax(int Column, ExpressionToken Operator, Syntax Left, Syntax Right) : Syntax(Column);
