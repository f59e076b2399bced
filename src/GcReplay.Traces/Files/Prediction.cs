using GcReplay.Heaps.Events;

namespace GcReplay.Traces.Files;

/// <summary>The columns of a block: one for each fact of an event and for each of its first changes.</summary>
/// <remarks>A column is stored as one stream for each kind of event, because events of one kind resemble each other.</remarks>
internal static class Columns
{
    public const int Site = 0;
    public const int ChangeCount = 1;
    public const int A = 2;
    public const int D = 5;

    /// <summary>Address of change 0; its XOR is the next column, then those of change 1 …</summary>
    public const int FirstChange = 6;

    /// <summary>Changes of an event that have columns of their own. More and fewer were both measured to compress worse.</summary>
    public const int OwnChanges = 7;

    /// <summary>Addresses of all later changes of an event; their XORs are the next column.</summary>
    public const int LaterChanges = FirstChange + OwnChanges * 2;

    public const int Count = LaterChanges + 2;

    public static bool IsXor(int column) => column >= FirstChange && (column & 1) == 1;

    /// <summary>Ordinal of the change that a change column holds.</summary>
    public static int Ordinal(int column) => (column - FirstChange) >> 1;

    public static ulong[] Operand(EventBlock block, int column) => column switch
    {
        A => block.A,
        A + 1 => block.B,
        A + 2 => block.C,
        _ => block.D,
    };

    public static ulong Value(EventBlock block, int column, int index, int change) => column switch
    {
        Site => block.Sites[index],
        ChangeCount => (ulong)(block.ChangeEnds[index] - block.ChangeStart(index)),
        <= D => Operand(block, column)[index],
        _ when IsXor(column) => block.ChangeXors[change],
        _ => block.ChangeAddresses[change],
    };
}

/// <summary>What a stream's values are stored relative to. The numbers are part of the format.</summary>
/// <remarks>One byte: the reference, and in the top bit whether the rest is <c>value XOR reference</c>, not the zigzag of their
/// difference.</remarks>
internal readonly record struct Prediction(byte Code)
{
    /// <summary>Relative to nothing.</summary>
    public const int Raw = 0;

    /// <summary>The value before in the same stream.</summary>
    public const int Previous = 1;

    public const int EventNumber = 2;

    /// <summary>Operand A of the same event; then B, C, D.</summary>
    public const int SameEvent = 4;

    /// <summary>Operand A of the event before, of whatever kind; then B, C, D.</summary>
    public const int EventBefore = 8;

    /// <summary>Address of change 0 of the same event; then its XOR, then change 1 …</summary>
    public const int SameEventChange = 12;

    /// <summary>Address of the same change: for the XORs of later changes.</summary>
    public const int SameChange = SameEventChange + Columns.OwnChanges * 2;

    public const int References = SameChange + 1;

    public static readonly Prediction None = Of(Raw, true);

    public int Reference => Code & 0x7F;

    public bool IsXor => Code >= 0x80;

    public static Prediction Of(int reference, bool xor) => new((byte)(reference | (xor ? 0x80 : 0)));

    /// <summary>Whether a decoder knows the reference by the time it decodes the column.</summary>
    public static bool IsAllowed(int column, int reference)
    {
        if (reference is Raw or Previous)
            return true;
        if (column < Columns.A)
            return false;
        return reference switch
        {
            EventNumber => true,
            >= SameEvent and < EventBefore => reference - SameEvent < column - Columns.A,
            // A is decoded in the order of the events, the other columns kind by kind.
            EventBefore => true,
            > EventBefore and < SameEventChange => reference - EventBefore < column - Columns.A,
            >= SameEventChange and < SameChange => reference - SameEventChange < column - Columns.FirstChange,
            SameChange => column == Columns.LaterChanges + 1,
            _ => false,
        };
    }

    public ulong Residual(ulong value, ulong reference) =>
        IsXor ? value ^ reference : Varint.ZigZag(unchecked(value - reference));

    public ulong Restore(ulong residual, ulong reference) =>
        IsXor ? residual ^ reference : unchecked(reference + Varint.UnZigZag(residual));

    /// <summary>The value referred to.</summary>
    /// <param name="index">Index of the event in the block.</param>
    /// <param name="change">Index of the change in the block; unused for columns that are no changes.</param>
    /// <param name="previous">The value before in the same stream.</param>
    public ulong ReferenceValue(EventBlock block, int index, int change, ulong previous)
    {
        var reference = Reference;
        switch (reference)
        {
            case Raw:
                return 0;
            case Previous:
                return previous;
            case EventNumber:
                return (ulong)(block.FirstEvent + index);
            case < EventBefore:
                return Columns.Operand(block, reference - SameEvent + Columns.A)[index];
            case < SameEventChange:
                return index == 0 ? 0 : Columns.Operand(block, reference - EventBefore + Columns.A)[index - 1];
            case SameChange:
                return block.ChangeAddresses[change];
            default:
                var ordinal = (reference - SameEventChange) >> 1;
                var other = block.ChangeStart(index) + ordinal;
                return (reference & 1) == 0 ? block.ChangeAddresses[other] : block.ChangeXors[other];
        }
    }
}

/// <summary>The events of a block by kind: where each kind's streams take their values from.</summary>
internal sealed class KindIndex
{
    private readonly int[] ends = new int[256];
    private int[] order = [];

    /// <summary>Kinds that occur, ascending.</summary>
    public List<byte> Kinds { get; } = [];

    public void Build(EventBlock block)
    {
        Kinds.Clear();
        Array.Clear(ends);
        if (order.Length < block.Count)
            order = new int[block.Count];
        for (var i = 0; i < block.Count; i++)
            ends[block.Kinds[i]]++;
        var end = 0;
        for (var kind = 0; kind < ends.Length; kind++)
        {
            if (ends[kind] > 0)
                Kinds.Add((byte)kind);
            end += ends[kind];
            ends[kind] = end;
        }

        for (var i = block.Count - 1; i >= 0; i--)
            order[--ends[block.Kinds[i]]] = i;
        for (var kind = 0; kind < ends.Length; kind++)
            ends[kind] = kind + 1 < ends.Length ? ends[kind + 1] : block.Count;
    }

    /// <summary>Indexes of the events of a kind, ascending.</summary>
    public ReadOnlySpan<int> Events(int kind)
    {
        var start = kind == 0 ? 0 : ends[kind - 1];
        return order.AsSpan(start, ends[kind] - start);
    }
}
