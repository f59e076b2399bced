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
    public void The_default_saves_no_state_that_is_larger_than_the_work_since_the_last()
    {
        var policy = CheckpointPolicy.Default;
        Assert.False(policy.IsDue(work: 1 << 19, stateWords: 100));
        Assert.True(policy.IsDue(work: 1 << 20, stateWords: 100));
        Assert.False(policy.IsDue(work: 1 << 20, stateWords: 1 << 21));
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
            return state.Hash;
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
