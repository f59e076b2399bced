using CsCheck;
using GcReplay.Heaps.Events;
using GcReplay.Heaps.Layouts;
using GcReplay.Heaps.Memory;
using GcReplay.Traces;
using GcReplay.Traces.Files;

namespace GcReplay.Tests.Traces;

public sealed class TraceRoundTripTests : IDisposable
{
    /// <summary>Values of all sizes, and the ends of their range often.</summary>
    private static readonly Gen<ulong> Word = Gen.OneOf(
        Gen.ULong, Gen.Const(0UL), Gen.Const(ulong.MaxValue), Gen.Const(1UL << 63), Gen.ULong[0, 300], Gen.ULong[0x5555_0000_0000, 0x5555_0001_0000]);

    private static readonly EventShape[] Shapes = [.. EventShapes.All];

    private static readonly Gen<Event> AnyEvent = Gen.Select(
        Gen.Int[0, Shapes.Length - 1], Gen.UShort, Gen.UShort, Gen.Select(Word, Word, Word, Word),
        (kind, thread, site, o) => new Event(Plain(Shapes[kind].Kind), thread, site, o.Item1, o.Item2, o.Item3, o.Item4));

    private static readonly Gen<WordChange[]> Changes = Gen.Frequency(
        (9, Gen.Select(Word, Word, (a, x) => new WordChange(new Address(a), x)).Array[0, 3]),
        (1, Gen.Select(Word, Word, (a, x) => new WordChange(new Address(a), x)).Array[6, 40]));

    private static readonly Gen<(Event Event, WordChange[] Changes)[][]> Blocks =
        Gen.Select(AnyEvent, Changes).Array[1, 60].Array[1, 4];

    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    /// <summary>Sanitizers ask by reference whether a field always means the same: what they can follow word by word depends on it.</summary>
    [Fact]
    public void A_condition_that_asks_nothing_is_the_one_object_for_it_also_when_it_was_read()
    {
        using var reader = TraceReader.Open(House.Repository.PathOf("traces/bpo-46070/silent.gctrace"));

        var conditions = reader.Header.Layout.Structs.SelectMany(s => s.Fields).SelectMany(f => f.Meanings).Select(m => m.When).ToList();
        Assert.Contains(conditions, condition => !condition.IsAlways);
        Assert.All(conditions.Where(condition => condition.IsAlways), condition => Assert.Same(Condition.Always, condition));
    }

    [Fact]
    public void Any_blocks_come_back_as_they_were_written() =>
        Blocks.Sample(
            written =>
            {
                var path = folder.Path($"{Guid.NewGuid():N}.gctrace");
                var blocks = ToBlocks(written);
                var expected = blocks.ConvertAll(Runs.Describe);
                WriteBlocks(path, blocks);
                using var reader = TraceReader.Open(path);
                Assert.Null(reader.Damage);
                Assert.Equal(expected, Enumerable.Range(0, reader.BlockCount).Select(b => Runs.Describe(reader.ReadBlock(b))));
            },
            iter: 60);

    [Fact]
    public void A_header_comes_back_with_every_container_and_condition()
    {
        using var reader = TraceReader.Open(WriteSmall("full.gctrace", Headers.Full));
        Assert.Equal(RecordText.Of(Headers.Full), RecordText.Of(reader.Header));
    }

    [Theory]
    [InlineData(false, false)]
    [InlineData(true, false)]
    [InlineData(false, true)]
    public void A_layout_says_only_what_there_is(bool scripts, bool promises)
    {
        var layout = Headers.Full.Layout with { Scripts = scripts ? ["close"] : [], Tracing = promises ? new TracingRules() : null };
        using var reader = TraceReader.Open(WriteSmall("some.gctrace", Headers.Full with { Layout = layout }));

        Assert.Equal(RecordText.Of(layout), RecordText.Of(reader.Header.Layout));
    }

    [Fact]
    public void Every_kind_of_container_is_tried()
    {
        var kinds = typeof(Container).Assembly.GetTypes().Where(t => t.IsSubclassOf(typeof(Container)));
        var tried = Headers.Full.Layout.Structs.SelectMany(s => s.Containers).Select(c => c.GetType());
        Assert.Empty(kinds.Except(tried));
    }

    [Fact]
    public void Outcome_and_choices_come_back()
    {
        using var reader = TraceReader.Open(WriteSmall("end.gctrace", Headers.Full));
        Assert.Equal(Runs.Choices, reader.Choices);
        Assert.Equal(Runs.Outcome(80) with { ContentHash = reader.Outcome!.ContentHash }, reader.Outcome);
    }

