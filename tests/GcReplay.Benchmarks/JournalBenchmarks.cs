using BenchmarkDotNet.Attributes;
using GcReplay.Heaps.Events;
using GcReplay.Heaps.Memory;
using GcReplay.Simulation.Recording;
using GcReplay.Traces;

namespace GcReplay.Benchmarks;

/// <summary>What one event that changes one word costs, with nobody listening and with a sink that throws the blocks away.</summary>
public class JournalBenchmarks
{
    private const int Events = 100_000;
    private static readonly Address Start = new(0x10000);

    [Benchmark(OperationsPerInvoke = Events, Baseline = true)]
    public ulong Unrecorded() => Run(null);

    [Benchmark(OperationsPerInvoke = Events)]
    public ulong Recorded() => Run(new Discard());

    private static ulong Run(IBlockSink? sink)
    {
        var journal = new Journal(sink);
        journal.Map(Start, 1 << 20);
        for (var i = 0; i < Events; i++)
        {
            var slot = Start + (i * 8 & 0xFFFF8);
            journal.Event(EventKind.Store, Start.Value, slot.Value, (ulong)i);
            journal.Write(slot, (ulong)i);
        }

        journal.Complete();
        return journal.Space.Hash;
    }

    private sealed class Discard : IBlockSink
    {
        public EventBlock Take(EventBlock block, AddressSpace state)
        {
            block.Clear();
            return block;
        }
    }
}
