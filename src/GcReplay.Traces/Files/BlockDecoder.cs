using GcReplay.Heaps.Events;

namespace GcReplay.Traces.Files;

/// <summary>Turns the bytes of an Events frame, decompressed, back into a block.</summary>
/// <remarks>The bytes are foreign: whatever they are, the result is a block or a <see cref="MalformedFrameException"/>, and no more
/// is allocated than the limits of <see cref="TraceFormat"/> allow.</remarks>
internal sealed class BlockDecoder
{
    private readonly KindIndex kinds = new();
    private readonly List<(byte Kind, Prediction Prediction, int Length)> directory = [];

    public EventBlock Decode(long firstEvent, int count, ReadOnlySpan<byte> raw)
    {
        if (count is <= 0 or > TraceFormat.BlockEventsMax)
            throw new MalformedFrameException($"says {count} events; 1 to {TraceFormat.BlockEventsMax} are allowed");
        var cursor = new ByteCursor(raw);
        var kindBytes = cursor.Bytes(count);
        var block = new EventBlock(count) { FirstEvent = firstEvent, Count = count };
        kindBytes.CopyTo(block.Kinds);
        CheckKinds(block);
        ReadThreads(block, ref cursor);
        kinds.Build(block);
        for (var column = 0; column < Columns.Count; column++)
        {
            ReadColumn(block, column, ref cursor);
            if (column == Columns.ChangeCount)
                SumChanges(block);
        }

        return cursor.IsAtEnd ? block : throw new MalformedFrameException("holds bytes behind its last column");
    }

    private static void CheckKinds(EventBlock block)
    {
        for (var i = 0; i < block.Count; i++)
        {
            if (!EventShapes.Knows(block.Kinds[i]))
                throw new MalformedFrameException($"holds event {block.FirstEvent + i} of the unknown kind {block.Kinds[i]}");
        }
    }

    private static void ReadThreads(EventBlock block, ref ByteCursor cursor)
    {
        for (var start = 0; start < block.Count;)
        {
            var thread = (ushort)cursor.Int(ushort.MaxValue, "as a thread");
            var run = cursor.Int(block.Count - start, "events of one thread");
            if (run == 0)
                throw new MalformedFrameException("holds an empty run of a thread");
            block.Threads.AsSpan(start, run).Fill(thread);
            start += run;
        }
    }

    /// <summary>Turns the counts, kept in ChangeEnds until now, into ends.</summary>
    private static void SumChanges(EventBlock block)
    {
        long end = 0;
        for (var i = 0; i < block.Count; i++)
        {
            end += block.ChangeEnds[i];
            if (end > TraceFormat.BlockChangesMax)
                throw new MalformedFrameException($"says more than {TraceFormat.BlockChangesMax} changed words");
            block.ChangeEnds[i] = (int)end;
        }

        block.ChangeCount = (int)end;
        block.ChangeAddresses = new ulong[Math.Max(block.ChangeCount, 1)];
        block.ChangeXors = new ulong[Math.Max(block.ChangeCount, 1)];
    }

    private void ReadColumn(EventBlock block, int column, ref ByteCursor cursor)
    {
        directory.Clear();
        foreach (var kind in kinds.Kinds)
        {
            if (column >= Columns.FirstChange && !HasChange(block, kinds.Events(kind), Columns.Ordinal(column)))
                continue;
            var prediction = new Prediction(cursor.Byte());
            if (!Prediction.IsAllowed(column, prediction.Reference))
                throw new MalformedFrameException($"predicts column {column} by {prediction.Code}, which is not allowed there");
            directory.Add((kind, prediction, cursor.Int(TraceFormat.RawBytesMax, "bytes of a stream")));
        }

        if (column == Columns.A)
            ReadInEventOrder(block, ref cursor);
        else
            ReadByKind(block, column, ref cursor);
    }

    private static bool HasChange(EventBlock block, ReadOnlySpan<int> events, int ordinal)
    {
        foreach (var index in events)
        {
            if (block.ChangeEnds[index] - block.ChangeStart(index) > ordinal)
                return true;
        }

        return false;
    }

