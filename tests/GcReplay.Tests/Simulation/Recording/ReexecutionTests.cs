using GcReplay.Heaps.Events;
using GcReplay.Heaps.Memory;
using GcReplay.Simulation.Recording;
using GcReplay.Tests.Contracts;
using GcReplay.Traces;
using GcReplay.Traces.Files;

namespace GcReplay.Tests.Simulation.Recording;

public sealed class ReexecutionTests
{
    private static readonly RunOptions Busy = TestRun.Options(DeterminismContractTests.Busy) with { IsChaos = true, Seed = 9 };

    [Theory]
    [MemberData(nameof(Machines.All), MemberType = typeof(Machines))]
    public void A_recorded_run_verifies(string collector, string allocator)
    {
        var trace = Record(Busy with { Collector = collector, Allocator = allocator });

        var result = Reexecution.Verify(trace);

        Assert.Null(result.Divergence);
        Assert.Equal(trace.EventCount, result.EventsCompared);
    }

    [Fact]
    public void A_flipped_choice_is_caught_at_the_event_of_that_choice()
    {
        var trace = Record(Busy);
        var flipped = trace.Choices.Length / 2;
        var wrong = trace.Choices[flipped];

        var changed = Copy(trace, choices: trace.Choices.SetItem(flipped, wrong with { Chosen = (wrong.Chosen + 1) % wrong.Of }));
        var result = Reexecution.Verify(changed);

        Assert.Equal(NumberOf(trace, EventKind.Choice, flipped), result.Divergence?.Event);
        Assert.StartsWith("Choice(", result.Divergence!.Expected, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(3)]
    [InlineData(77)]
    [InlineData(200)]
    public void A_changed_word_is_caught_at_the_event_that_wrote_it(int change)
    {
        var trace = Record(Busy);

        var changed = Copy(trace, flipsBitOfChange: change);
        var result = Reexecution.Verify(changed);

        Assert.Equal(EventOfChange(trace, change), result.Divergence?.Event);
    }

    [Fact]
    public void A_trace_cut_short_by_its_recorder_verifies_up_to_its_end()
    {
        var whole = Record(Busy);
        var cut = new MemoryTrace(whole.Header);
        using var cancellation = new CancellationTokenSource();
        var result = new PreparedRun(Busy, "test").Execute(cut, new CancelAt(100, cancellation), cancellation: cancellation.Token);
        cut.Finish(result.ToOutcome(), result.Choices);

        Assert.Equal(RunStatus.Cancelled, result.Status);
        Assert.InRange(cut.EventCount, 100, whole.EventCount - 1);
        Assert.Null(Reexecution.Verify(cut).Divergence);
    }

    [Fact]
    public void A_changed_file_with_new_checksums_diverges_at_the_same_event()
    {
        var trace = Record(Busy);
        var path = Path.Combine(Path.GetTempPath(), $"gcreplay-{Environment.ProcessId}-changed.gctrace");
        try
        {
            using (var writer = new TraceWriter(path, trace.Header))
            {
                CopyBlocks(trace, writer, flipsBitOfChange: 42);
                writer.Finish(trace.Outcome!, trace.Choices);
            }

            using var reader = TraceReader.Open(path);
            Assert.Equal(EventOfChange(trace, 42), Reexecution.Verify(reader).Divergence?.Event);
        }
        finally
        {
            File.Delete(path);
        }
    }

    private static MemoryTrace Record(RunOptions options)
    {
        var run = new PreparedRun(options, "test");
        var trace = new MemoryTrace(run.Header);
        var result = run.Execute(trace);
        trace.Finish(result.ToOutcome(), result.Choices);
        return trace;
    }

    private static MemoryTrace Copy(
        MemoryTrace trace, int flipsBitOfChange = -1, System.Collections.Immutable.ImmutableArray<RecordedChoice>? choices = null)
    {
        var copy = new MemoryTrace(trace.Header, int.MaxValue);
        CopyBlocks(trace, copy, flipsBitOfChange);
        copy.Finish(trace.Outcome!, choices ?? trace.Choices);
        return copy;
    }

    private static void CopyBlocks(MemoryTrace trace, IBlockSink into, int flipsBitOfChange)
    {
        var seen = 0;
        for (var b = 0; b < trace.BlockCount; b++)
        {
            var from = trace.ReadBlock(b);
            var to = new EventBlock(from.Capacity) { FirstEvent = from.FirstEvent };
            for (var i = 0; i < from.Count; i++)
            {
                to.Add(from[i]);
                for (var c = from.ChangeStart(i); c < from.ChangeEnds[i]; c++, seen++)
                    to.AddChange(from.Change(c).Address, from.Change(c).Xor ^ (seen == flipsBitOfChange ? 1UL : 0));
            }

            into.Take(to, new AddressSpace());
        }
    }

    private static long NumberOf(MemoryTrace trace, EventKind kind, int index) => Events(trace).Where(e => e.Kind == kind).ElementAt(index).Number;

    private static long EventOfChange(MemoryTrace trace, int change)
    {
        var seen = 0;
        return Events(trace).First(e => (seen += e.Changes) > change).Number;
    }

    private static IEnumerable<(long Number, EventKind Kind, int Changes)> Events(MemoryTrace trace) =>
        Enumerable.Range(0, trace.BlockCount).Select(trace.ReadBlock).SelectMany(block => Enumerable.Range(0, block.Count)
            .Select(i => (block.FirstEvent + i, block[i].Kind, block.ChangeEnds[i] - block.ChangeStart(i))));

    private sealed class CancelAt(long number, CancellationTokenSource cancellation) : IRunObserver
    {
        public void Start(AddressSpace space, Shadow shadow, GcReplay.Heaps.Layouts.Layout layout)
        {
        }

        public bool AfterEvent(long at, in Event e)
        {
            if (at == number)
                cancellation.Cancel();
            return true;
        }
    }
}
