using GcReplay.Heaps;
using GcReplay.Heaps.Events;

namespace GcReplay.Traces.Files;

/// <summary>Turns a block of events into the bytes of an Events frame, before compression. See FORMAT.md, "Events".</summary>
/// <remarks>For each stream it tries every prediction on a sample and keeps the cheapest for some blocks, so that no collector's
/// habits are built in. The bytes of a block depend on the blocks before it and on nothing else. Not for two threads at
/// once.</remarks>
internal sealed class BlockEncoder
{
    /// <summary>Values of a stream that are looked at to choose a prediction.</summary>
    private const int SampleMax = 256;

    /// <summary>Blocks for which a prediction that proved itself is kept, at most: choosing costs more than encoding.</summary>
    private const int BlocksPerChoiceMax = 64;

    private readonly KindIndex kinds = new();
    private readonly ByteColumn output = new();
    private readonly ByteColumn directory = new();
    private readonly ByteColumn streams = new();
    private readonly ByteColumn stream = new();
    private readonly Choice[] chosen = new Choice[256 * Columns.Count];
    private ulong[] values = [];
    private ulong[] residuals = [];
    private int length;

    /// <summary>Encodes a block; the bytes are good until the next call.</summary>
    /// <exception cref="GcReplayException">The block is larger than the format allows.</exception>
    public ReadOnlySpan<byte> Encode(EventBlock block)
    {
        Check.That(block.Count is > 0 and <= TraceLimits.BlockEvents, $"a block of {block.Count} events");
        if (block.ChangeCount > TraceLimits.BlockChanges)
            throw TooLarge(block, $"{block.ChangeCount} changed words", $"{TraceLimits.BlockChanges}");
        kinds.Build(block);
        output.Clear();
        BeginColumn(Columns.KindsNumber, block.Count);
        output.Add(block.Kinds.AsSpan(0, block.Count));
        AddThreads(block);
        for (var column = 0; column < Columns.Count; column++)
            AddColumn(block, column);
        if (output.Length > TraceLimits.RawBytes)
            throw TooLarge(block, $"{output.Length} bytes", $"{TraceLimits.RawBytes}");
        return output.Written;
    }

    private static GcReplayException TooLarge(EventBlock block, string what, string max) => new(
        $"events {block.FirstEvent}-{block.LastEvent} take {what}; a block of a trace holds at most {max}. "
        + "Record a program with smaller objects.");

    private void BeginColumn(int number, int bytes)
    {
        output.AddVarint((ulong)number);
        output.AddVarint((ulong)bytes);
    }

    private void AddThreads(EventBlock block)
    {
        streams.Clear();
        for (var start = 0; start < block.Count;)
        {
            var end = start + 1;
            while (end < block.Count && block.Threads[end] == block.Threads[start])
                end++;
            streams.AddVarint(block.Threads[start]);
            streams.AddVarint((ulong)(end - start));
            start = end;
        }

        BeginColumn(Columns.ThreadsNumber, streams.Length);
        output.Add(streams.Written);
    }

    private void AddColumn(EventBlock block, int column)
    {
        directory.Clear();
        streams.Clear();
        if (column >= Columns.FirstChange && !Columns.IsXor(column))
            kinds.NextChange(block, Columns.Ordinal(column));
        foreach (var kind in kinds.Kinds)
        {
            if (!kinds.Has(kind))
                continue;
            var places = kinds.Places(block, kind);
            ReadValues(block, column, places);
            var prediction = Predict(block, column, kind, places);
            AddStream(block, column, prediction, places);
            directory.AddByte(prediction.Code);
            directory.AddVarint((ulong)stream.Length);
            streams.Add(stream.Written);
        }

        if (directory.Length == 0)
            return;
        BeginColumn(column + Columns.FirstNumber, directory.Length + streams.Length);
        output.Add(directory.Written);
        output.Add(streams.Written);
    }

    private void ReadValues(EventBlock block, int column, Places places)
    {
        length = places.Events.Length;
        if (values.Length < length)
        {
            values = new ulong[length];
            residuals = new ulong[length];
        }

        Columns.Read(block, column, places, values);
    }