    [Fact]
    public void An_event_is_found_in_its_block()
    {
        using var reader = TraceReader.Open(WriteSmall("blocks.gctrace", Headers.Full));
        Assert.Equal([0, 0, 1, 3], new long[] { 1, 20, 21, 80 }.Select(reader.BlockOf));
        Assert.Equal([1, 21, 41, 61], Enumerable.Range(0, 4).Select(reader.FirstEvent));
    }

    [Fact]
    public void The_same_run_gives_the_same_bytes()
    {
        var first = File.ReadAllBytes(WriteSmall("first.gctrace", Headers.Full));
        var second = File.ReadAllBytes(WriteSmall("second.gctrace", Headers.Full));
        Assert.Equal(first, second);
    }

    [Fact]
    public void The_content_hash_does_not_depend_on_blocks()
    {
        var hashes = new[] { 1, 7, 80, 100 }.Select(size =>
        {
            var trace = new MemoryTrace(Headers.Full);
            var state = new AddressSpace();
            Runs.Write(trace, state, 80 / size + 1, size);
            return Hash(Enumerable.Range(0, trace.BlockCount).Select(trace.ReadBlock), 80);
        });
        Assert.Single(hashes.Distinct());
    }

    [Fact]
    public void A_file_and_a_trace_in_memory_have_the_same_content_hash()
    {
        var trace = new MemoryTrace(Headers.Full);
        var state = new AddressSpace();
        Runs.Write(trace, state, 4, 20);
        using var reader = TraceReader.Open(WriteSmall("hash.gctrace", Headers.Full));
        Assert.Equal(reader.Outcome!.ContentHash, trace.Finish(Runs.Outcome(80), []).ContentHash);
    }

    [Fact]
    public void A_changed_word_changes_the_content_hash()
    {
        var block = new EventBlock(1) { FirstEvent = 1 };
        block.Add(new Event(EventKind.Store, 0, 0, 8, 16, 24, 0));
        block.AddChange(new Address(16), 1);
        var before = Hash([block], 1);
        block.ChangeXors[0] = 2;
        Assert.NotEqual(before, Hash([block], 1));
    }

    [Fact]
    public void A_cancelled_run_says_so()
    {
        var path = folder.Path("cancelled.gctrace");
        using (var writer = new TraceWriter(path, Headers.Full))
        {
            Runs.Write(writer, new AddressSpace(), 1, 20);
            writer.Finish(Runs.Outcome(20) with { Status = RunStatus.Cancelled, Failure = null }, []);
        }

        using var reader = TraceReader.Open(path);
        Assert.Equal("the recording was interrupted after event 20: events 1-20 are readable", reader.Damage);
    }

    [Fact]
    public void A_run_without_events_is_a_trace()
    {
        var path = folder.Path("nothing.gctrace");
        using (var writer = new TraceWriter(path, Headers.Full))
            writer.Finish(Runs.Outcome(0), []);
        using var reader = TraceReader.Open(path);
        Assert.Null(reader.Damage);
        Assert.Equal((0L, 0), (reader.EventCount, reader.BlockCount));
    }

    // Operations and phases are indexes into the header's tables: their events are made elsewhere.
    private static EventKind Plain(EventKind kind) => kind is EventKind.OperationBegin or EventKind.PhaseBegin ? EventKind.OperationEnd : kind;

    private static List<EventBlock> ToBlocks((Event Event, WordChange[] Changes)[][] written)
    {
        var blocks = new List<EventBlock>();
        long first = 1;
        foreach (var events in written)
        {
            var block = new EventBlock(events.Length) { FirstEvent = first };
            foreach (var (e, changes) in events)
            {
                block.Add(e);
                foreach (var change in changes)
                    block.AddChange(change.Address, change.Xor);
            }

            blocks.Add(block);
            first += block.Count;
        }

        return blocks;
    }

    private static void WriteBlocks(string path, List<EventBlock> blocks)
    {
        var events = blocks[^1].LastEvent;
        using var writer = new TraceWriter(path, Headers.Plain);
        foreach (var block in blocks)
            writer.Take(block, new AddressSpace());
        writer.Finish(Runs.Outcome(events), []);
    }

    private static ulong Hash(IEnumerable<EventBlock> blocks, int events)
    {
        var hash = new ContentHash();
        var left = events;
        foreach (var block in blocks)
        {
            block.Count = Math.Min(block.Count, left);
            left -= block.Count;
            hash.Add(block);
        }

        return hash.Value;
    }

    private string WriteSmall(string name, TraceHeader header)
    {
        var path = folder.Path(name);
        using var writer = new TraceWriter(path, header, CheckpointPolicy.EveryBlock);
        Runs.Write(writer, new AddressSpace(), 4, 20);
        writer.Finish(Runs.Outcome(80), Runs.Choices);
        return path;
    }
}
