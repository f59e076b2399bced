using GcReplay.Heaps.Events;

namespace GcReplay.Traces.Files;

/// <summary>Turns the bytes of an Events frame, decompressed, back into a block.</summary>
/// <remarks>The bytes are foreign: whatever they are, the result is a block or a <see cref="MalformedFrameException"/>, and no more
/// is allocated than the limits of <see cref="TraceLimits"/> allow.</remarks>
internal sealed class BlockDecoder
{
    private readonly KindIndex kinds = new();
    private readonly List<(byte Kind, Prediction Prediction, int Length)> directory = [];
    private readonly (int At, int Length)[] columns = new (int, int)[Columns.FirstNumber + Columns.Count];
    private ulong[] values = [];
    private ulong[] references = [];

    public EventBlock Decode(long firstEvent, int count, ReadOnlySpan<byte> raw)
    {
        if (count is <= 0 or > TraceLimits.BlockEvents)
            throw new MalformedFrameException($"says {count} events; 1 to {TraceLimits.BlockEvents} are allowed");
        FindColumns(raw);
        var kindBytes = Column(raw, Columns.KindsNumber);
        if (kindBytes.Length != count)
            throw new MalformedFrameException($"names the kinds of {kindBytes.Length} events, and says {count}");
        var block = new EventBlock(count, 0, isCleared: false) { FirstEvent = firstEvent, Count = count };
        kindBytes.CopyTo(block.Kinds);
        CheckKinds(block);
        ReadThreads(block, Column(raw, Columns.ThreadsNumber));
        kinds.Build(block);
        for (var column = 0; column < Columns.Count; column++)
        {
            ReadColumn(block, column, Column(raw, column + Columns.FirstNumber));
            if (column == Columns.ChangeCount)
                SumChanges(block);
        }

        return block;
    }

    /// <summary>Notes where each known column lies; those of later versions are passed over.</summary>
    private void FindColumns(ReadOnlySpan<byte> raw)
    {
        Array.Clear(columns);
        var cursor = new ByteCursor(raw);
        var next = 0;
        while (!cursor.IsAtEnd)
        {
            var number = cursor.Int(TraceLimits.BlockColumns, "as the number of a column");
            if (number < next)
                throw new MalformedFrameException($"holds column {number} where {next} or a later one is next");
            next = number + 1;
            var length = cursor.Int(TraceLimits.RawBytes, "bytes of a column");
            var at = cursor.At;
            cursor.Bytes(length);
            if (number < columns.Length)
                columns[number] = (at, length);
        }
    }

    /// <summary>The bytes of a column; none when it is left out: then all its values are 0.</summary>
    private ReadOnlySpan<byte> Column(ReadOnlySpan<byte> raw, int number) => raw.Slice(columns[number].At, columns[number].Length);

    private static void CheckKinds(EventBlock block)
    {
        for (var i = 0; i < block.Count; i++)
        {
            if (!EventShapes.Knows(block.Kinds[i]))
                throw new MalformedFrameException($"holds event {block.FirstEvent + i} of the unknown kind {block.Kinds[i]}");
        }
    }

    private static void ReadThreads(EventBlock block, ReadOnlySpan<byte> column)
    {
        if (column.IsEmpty)
        {
            block.Threads.AsSpan().Clear();
            return;
        }

        var cursor = new ByteCursor(column);
        for (var start = 0; start < block.Count;)
        {
            var thread = (ushort)cursor.Int(ushort.MaxValue, "as a thread");
            var run = cursor.Int(block.Count - start, "events of one thread");
            if (run == 0)
                throw new MalformedFrameException("holds an empty run of a thread");
            block.Threads.AsSpan(start, run).Fill(thread);
            start += run;
        }

        if (!cursor.IsAtEnd)
            throw new MalformedFrameException("holds threads behind its last event");
    }

    /// <summary>Turns the counts, kept in ChangeEnds until now, into ends.</summary>
    private static void SumChanges(EventBlock block)
    {
        long end = 0;
        for (var i = 0; i < block.Count; i++)
        {
            end += block.ChangeEnds[i];
            if (end > TraceLimits.BlockChanges)
                throw new MalformedFrameException($"says more than {TraceLimits.BlockChanges} changed words");
            block.ChangeEnds[i] = (int)end;
        }

        block.ChangeCount = (int)end;
        block.ChangeAddresses = new ulong[Math.Max(block.ChangeCount, 1)];
        block.ChangeXors = new ulong[Math.Max(block.ChangeCount, 1)];
    }

