using GcReplay.Heaps.Events;
using GcReplay.Heaps.Memory;
using GcReplay.Traces;
using GcReplay.Traces.Files;

namespace GcReplay.Tests.Traces;

public sealed class CheckpointTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void A_checkpoint_in_a_file_gives_back_the_state_it_was_made_of()
    {
        var path = folder.Path("run.gctrace");
        ulong[] hashes;
        using (var writer = new TraceWriter(path, Headers.Full, CheckpointPolicy.EveryBlock))
            hashes = WriteAndHash(writer);
        using var reader = TraceReader.Open(path);
        Assert.Equal([20, 40, 60], reader.Checkpoints);
        Assert.Equal(hashes, Hashes(reader));
    }

    [Fact]
    public void A_checkpoint_in_memory_gives_back_the_state_it_was_made_of()
    {
        var trace = new MemoryTrace(Headers.Full);
        var hashes = WriteAndHash(trace);
        Assert.Equal(hashes, Hashes(trace));
    }

    [Fact]
    public void A_state_of_more_pages_than_a_frame_holds_comes_back()
    {
        var path = folder.Path("large.gctrace");
        var state = ManyPages(2500);
        using (var writer = new TraceWriter(path, Headers.Full, CheckpointPolicy.EveryBlock))
        {
            Runs.Write(writer, state, 1, 4);
            writer.Finish(Runs.Outcome(4), []);
        }

        using var reader = TraceReader.Open(path);
        Assert.Equal([state.Hash], Hashes(reader));
    }

    [Fact]
    public void A_checkpoint_that_was_cut_is_left_out()
    {
        var path = folder.Path("large.gctrace");
        using (var writer = new TraceWriter(path, Headers.Full, CheckpointPolicy.EveryBlock))
            Runs.Write(writer, ManyPages(2500), 1, 4);
        var bytes = File.ReadAllBytes(path);
        using var reader = TraceReader.Open(folder.Write("cut.gctrace", bytes[..^1]));
        Assert.Equal(4, reader.EventCount);
        Assert.Empty(reader.Checkpoints);
    }

    [Fact]
    public void The_default_waits_for_work_that_is_in_proportion_to_what_would_be_saved()
    {
        var policy = CheckpointPolicy.Default;
        Assert.False(policy.IsDue(work: 1 << 19, changedWords: 100));
        Assert.True(policy.IsDue(work: 1 << 20, changedWords: 100));
        Assert.False(policy.IsDue(work: 1 << 20, changedWords: 1 << 22));
    }

    [Fact]
    public void A_page_that_did_not_change_is_saved_once()
    {
        var path = folder.Path("run.gctrace");
        using (var writer = new TraceWriter(path, Headers.Full, CheckpointPolicy.EveryBlock))
        {
            Runs.Write(writer, ManyPages(2500), 5, 20);
            writer.Finish(Runs.Outcome(100), []);
        }

        using var reader = TraceReader.Open(path);
        Assert.Equal(5, reader.Checkpoints.Count);
        Assert.InRange(TraceSurvey.Read(path).Parts.Single(part => part.Name == "pages of checkpoints").RawBytes / AddressSpace.PageBytes, 2500, 2530);
    }

    [Fact]
    public void A_page_that_became_zero_is_no_part_of_later_checkpoints()
    {
        var path = folder.Path("run.gctrace");
        var state = new AddressSpace();
        using (var writer = new TraceWriter(path, Headers.Full, CheckpointPolicy.EveryBlock))
        {
            state.Poke(new Address(0x9000), 7);
            var block = writer.Take(Block(1), state);
            state.Poke(new Address(0x9000), 0);
            block.Add(default(Event) with { Kind = EventKind.Scan });
            writer.Take(block, state);
            writer.Finish(Runs.Outcome(2), []);
        }

        using var reader = TraceReader.Open(path);
        var loaded = new AddressSpace();
        reader.LoadCheckpoint(1, loaded);
        Assert.Equal((0, 0UL), (loaded.PageCount, loaded.ComputeHash()));
    }

    private static EventBlock Block(long first)
    {
        var block = new EventBlock(1) { FirstEvent = first };
        block.Add(default(Event) with { Kind = EventKind.Scan });
        return block;
    }

    private static ulong[] WriteAndHash(IBlockSink sink)
    {
        var hashes = new List<ulong>();
        Runs.Write(new HashingSink(sink, hashes), new AddressSpace(), 3, 20);
        return [.. hashes];
    }

    private static ulong[] Hashes(ITraceSource source) =>
        [.. Enumerable.Range(0, source.Checkpoints.Count).Select(i =>
        {
            var state = new AddressSpace();
            source.LoadCheckpoint(i, state);
            var hash = state.Hash;
            Assert.Equal(hash, state.ComputeHash());
            return hash;
        })];

    private static AddressSpace ManyPages(int count)
    {
        var state = new AddressSpace();
        for (var page = 0; page < count; page++)
            state.Poke(new Address((ulong)page * 3 * AddressSpace.PageBytes + 64), (ulong)page * 0x0123_4567_89AB + 1);
        state.Poke(new Address(ulong.MaxValue & ~7UL), 1);
        return state;
    }

    private sealed class HashingSink(IBlockSink inner, List<ulong> hashes) : IBlockSink
    {
        public EventBlock Take(EventBlock block, AddressSpace state)
        {
            hashes.Add(state.Hash);
            return inner.Take(block, state);
        }
    }
}
