using System.Numerics;
using GcReplay.Heaps.Events;

namespace GcReplay.Traces.Files;

/// <summary>The columns of a block: one for each fact of an event and for each of its first changes.</summary>
/// <remarks>A column is stored as one stream for each kind of event, because events of one kind resemble each other.</remarks>
internal static class Columns
{
    /// <summary>What the file calls the columns: kinds, threads, then those below, each by its number and this.</summary>
    public const int KindsNumber = 0;

    public const int ThreadsNumber = 1;

    public const int FirstNumber = 2;

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

    /// <summary>Reads a stream's values: of the events, or of the changes for a column of changes.</summary>
    public static void Read(EventBlock block, int column, Places places, Span<ulong> values)
    {
        var events = places.Events;
        values = values[..events.Length];
        if (column == Site)
        {
            for (var i = 0; i < values.Length; i++)
                values[i] = block.Sites[events[i]];
        }
        else if (column == ChangeCount)
        {
            for (var i = 0; i < values.Length; i++)
                values[i] = (ulong)(block.ChangeEnds[events[i]] - block.ChangeStart(events[i]));
        }
        else if (column <= D)
        {
            Take(Operand(block, column), events, values);
        }
        else
        {
            Take(ChangeWords(block, column), places.Changes, values);
        }
    }

    /// <summary>What a column of changes takes its values from.</summary>
    public static ulong[] ChangeWords(EventBlock block, int column) => IsXor(column) ? block.ChangeXors : block.ChangeAddresses;

    /// <summary>Copies the items at some places, one after the other.</summary>
    public static void Take(ulong[] from, ReadOnlySpan<int> places, Span<ulong> items)
    {
        items = items[..places.Length];
        for (var i = 0; i < items.Length; i++)
            items[i] = from[places[i]];
    }

    /// <summary>Copies items to some places.</summary>
    public static void Put(ReadOnlySpan<ulong> items, ReadOnlySpan<int> places, ulong[] to)
    {
        items = items[..places.Length];
        for (var i = 0; i < items.Length; i++)
            to[places[i]] = items[i];
    }
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

    public ulong Restore(ulong residual, ulong reference) =>
        IsXor ? residual ^ reference : unchecked(reference + Varint.UnZigZag(residual));

    public ulong Residual(ulong value, ulong reference) =>
        IsXor ? value ^ reference : Varint.ZigZag(unchecked(value - reference));

    /// <summary>Turns references into residuals.</summary>
    public void Subtract(ReadOnlySpan<ulong> values, Span<ulong> references)
    {
        values = values[..references.Length];
        var done = 0;
        for (; done <= values.Length - Vector<ulong>.Count; done += Vector<ulong>.Count)
        {
            var (value, reference) = (new Vector<ulong>(values[done..]), new Vector<ulong>(references[done..]));
            (IsXor ? value ^ reference : ZigZag(value - reference)).CopyTo(references[done..]);
        }

        for (; done < values.Length; done++)
            references[done] = Residual(values[done], references[done]);
    }

    /// <summary>Turns the residuals of a stream into its values.</summary>
    /// <param name="references">The values referred to; unused for <see cref="Raw"/> and <see cref="Previous"/>.</param>
    public void Add(ReadOnlySpan<ulong> references, Span<ulong> residuals)
    {
        switch (Reference)
        {
            case Raw when IsXor:
                return;
            case Raw:
                references = default;
                break;
            case Previous:
                AddPrevious(residuals);
                return;
            default:
                references = references[..residuals.Length];
                break;
        }

        var done = 0;
        for (; done <= residuals.Length - Vector<ulong>.Count; done += Vector<ulong>.Count)
        {
            var residual = new Vector<ulong>(residuals[done..]);
            var reference = references.IsEmpty ? Vector<ulong>.Zero : new Vector<ulong>(references[done..]);
            (IsXor ? residual ^ reference : UnZigZag(residual) + reference).CopyTo(residuals[done..]);
        }

        for (; done < residuals.Length; done++)
            residuals[done] = Restore(residuals[done], references.IsEmpty ? 0 : references[done]);
    }

    /// <summary>The values that a stream's values are relative to; all known before the first of them, except for
    /// <see cref="Previous"/>.</summary>
    /// <param name="column">The stream's.</param>
    public void ReadReferences(EventBlock block, int column, Places places, Span<ulong> references)
    {
        var events = places.Events[..references.Length];
        var reference = Reference;
        switch (reference)
        {
            case Raw:
                references.Clear();
                break;
            case EventNumber:
                for (var i = 0; i < references.Length; i++)
                    references[i] = unchecked((ulong)(block.FirstEvent + events[i]));
                break;
            case >= SameEvent and < EventBefore:
                Columns.Take(Columns.Operand(block, reference - SameEvent + Columns.A), events, references);
                break;
            case >= EventBefore and < SameEventChange:
                var operand = Columns.Operand(block, reference - EventBefore + Columns.A);
                for (var i = 0; i < references.Length; i++)
                    references[i] = events[i] == 0 ? 0 : operand[events[i] - 1];
                break;
            case >= SameEventChange and < SameChange:
                ReadSameEventChange(block, column, places, references);
                break;
            case SameChange:
                Columns.Take(block.ChangeAddresses, places.Changes[..references.Length], references);
                break;
            default:
                throw new InvalidOperationException($"reference {reference} is not known beforehand");
        }
    }

    private static Vector<ulong> ZigZag(Vector<ulong> difference) =>
        difference << 1 ^ Vector.LessThan(difference.As<ulong, long>(), Vector<long>.Zero).As<long, ulong>();

    private static Vector<ulong> UnZigZag(Vector<ulong> value) => value >>> 1 ^ Vector<ulong>.Zero - (value & Vector<ulong>.One);

    private void AddPrevious(Span<ulong> residuals)
    {
        var previous = 0UL;
        if (IsXor)
        {
            for (var i = 0; i < residuals.Length; i++)
                residuals[i] = previous ^= residuals[i];
            return;
        }

        for (var i = 0; i < residuals.Length; i++)
            residuals[i] = previous = unchecked(previous + Varint.UnZigZag(residuals[i]));
    }

    private void ReadSameEventChange(EventBlock block, int column, Places places, Span<ulong> references)
    {
        var referred = Reference - SameEventChange + Columns.FirstChange;
        var words = Columns.ChangeWords(block, referred);
        var ordinal = Columns.Ordinal(referred);
        if (column < Columns.LaterChanges)
        {
            // The changes of an event stand next to each other: no need to look where they begin.
            var back = Columns.Ordinal(column) - ordinal;
            var changes = places.Changes[..references.Length];
            for (var i = 0; i < references.Length; i++)
                references[i] = words[changes[i] - back];
            return;
        }

        var events = places.Events[..references.Length];
        for (var i = 0; i < references.Length; i++)
            references[i] = words[block.ChangeStart(events[i]) + ordinal];
    }
}