    private void ReadColumn(EventBlock block, int column, ReadOnlySpan<byte> bytes)
    {
        directory.Clear();
        if (column >= Columns.FirstChange && !Columns.IsXor(column))
            kinds.NextChange(block, Columns.Ordinal(column));
        if (bytes.IsEmpty)
        {
            Clear(block, column);
            return;
        }

        var cursor = new ByteCursor(bytes);
        foreach (var kind in kinds.Kinds)
        {
            if (!kinds.Has(kind))
                continue;
            var prediction = new Prediction(cursor.Byte());
            if (!Prediction.IsAllowed(column, prediction.Reference))
                throw new MalformedFrameException($"predicts column {column} by {prediction.Code}, which is not allowed there");
            directory.Add((kind, prediction, cursor.Int(TraceLimits.RawBytes, "bytes of a stream")));
        }

        foreach (var (kind, prediction, length) in directory)
            ReadStream(block, column, kind, prediction, new ByteCursor(cursor.Bytes(length)));
        if (!cursor.IsAtEnd)
            throw new MalformedFrameException($"holds bytes behind the last stream of column {column}");
        if (column == Columns.A)
            RestoreInEventOrder(block);
    }

    private static void Clear(EventBlock block, int column)
    {
        if (column == Columns.Site)
            block.Sites.AsSpan().Clear();
        else if (column == Columns.ChangeCount)
            block.ChangeEnds.AsSpan().Clear();
        else if (column <= Columns.D)
            Columns.Operand(block, column).AsSpan().Clear();
    }

    private void ReadStream(EventBlock block, int column, byte kind, Prediction prediction, ByteCursor stream)
    {
        // The columns of changes are zero until they are written, the others hold anything.
        if (stream.IsAtEnd && prediction.Reference == Prediction.Raw && column >= Columns.FirstChange)
            return;
        var places = kinds.Places(block, kind);
        Reserve(places.Events.Length);
        var all = values.AsSpan(0, places.Events.Length);
        if (stream.IsAtEnd)
            all.Clear();
        else
            stream.Varints(all);
        if (!stream.IsAtEnd)
            throw new MalformedFrameException($"holds too many values in a stream of column {column}");
        if (!IsInEventOrder(column, prediction))
            Restore(block, column, prediction, places, all);
        Write(block, column, places, all);
    }

    private void Reserve(int count)
    {
        if (values.Length >= count)
            return;
        values = new ulong[count];
        references = new ulong[count];
    }

    private void Restore(EventBlock block, int column, Prediction prediction, Places places, Span<ulong> residuals)
    {
        var known = references.AsSpan(0, residuals.Length);
        if (prediction.Reference > Prediction.Previous)
            prediction.ReadReferences(block, column, places, known);
        prediction.Add(known, residuals);
    }

    private static void Write(EventBlock block, int column, Places places, ReadOnlySpan<ulong> all)
    {
        if (column >= Columns.FirstChange)
            Columns.Put(all, places.Changes, Columns.ChangeWords(block, column));
        else if (column > Columns.ChangeCount)
            Columns.Put(all, places.Events, Columns.Operand(block, column));
        else
            WriteSmall(block, column, places.Events, all);
    }

    private static void WriteSmall(EventBlock block, int column, ReadOnlySpan<int> events, ReadOnlySpan<ulong> all)
    {
        var max = column == Columns.Site ? ushort.MaxValue : (ulong)TraceLimits.BlockChanges;
        if (all.ContainsAnyExceptInRange(0UL, max))
        {
            var wrong = all[all.IndexOfAnyExceptInRange(0UL, max)];
            throw new MalformedFrameException($"holds {wrong} as {(column == Columns.Site ? "a site" : "a number of changed words")}");
        }

        for (var i = 0; i < all.Length; i++)
        {
            if (column == Columns.Site)
                block.Sites[events[i]] = unchecked((ushort)all[i]);
            else
                block.ChangeEnds[events[i]] = unchecked((int)all[i]);
        }
    }

    /// <summary>Whether the values are relative to operand A of the event before, which may be of the same stream.</summary>
    private static bool IsInEventOrder(int column, Prediction prediction) =>
        column == Columns.A && prediction.Reference == Prediction.EventBefore;

    /// <summary>Operand A holds residuals still where it is relative to the event before, of whatever kind: restores them.</summary>
    private void RestoreInEventOrder(EventBlock block)
    {
        Span<byte> codes = stackalloc byte[256];
        codes.Clear();
        foreach (var (kind, prediction, _) in directory)
            codes[kind] = IsInEventOrder(Columns.A, prediction) ? prediction.Code : (byte)Prediction.Raw;
        if (!codes.ContainsAnyExcept((byte)Prediction.Raw))
            return;
        var before = 0UL;
        for (var i = 0; i < block.Count; i++)
        {
            var code = codes[block.Kinds[i]];
            if (code != Prediction.Raw)
                block.A[i] = new Prediction(code).Restore(block.A[i], before);
            before = block.A[i];
        }
    }
}