    private void ReadByKind(EventBlock block, int column, ref ByteCursor cursor)
    {
        foreach (var (kind, prediction, length) in directory)
        {
            var stream = new ByteCursor(cursor.Bytes(length));
            var events = kinds.Events(kind);
            if (column <= Columns.ChangeCount)
                ReadSmall(block, column, events, prediction, ref stream, length > 0);
            else if (column <= Columns.D)
                ReadOperands(block, column, events, prediction, ref stream, length > 0);
            else
                ReadChanges(block, column, events, prediction, ref stream, length > 0);
            CheckEnd(stream, column);
        }
    }

    private static void CheckEnd(in ByteCursor stream, int column)
    {
        if (!stream.IsAtEnd)
            throw new MalformedFrameException($"holds too many values in a stream of column {column}");
    }

    private static void ReadSmall(
        EventBlock block, int column, ReadOnlySpan<int> events, Prediction prediction, ref ByteCursor stream, bool stored)
    {
        ulong previous = 0;
        foreach (var index in events)
        {
            previous = prediction.Restore(stored ? stream.Varint() : 0, prediction.Reference == Prediction.Previous ? previous : 0);
            if (previous > (column == Columns.Site ? ushort.MaxValue : (ulong)TraceFormat.BlockChangesMax))
                throw new MalformedFrameException($"holds {previous} as {(column == Columns.Site ? "a site" : "a number of changed words")}");
            if (column == Columns.Site)
                block.Sites[index] = (ushort)previous;
            else
                block.ChangeEnds[index] = (int)previous;
        }
    }

    private static void ReadOperands(
        EventBlock block, int column, ReadOnlySpan<int> events, Prediction prediction, ref ByteCursor stream, bool stored)
    {
        var target = Columns.Operand(block, column);
        if (!stored && prediction.Reference == Prediction.Raw)
            return;
        ulong previous = 0;
        foreach (var index in events)
        {
            var reference = prediction.ReferenceValue(block, index, 0, previous);
            target[index] = previous = prediction.Restore(stored ? stream.Varint() : 0, reference);
        }
    }

    private static void ReadChanges(
        EventBlock block, int column, ReadOnlySpan<int> events, Prediction prediction, ref ByteCursor stream, bool stored)
    {
        var target = Columns.IsXor(column) ? block.ChangeXors : block.ChangeAddresses;
        var ordinal = Columns.Ordinal(column);
        ulong previous = 0;
        foreach (var index in events)
        {
            var first = block.ChangeStart(index) + ordinal;
            var end = ordinal < Columns.OwnChanges ? Math.Min(first + 1, block.ChangeEnds[index]) : block.ChangeEnds[index];
            for (var change = first; change < end; change++)
            {
                var reference = prediction.ReferenceValue(block, index, change, previous);
                target[change] = previous = prediction.Restore(stored ? stream.Varint() : 0, reference);
            }
        }
    }

    /// <summary>Reads operand A, whose prediction may be the event before, of whatever kind.</summary>
    private void ReadInEventOrder(EventBlock block, ref ByteCursor cursor)
    {
        Span<int> at = stackalloc int[256];
        Span<int> ends = stackalloc int[256];
        Span<ulong> previous = stackalloc ulong[256];
        Span<byte> codes = stackalloc byte[256];
        var total = 0;
        foreach (var (kind, prediction, length) in directory)
        {
            at[kind] = total;
            ends[kind] = total = checked(total + length);
            codes[kind] = prediction.Code;
        }

        var bytes = cursor.Bytes(total);
        ulong before = 0;
        for (var index = 0; index < block.Count; index++)
        {
            var kind = block.Kinds[index];
            var prediction = new Prediction(codes[kind]);
            ulong residual = 0;
            if (at[kind] < ends[kind])
            {
                var stream = new ByteCursor(bytes[at[kind]..ends[kind]]);
                residual = stream.Varint();
                at[kind] += stream.At;
                // The stream ends with its kind's last event: marked below what any position can be.
                if (at[kind] == ends[kind])
                    ends[kind] = -1;
            }
            else if (ends[kind] == -1)
            {
                throw new MalformedFrameException("ends a stream of operand A too early");
            }

            var reference = prediction.Reference == Prediction.EventBefore
                ? before
                : prediction.ReferenceValue(block, index, 0, previous[kind]);
            before = prediction.Restore(residual, reference);
            block.A[index] = previous[kind] = before;
        }

        foreach (var (kind, _, length) in directory)
        {
            if (length > 0 && ends[kind] != -1)
                throw new MalformedFrameException("holds too many values of operand A");
        }
    }
}
