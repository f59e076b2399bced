using GcReplay.Debugging.Provenance;
using GcReplay.Heaps.Events;
using GcReplay.Heaps.Memory;

namespace GcReplay.Debugging.Expressions;

/// <summary>A part of an expression whose names are resolved.</summary>
/// <param name="kind">What it comes to when it is known; <see cref="ValueKind.Unknown"/> for a number or a reference.</param>
/// <param name="domain">Whose names it takes.</param>
internal abstract class Node(ValueKind kind, Domain domain = Domain.None)
{
    protected const ulong AllKinds = ulong.MaxValue;

    public ValueKind Kind { get; } = kind;

    public Domain Domain { get; } = domain;

    /// <summary>Whether the words at the position decide, and not the event alone.</summary>
    public abstract bool NeedsState { get; }

    /// <summary>Whether it can come to something else at an event that writes no word.</summary>
    public virtual bool ReadsEvent => true;

    /// <summary>One bit for each kind of event at which it can be known.</summary>
    public virtual ulong KnownAt => AllKinds;

    /// <summary>One bit for each kind of event at which it can hold.</summary>
    public virtual ulong HoldsAt => KnownAt;

    /// <summary>The nodes that it is computed from.</summary>
    public virtual IEnumerable<Node> Inputs => [];

    /// <summary>Where an object that it names is at which time; its inputs aside.</summary>
    public virtual IEnumerable<Placement> Places => [];

    public abstract Value Evaluate(in Moment moment);

    /// <summary>The word of memory that it is read from; null for what is in no word, or not there.</summary>
    public virtual Whereabouts? Word(in Moment moment) => null;

    protected static ulong Mask(EventKind kind) => 1UL << (int)kind;
}

/// <summary>A word of memory that an expression is read from.</summary>
/// <param name="Object">Birth number of the program's object that it is a field or slot of; 0 for none.</param>
internal readonly record struct Whereabouts(Address Word, ulong Object);

internal sealed class Constant(Value value, Domain domain = Domain.None) : Node(value.Kind, domain)
{
    public Value Value { get; } = value;

    public override bool NeedsState => false;

    public override bool ReadsEvent => false;

    public override Value Evaluate(in Moment moment) => Value;
}

internal sealed class NotNode(Node operand) : Node(ValueKind.Truth)
{
    public override bool NeedsState => operand.NeedsState;

    public override bool ReadsEvent => operand.ReadsEvent;

    public override ulong KnownAt => operand.KnownAt;

    public override IEnumerable<Node> Inputs => [operand];

    public override Value Evaluate(in Moment moment)
    {
        var value = operand.Evaluate(moment);
        return value.Holds() is { } holds ? Value.Of(!holds) : value;
    }
}

internal sealed class NegateNode(Node operand) : Node(ValueKind.Number)
{
    public override bool NeedsState => operand.NeedsState;

    public override bool ReadsEvent => operand.ReadsEvent;

    public override ulong KnownAt => operand.KnownAt;

    public override IEnumerable<Node> Inputs => [operand];

    public override Value Evaluate(in Moment moment)
    {
        var value = operand.Evaluate(moment);
        return value.IsUnknown ? value : Value.Of(unchecked(0 - value.Bits));
    }
}

/// <summary><c>&amp;&amp;</c> and <c>||</c>: what one side decides alone does not ask the other.</summary>
internal sealed class LogicNode(bool isAnd, Node left, Node right) : Node(ValueKind.Truth)
{
    public bool IsAnd => isAnd;

    public Node Left => left;

    public Node Right => right;

    public override bool NeedsState => left.NeedsState || right.NeedsState;

    public override bool ReadsEvent => left.ReadsEvent || right.ReadsEvent;

    public override ulong KnownAt => left.KnownAt | right.KnownAt;

    public override ulong HoldsAt => isAnd ? left.HoldsAt & right.HoldsAt : left.HoldsAt | right.HoldsAt;

    public override IEnumerable<Node> Inputs => [left, right];

    public override Value Evaluate(in Moment moment)
    {
        var first = left.Evaluate(moment);
        if (first.Holds() == !isAnd)
            return Value.Of(!isAnd);
        var second = right.Evaluate(moment);
        if (second.Holds() == !isAnd)
            return Value.Of(!isAnd);
        return first.IsUnknown ? first : second.IsUnknown ? second : Value.Of(isAnd);
    }
}

internal sealed class CompareNode(ExpressionToken sign, Node left, Node right) : Node(ValueKind.Truth)
{
    private readonly ulong holdsAt = left is KindNode && right is Constant named ? KindsOf(sign, named.Value)
        : right is KindNode && left is Constant first ? KindsOf(sign, first.Value)
        : AllKinds;

    public override bool NeedsState => left.NeedsState || right.NeedsState;

    public override bool ReadsEvent => left.ReadsEvent || right.ReadsEvent;

    public override ulong KnownAt => left.KnownAt & right.KnownAt;

    public override ulong HoldsAt => KnownAt & holdsAt;

    public override IEnumerable<Node> Inputs => [left, right];

    public override Value Evaluate(in Moment moment)
    {
        var a = left.Evaluate(moment);
        if (a.IsUnknown)
            return a;
        var b = right.Evaluate(moment);
        if (b.IsUnknown)
            return b;
        return Value.Of(sign switch
        {
            ExpressionToken.Equal => a.Same(b),
            ExpressionToken.NotEqual => !a.Same(b),
            ExpressionToken.Less => a.Bits < b.Bits,
            ExpressionToken.AtMost => a.Bits <= b.Bits,
            ExpressionToken.Greater => a.Bits > b.Bits,
            _ => a.Bits >= b.Bits,
        });
    }

    private static ulong KindsOf(ExpressionToken sign, in Value named)
    {
        var mask = 0UL;
        foreach (var shape in EventShapes.All)
        {
            if (shape.Kind.ToString() == named.Text == (sign == ExpressionToken.Equal))
                mask |= Mask(shape.Kind);
        }

        return mask;
    }
}

internal sealed class ArithmeticNode(ExpressionToken sign, Node left, Node right) : Node(ValueKind.Number)
{
    private static readonly Value ByZero = Value.Unknown("a division by 0 has no result");

    public override bool NeedsState => left.NeedsState || right.NeedsState;

    public override bool ReadsEvent => left.ReadsEvent || right.ReadsEvent;

    public override ulong KnownAt => left.KnownAt & right.KnownAt;

    public override IEnumerable<Node> Inputs => [left, right];

    public override Value Evaluate(in Moment moment)
    {
        var a = left.Evaluate(moment);
        if (a.IsUnknown)
            return a;
        var b = right.Evaluate(moment);
        if (b.IsUnknown)
            return b;
        if (b.Bits == 0 && sign is (ExpressionToken.Divide or ExpressionToken.Remainder))
            return ByZero;
        return Value.Of(unchecked(sign switch
        {
            ExpressionToken.Plus => a.Bits + b.Bits,
            ExpressionToken.Minus => a.Bits - b.Bits,
            ExpressionToken.Times => a.Bits * b.Bits,
            ExpressionToken.Divide => a.Bits / b.Bits,
            ExpressionToken.Remainder => a.Bits % b.Bits,
            ExpressionToken.BitAnd => a.Bits & b.Bits,
            ExpressionToken.BitOr => a.Bits | b.Bits,
            _ => a.Bits ^ b.Bits,
        }));
    }
}
