using System.Buffers.Binary;
using System.Numerics;
using GcReplay.Heaps.Events;
using GcReplay.Heaps.Memory;

namespace GcReplay.Traces.Files;

/// <summary>A block's index: made of the block while it is written, read when a question wants to pass over blocks. See FORMAT.md,
/// "Index".</summary>
internal sealed class SummaryCodec
{
    /// <summary>A range of more pages is not listed page by page.</summary>
    private const ulong RangePagesMax = 64;

    private static readonly byte[] OperandsOf = ListOperands();
    private readonly WordSetBuilder written = new();
    private readonly WordSetBuilder named = new();
    private readonly ByteColumn output = new();
    private bool hasLargeRange;

    /// <summary>How an index takes an operand: two bits for each of a kind's four.</summary>
    private enum Use
    {
        None = 0,
        Address = 1,
        Number = 2,
        RangeStart = 3,
    }

    /// <summary>The bytes are good until the next call.</summary>
    public ReadOnlySpan<byte> Encode(EventBlock block)
    {
        written.Clear();
        named.Clear();
        hasLargeRange = false;
        var kinds = 0UL;
        for (var i = 0; i < block.Count; i++)
        {
            kinds |= 1UL << block.Kinds[i];
            var uses = OperandsOf[block.Kinds[i]];
            if (uses != 0)
                AddOperands(block, i, uses);
        }

        foreach (var address in block.ChangeAddresses.AsSpan(0, block.ChangeCount))
            written.Add(address);
        output.Clear();
        output.AddWord(kinds);
        output.AddByte(hasLargeRange ? (byte)1 : (byte)0);
        written.Write(output);
        named.Write(output);
        return output.Written;
    }

    public static BlockSummary Decode(long firstEvent, int count, ReadOnlySpan<byte> raw)
    {
        var cursor = new ByteCursor(raw);
        var kinds = BinaryPrimitives.ReadUInt64LittleEndian(cursor.Bytes(8));
        var hasLargeRange = cursor.Byte() != 0;
        var written = ReadSet(ref cursor);
        // Bytes behind what is known here are a later version's.
        return new BlockSummary(firstEvent, firstEvent + count - 1, kinds, hasLargeRange, written, ReadSet(ref cursor));
    }

    private static WordSet ReadSet(ref ByteCursor cursor)
    {
        var count = cursor.Int(TraceLimits.BlockChanges, "pages");
        // A page takes two bytes at least: its distance and its mask.
        if (count > cursor.Left / 2)
            throw new MalformedFrameException($"says {count} pages, more than there are bytes for");
        var pages = new ulong[count];
        ulong next = 0;
        for (var i = 0; i < count; i++)
        {
            pages[i] = unchecked(next + cursor.Varint());
            if (i > 0 && pages[i] <= pages[i - 1])
                throw new MalformedFrameException("holds pages that do not ascend");
            next = unchecked(pages[i] + 1);
        }

        var masks = cursor.Bytes(count).ToArray();
        var starts = new int[count + 1];
        for (var i = 0; i < count; i++)
            starts[i + 1] = starts[i] + BitOperations.PopCount(masks[i]);
        var bits = new ulong[starts[count]];
        cursor.Words(bits);
        return new WordSet(pages, starts, masks, bits);
    }

    private static byte[] ListOperands()
    {
        var uses = new byte[256];
        foreach (var shape in EventShapes.All)
        {
            for (var i = 0; i < shape.Operands.Length; i++)
                uses[(int)shape.Kind] |= (byte)((int)UseOf(shape, i) << i * 2);
        }

        return uses;
    }

    private static Use UseOf(EventShape shape, int operand) => shape.Operands[operand].Kind switch
    {
        OperandKind.Address when operand == 0 && shape.Operands.Length > 1 && shape.Operands[1].Kind == OperandKind.Bytes => Use.RangeStart,
        OperandKind.Address or OperandKind.ReadAddress or OperandKind.Object or OperandKind.Container => Use.Address,
        OperandKind.ObjectNumber => Use.Number,
        _ => Use.None,
    };

    private void AddOperands(EventBlock block, int index, int uses)
    {
        if ((uses & 3) != 0)
            Add((Use)(uses & 3), block.A[index], block.B[index]);
        if ((uses & 0xC) != 0)
            Add((Use)(uses >> 2 & 3), block.B[index], 0);
        if ((uses & 0x30) != 0)
            Add((Use)(uses >> 4 & 3), block.C[index], 0);
        if ((uses & 0xC0) != 0)
            Add((Use)(uses >> 6), block.D[index], 0);
    }

    private void Add(Use use, ulong operand, ulong bytes)
    {
        if (operand == 0)
            return;
        if (use == Use.Number)
        {
            var (page, word) = BlockSummary.KeyOf(operand);
            named.Add(page, word);
            return;
        }

        named.Add(operand);
        if (use == Use.RangeStart && bytes > 0)
            AddFurtherPages(new Address(operand).Page, unchecked(operand + bytes - 1) >> AddressSpace.PageShift);
    }

    private void AddFurtherPages(ulong first, ulong last)
    {
        if (last < first || last - first > RangePagesMax)
        {
            hasLargeRange = true;
            return;
        }

        for (var page = first + 1; page <= last; page++)
            named.Add(page, 0);
    }
}
