using GcReplay.Heaps.Events;
using GcReplay.Traces.Files;
using ZstdSharp;

namespace GcReplay.Benchmarks;

/// <summary>Prints where recording and playback spend their time, and which columns the bytes are in: nanoseconds of CPU time an event for each
/// stage, by size of block and level of compression.</summary>
internal static class EncodingTable
{
    private const int Runs = 3;

    /// <param name="recordings">Files of recordings; empty for the built-in workloads.</param>
    public static void Print(TextWriter writer, IReadOnlyList<string> recordings)
    {
        Workload[] workloads = recordings.Count > 0
            ? [.. recordings.Select(Workload.Recorded)]
            : [Workload.Rich(), Workload.Churn("marksweep"), LargeHeap.Workload("cpython39", true)];
        writer.WriteLine("| program | events a block | level | hash | encode | index | compress | decompress | decode | bytes/event, raw | packed | index |");
        writer.WriteLine("|---|---|---|---|---|---|---|---|---|---|---|---|");
        foreach (var workload in workloads)
        {
            var trace = new MemoryTrace(workload.Run.Header, int.MaxValue);
            workload.Run.Execute(trace);
            var blocks = Enumerable.Range(0, trace.BlockCount).Select(trace.ReadBlock).ToList();
            foreach (var (joined, level) in new[] { (1, 1), (1, 3), (1, -1), (4, 1), (16, 1) })
                writer.WriteLine(Row(workload.Name, [.. blocks.Chunk(joined).Select(Join)], level));
            writer.WriteLine($"largest columns of {workload.Name}, bytes/event: {Columns(blocks)}");
        }
    }

    private static string Row(string name, List<EventBlock> blocks, int level)
    {
        long events = blocks.Sum(b => (long)b.Count);
        using var compressor = new Compressor(level);
        using var decompressor = new Decompressor();
        List<byte[]> raw = [], packed = [], indexes = [];
        var hashing = Nanoseconds(events, () =>
        {
            var hash = new ContentHash();
            blocks.ForEach(hash.Add);
        });
        var encoding = Nanoseconds(events, () =>
        {
            var encoder = new BlockEncoder();
            raw = blocks.ConvertAll(b => encoder.Encode(b).ToArray());
        });
        var indexing = Nanoseconds(events, () =>
        {
            var codec = new SummaryCodec();
            indexes = blocks.ConvertAll(b => compressor.Wrap(codec.Encode(b)).ToArray());
        });
        var compressing = Nanoseconds(events, () => packed = raw.ConvertAll(r => compressor.Wrap(r).ToArray()));
        var decompressing = Nanoseconds(events, () => packed.ForEach(p => decompressor.Unwrap(p)));
        var decoding = Nanoseconds(events, () =>
        {
            var decoder = new BlockDecoder();
            for (var i = 0; i < raw.Count; i++)
                decoder.Decode(blocks[i].FirstEvent, blocks[i].Count, raw[i]);
        });
        string[] cells =
        [
            name, $"{blocks[0].Count:N0}", $"{level}", $"{hashing:0.0}", $"{encoding:0.0}", $"{indexing:0.0}", $"{compressing:0.0}", $"{decompressing:0.0}",
            $"{decoding:0.0}", Per(raw, events), Per(packed, events), Per(indexes, events),
        ];
        return $"| {string.Join(" | ", cells)} |";
    }

    private static string Per(List<byte[]> parts, long events) => $"{(double)parts.Sum(p => (long)p.Length) / events:0.00}";

    private static double Nanoseconds(long events, Action action)
    {
        action();
        return Cost.Median(Runs, action).Cpu * 1e9 / events;
    }

    private static EventBlock Join(EventBlock[] blocks)
    {
        var joined = new EventBlock(blocks.Sum(b => b.Count), Math.Max(1, blocks.Sum(b => b.ChangeCount))) { FirstEvent = blocks[0].FirstEvent };
        foreach (var block in blocks)
        {
            for (var i = 0; i < block.Count; i++)
            {
                joined.Add(block[i]);
                for (var change = block.ChangeStart(i); change < block.ChangeEnds[i]; change++)
                    joined.AddChange(block.Change(change).Address, block.Change(change).Xor);
            }
        }

        return joined;
    }

    private static string Columns(List<EventBlock> blocks)
    {
        var encoder = new BlockEncoder();
        using var compressor = new Compressor(1);
        var bytes = new SortedDictionary<int, long>();
        foreach (var block in blocks)
        {
            var cursor = new ByteCursor(encoder.Encode(block));
            while (!cursor.IsAtEnd)
            {
                var column = (int)cursor.Varint();
                var packed = compressor.Wrap(cursor.Bytes((int)cursor.Varint())).Length;
                bytes[column] = bytes.GetValueOrDefault(column) + packed;
            }
        }

        double events = blocks.Sum(b => (long)b.Count);
        return string.Join(", ", bytes.OrderByDescending(b => b.Value).Take(12).Select(b => $"{b.Key}: {b.Value / events:0.00}"));
    }
}
