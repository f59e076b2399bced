using GcReplay.Heaps.Events;

namespace GcReplay.Traces.Files;

/// <summary>Turns the bytes of an Events frame, decompressed, back into a block.</summary>
/// <remarks>The bytes are foreign: whatever they are, the result is a block or a <see cref="MalformedFrameException"/>, and no more
/// is allocated than the limits of <see cref="TraceFormat"/> allow.</remarks>
internal sealed class BlockDecoder
{
    private readonly KindIndex kinds = new();
    private readonly List<(byte Kind, Prediction Prediction, int Length)> directory = [];
    private readonly Places places = new();
    private ulong[] values = [];
    private ulong[] references = [];

    public EventBlock Decode(long firstEvent, int count, ReadOnlySpan<byte> raw)
    {
        if (count is <= 0 or > TraceFormat.BlockEventsMax)
            throw new MalformedFrameException($"says {count} events; 1 to {TraceFormat.BlockEventsMax} are allowed");
        var cursor = new ByteCursor(raw);
        var kindBytes = cursor.Bytes(count);
        var block = new EventBlock(count, 0) { FirstEvent = firstEvent, Count = count };
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
        if (column >= Columns.FirstChange && !Columns.IsXor(column))
            kinds.KeepChanged(block, Columns.Ordinal(column));
        foreach (var kind in kinds.Kinds)
        {
            if (kinds.Events(kind).IsEmpty)
                continue;
            var prediction = new Prediction(cursor.Byte());
            if (!Prediction.IsAllowed(column, prediction.Reference))
                throw new MalformedFrameException($"predicts column {column} by {prediction.Code}, which is not allowed there");
            directory.Add((kind, prediction, cursor.Int(TraceFormat.RawBytesMax, "bytes of a stream")));
        }

        foreach (var (kind, prediction, length) in directory)
            ReadStream(block, column, kind, prediction, new ByteCursor(cursor.Bytes(length)));
        if (column == Columns.A)
            RestoreInEventOrder(block);
    }

    private void ReadStream(EventBlock block, int column, byte kind, Prediction prediction, ByteCursor stream)
    {
        if (stream.IsAtEnd && prediction.Reference == Prediction.Raw && column > Columns.ChangeCount)
            return;
        places.List(block, column, kinds.Events(kind));
        Reserve(places.Events.Length);
        var all = values.AsSpan(0, places.Events.Length);
        if (stream.IsAtEnd)
            all.Clear();
        else
            stream.Varints(all);
        if (!stream.IsAtEnd)
            throw new MalformedFrameException($"holds too many values in a stream of column {column}");
        if (!IsInEventOrder(column, prediction))
            Restore(block, prediction, all);
        Write(block, column, all);
    }

    private void Reserve(int count)
    {
        if (values.Length >= count)
            return;
        values = new ulong[count];
        references = new ulong[count];
    }

    private void Restore(EventBlock block, Prediction prediction, Span<ulong> residuals)
    {
        var known = references.AsSpan(0, residuals.Length);
        if (prediction.Reference != Prediction.Previous)
            prediction.ReadReferences(block, places.Events, places.Changes, known);
        prediction.Add(known, residuals);
    }

    private void Write(EventBlock block, int column, ReadOnlySpan<ulong> all)
    {
        if (column > Columns.ChangeCount)
        {
            var isChange = column >= Columns.FirstChange;
            var target = isChange ? Columns.ChangeWords(block, column) : Columns.Operand(block, column);
            var at = isChange ? places.Changes : places.Events;
            for (var i = 0; i < all.Length; i++)
                target[at[i]] = all[i];
            return;
        }

        var max = column == Columns.Site ? ushort.MaxValue : (ulong)TraceFormat.BlockChangesMax;
        for (var i = 0; i < all.Length; i++)
        {
            if (all[i] > max)
                throw new MalformedFrameException($"holds {all[i]} as {(column == Columns.Site ? "a site" : "a number of changed words")}");
            if (column == Columns.Site)
                block.Sites[places.Events[i]] = (ushort)all[i];
            else
                block.ChangeEnds[places.Events[i]] = (int)all[i];
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