    /// <summary>Keeps a prediction for twice as many blocks each time that it is found to be the best, and for one when another is.</summary>
    private Prediction Predict(EventBlock block, int column, byte kind, Places places)
    {
        ref var choice = ref chosen[kind * Columns.Count + column];
        if (choice.BlocksLeft == 0)
        {
            var best = Choose(block, column, places, choice.Blocks > 0 ? choice.Prediction : Prediction.None);
            choice.Blocks = choice.Blocks > 0 && best == choice.Prediction ? Math.Min(choice.Blocks * 2, BlocksPerChoiceMax) : 1;
            (choice.Prediction, choice.BlocksLeft) = (best, choice.Blocks);
        }

        choice.BlocksLeft--;
        return choice.Prediction;
    }

    /// <summary>The cheapest prediction for a sample; of some that cost the same the first.</summary>
    /// <param name="likely">Looked at first: what costs more than a good prediction is given up early.</param>
    private Prediction Choose(EventBlock block, int column, Places places, Prediction likely)
    {
        var count = Math.Min(length, SampleMax);
        var sample = values.AsSpan(0, count);
        var references = residuals.AsSpan(0, count);
        ReadReferences(block, column, likely, places, references);
        var best = (Cost: Cost(sample, references, likely, long.MaxValue), Order: Order(likely), Prediction: likely);
        for (var reference = 0; reference < Prediction.References; reference++)
        {
            if (!Prediction.IsAllowed(column, reference))
                continue;
            ReadReferences(block, column, Prediction.Of(reference, false), places, references);
            for (var op = 0; op < 2; op++)
            {
                var prediction = Prediction.Of(reference, op == 1);
                var cost = Cost(sample, references, prediction, best.Cost);
                if (cost < best.Cost || cost == best.Cost && Order(prediction) < best.Order)
                    best = (cost, Order(prediction), prediction);
            }

            if (best.Cost == 0 && best.Order <= Order(Prediction.Of(reference, true)))
                break;
        }

        return best.Prediction;
    }

    /// <summary>Relative to nothing comes first, then by reference.</summary>
    private static int Order(Prediction prediction) =>
        prediction == Prediction.None ? -1 : prediction.Reference * 2 + (prediction.IsXor ? 1 : 0);

    /// <summary>Estimated size after compression, in eighths of a byte: a residual like the one before is nearly free.</summary>
    /// <returns>Anything above <paramref name="max"/> when it is more than that.</returns>
    private static long Cost(ReadOnlySpan<ulong> values, ReadOnlySpan<ulong> references, Prediction prediction, long max)
    {
        references = references[..values.Length];
        long cost = 0;
        ulong residualBefore = 0;
        for (var i = 0; i < values.Length && cost <= max; i++)
        {
            var residual = prediction.Residual(values[i], references[i]);
            if (residual != residualBefore)
                cost += 8 * Varint.Length(residual);
            else if (residual != 0)
                cost++;
            residualBefore = residual;
        }

        return cost;
    }

    /// <summary>Writes the residuals; nothing when all are 0.</summary>
    private void AddStream(EventBlock block, int column, Prediction prediction, Places places)
    {
        stream.Clear();
        var all = values.AsSpan(0, length);
        if (prediction != Prediction.None)
        {
            all = residuals.AsSpan(0, length);
            ReadReferences(block, column, prediction, places, all);
            prediction.Subtract(values, all);
        }

        if (all.ContainsAnyExcept(0UL))
            stream.AddVarints(all);
    }

    /// <summary>What the first values of the stream are relative to.</summary>
    private void ReadReferences(EventBlock block, int column, Prediction prediction, Places places, Span<ulong> references)
    {
        if (prediction.Reference != Prediction.Previous)
        {
            prediction.ReadReferences(block, column, places, references);
            return;
        }

        references[0] = 0;
        values.AsSpan(0, references.Length - 1).CopyTo(references[1..]);
    }

    /// <summary>The prediction of a stream.</summary>
    private struct Choice
    {
        public Prediction Prediction;

        /// <summary>Blocks for which it was chosen; 0 before the first.</summary>
        public int Blocks;
        public int BlocksLeft;
    }
}
