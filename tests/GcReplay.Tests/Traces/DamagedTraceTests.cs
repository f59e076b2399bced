using GcReplay.Heaps;
using GcReplay.Heaps.Memory;
using GcReplay.Traces.Files;

namespace GcReplay.Tests.Traces;

public sealed class DamagedTraceTests : IDisposable
{
    private const int Blocks = 3;
    private const int EventsPerBlock = 20;
    private readonly TemporaryFolder folder = new();
    private readonly byte[] whole;

    public DamagedTraceTests()
    {
        var path = folder.Path("whole.gctrace");
        using (var writer = new TraceWriter(path, Headers.Full, CheckpointPolicy.EveryBlock))
        {
            Runs.Write(writer, new AddressSpace(), Blocks, EventsPerBlock);
            writer.Finish(Runs.Outcome(Blocks * EventsPerBlock), Runs.Choices);
        }

        whole = File.ReadAllBytes(path);
    }

    public void Dispose() => folder.Dispose();

    [Fact]
    public void Cut_at_any_byte_the_good_prefix_opens()
    {
        long before = 0;
        for (var length = 0; length < whole.Length; length++)
        {
            var readable = ReadAll(whole[..length], out var damage);
            Assert.True(readable >= before, $"{length} bytes give {readable} events, fewer bytes gave {before}");
            Assert.True(damage is not null, $"{length} of {whole.Length} bytes look whole");
            before = readable;
        }

        Assert.Equal(Blocks * EventsPerBlock, before);
    }

    [Fact]
    public void Any_flipped_byte_is_noticed_and_does_no_harm()
    {
        for (var at = 0; at < whole.Length; at++)
        {
            var bytes = whole.ToArray();
            bytes[at] ^= 0xFF;
            ReadAll(bytes, out var damage);
            Assert.True(damage is not null, $"nothing is said about byte {at} of {whole.Length}");
        }
    }

    [Fact]
    public void Any_flipped_bit_does_no_harm()
    {
        for (var bit = 0; bit < whole.Length * 8; bit += 13)
        {
            var bytes = whole.ToArray();
            bytes[bit / 8] ^= (byte)(1 << (bit % 8));
            ReadAll(bytes, out _);
        }
    }

    [Fact]
    public void A_damaged_block_is_named_and_the_events_before_it_are_readable()
    {
        var offset = FindFrame(FrameNumber(block: 2));
        var bytes = whole.ToArray();
        bytes[offset + 60] ^= 1;
        using var reader = TraceReader.Open(folder.Write("damaged.gctrace", bytes));
        Assert.Equal($"block 2 at byte {offset} fails its checksum; events 1-20 are readable", reader.Damage);
        Assert.Equal((20L, 1), (reader.EventCount, reader.BlockCount));
        Assert.Equal([20L], reader.Checkpoints);
    }

    [Fact]
    public void Behind_a_damaged_block_the_outcome_is_still_known()
    {
        var bytes = whole.ToArray();
        bytes[FindFrame(FrameNumber(block: 1)) + 60] ^= 1;
        using var reader = TraceReader.Open(folder.Write("damaged.gctrace", bytes));
        Assert.Equal(0, reader.EventCount);
        Assert.Equal(60, reader.Outcome!.Events);
        Assert.Equal(Runs.Choices, reader.Choices);
    }

    [Fact]
    public void A_damaged_checkpoint_costs_no_event()
    {
        var offset = FindFrame(FrameNumber(block: 1) + 3);
        var bytes = whole.ToArray();
        bytes[offset + 45] ^= 1;
        using var reader = TraceReader.Open(folder.Write("damaged.gctrace", bytes));
        Assert.Equal($"the checkpoint after event 20 at byte {offset} fails its checksum; events 1-60 are readable", reader.Damage);
        Assert.Equal([40L, 60L], reader.Checkpoints);
    }

    [Fact]
    public void A_recorder_that_was_killed_leaves_an_interrupted_trace()
    {
        var path = folder.Path("killed.gctrace");
        using (var writer = new TraceWriter(path, Headers.Full))
            Runs.Write(writer, new AddressSpace(), 2, 20);
        using var reader = TraceReader.Open(path);
        Assert.Equal("the recorder was stopped before it could finish; events 1-40 are readable", reader.Damage);
        Assert.Null(reader.Outcome);
        Assert.Equal(40, reader.EventCount);
    }

    [Fact]
    public void A_trace_can_be_opened_while_it_is_written()
    {
        var path = folder.Path("growing.gctrace");
        using var writer = new TraceWriter(path, Headers.Full);
        using var reader = TraceReader.Open(path);
        Assert.Equal("the recorder was stopped before it could finish; no event is readable", reader.Damage);
    }

    /// <summary>Opens, decodes and loads everything; a GcReplayException is an answer, any other exception fails the test.</summary>
    private long ReadAll(byte[] bytes, out string? damage)
    {
        try
        {
            using var reader = TraceReader.Open(folder.Write("damaged.gctrace", bytes));
            for (var block = 0; block < reader.BlockCount; block++)
                Assert.Equal(EventsPerBlock, reader.ReadBlock(block).Count);
            for (var checkpoint = 0; checkpoint < reader.Checkpoints.Count; checkpoint++)
                reader.LoadCheckpoint(checkpoint, new AddressSpace());
            damage = reader.Damage ?? reader.Warning;
            return reader.EventCount;
        }
        catch (GcReplayException e)
        {
            damage = e.Message;
            return 0;
        }
    }

    // Header, then for each block its events, its index, pages that changed and a checkpoint.
    private static int FrameNumber(int block) => 1 + (block - 1) * 4;

    private int FindFrame(int number)
    {
        ReadOnlySpan<byte> marker = "GCframe"u8;
        var at = 0;
        for (var i = 0; i <= number; i++)
            at += whole.AsSpan(at).IndexOf(marker) + marker.Length;
        return at - marker.Length - 4;
    }
}
