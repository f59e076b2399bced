using GcReplay.Heaps;
using GcReplay.Heaps.Memory;
using GcReplay.Traces;
using GcReplay.Traces.Files;

namespace GcReplay.Tests.Traces;

public sealed class SalvageTests : IDisposable
{
    private const int Blocks = 4;
    private const int EventsPerBlock = 20;
    private readonly TemporaryFolder folder = new();
    private readonly byte[] whole;
    private readonly List<string> described;

    public SalvageTests()
    {
        var path = folder.Path("whole.gctrace");
        using (var writer = new TraceWriter(path, Headers.Full, CheckpointPolicy.EveryBlock))
        {
            Runs.Write(writer, new AddressSpace(), Blocks, EventsPerBlock);
            writer.Finish(Runs.Outcome(Blocks * EventsPerBlock), Runs.Choices);
        }

        whole = File.ReadAllBytes(path);
        using var reader = TraceReader.Open(path);
        described = Describe(reader);
    }

    public void Dispose() => folder.Dispose();

    [Fact]
    public void Cut_at_any_byte_what_is_left_becomes_a_whole_trace()
    {
        var header = Forgery.Offsets(whole)[1];
        long before = 0;
        for (var length = header; length <= whole.Length; length++)
        {
            var survey = Salvage(whole[..length]);
            using var saved = TraceReader.Open(folder.Path("saved.gctrace"));
            Assert.True(saved.EventCount >= before, $"{length} bytes give {saved.EventCount} events, fewer bytes gave {before}");
            Assert.Equal(described[..saved.BlockCount], Describe(saved));
            Assert.Equal(length < whole.Length, survey.Summary is not null);
            AssertSound(saved);
            before = saved.EventCount;
        }

        Assert.Equal(Blocks * EventsPerBlock, before);
    }

    [Fact]
    public void Any_flipped_byte_is_found_where_it_is()
    {
        var header = Forgery.Offsets(whole)[1];
        for (var at = header; at < whole.Length; at++)
        {
            var survey = Salvage(With(at, (byte)(whole[at] ^ 0xFF)));
            Assert.True(
                survey.Damage.Any(place => place.Offset <= at && at < place.Offset + place.Length), $"byte {at} of {whole.Length}: {survey.Summary}");
            Assert.Equal(Blocks * EventsPerBlock, survey.Readable.Sum(r => r.Last - r.First + 1) + survey.Lost.Sum(r => r.Last - r.First + 1));
            using var saved = TraceReader.Open(folder.Path("saved.gctrace"));
            Assert.Equal(described[..saved.BlockCount], Describe(saved));
            AssertSound(saved);
        }
    }

    [Fact]
    public void A_damaged_block_is_located_and_the_events_on_both_sides_are_told()
    {
        var (from, to) = (Forgery.Offsets(whole)[5], Forgery.Offsets(whole)[6]);
        var survey = Salvage(With(from + 60, (byte)(whole[from + 60] ^ 1)));
        Assert.Equal(
            $"block 2 at bytes {from}-{to - 1} fails its checksum; events 21-40 are lost; events 1-20 and events 41-80 are readable", survey.Summary);
        using var saved = TraceReader.Open(folder.Path("saved.gctrace"));
        Assert.Equal((20L, "the recording was interrupted after event 20: events 1-20 are readable"), (saved.EventCount, saved.Damage));
        Assert.Equal(Runs.Choices, saved.Choices);
    }

    [Fact]
    public void A_whole_trace_is_salvaged_byte_for_byte()
    {
        Salvage(whole);
        Assert.Equal(whole, File.ReadAllBytes(folder.Path("saved.gctrace")));
    }

    [Fact]
    public void A_lost_checkpoint_costs_no_event_and_the_run_keeps_its_end()
    {
        var at = Forgery.Offsets(whole)[4] + 45;
        var survey = Salvage(With(at, (byte)(whole[at] ^ 1)));
        Assert.StartsWith("the checkpoint after event 20 at bytes", survey.Summary);
        using var saved = TraceReader.Open(folder.Path("saved.gctrace"));
        Assert.Null(saved.Damage);
        Assert.Equal(RunStatus.Failure, saved.Outcome!.Status);
    }

    [Fact]
    public void A_torn_last_block_costs_only_itself()
    {
        var path = folder.Path("killed.gctrace");
        using (var writer = new TraceWriter(path, Headers.Full))
            Runs.Write(writer, new AddressSpace(), 3, 20);
        var bytes = File.ReadAllBytes(path);
        var torn = bytes.ToArray();
        // The system had made the file longer, but not written the last pages yet.
        torn.AsSpan(Forgery.Offsets(bytes)[5] + 50).Clear();
        var survey = Salvage(torn);
        Assert.Equal([new EventRange(1, 40)], survey.Readable);
        Assert.StartsWith($"the frame at bytes {Forgery.Offsets(bytes)[5]}-{bytes.Length - 1} fails its checksum", survey.Summary);
    }

    [Theory]
    [InlineData(200)]
    [InlineData(1500)]
    [InlineData(2100)]
    [InlineData(2600)]
    public void A_full_disk_leaves_what_fitted(int bytes)
    {
        var disk = new SmallDisk(bytes);
        var error = Assert.ThrowsAny<GcReplayException>(() =>
        {
            using var writer = new TraceWriter(disk, "full.gctrace", Headers.Full, CheckpointPolicy.EveryBlock);
            Runs.Write(writer, new AddressSpace(), 40, EventsPerBlock);
            writer.Finish(Runs.Outcome(40 * EventsPerBlock), Runs.Choices);
        });
        Assert.Matches("cannot write full.gctrace after [0-9]+ bytes: No space left", error.Message);
        Assert.Equal(bytes, disk.Written.Length);
        var path = folder.Write("full.gctrace", disk.Written);
        if (bytes < Forgery.Offsets(whole)[1])
        {
            Assert.Contains("header", Assert.Throws<GcReplayException>(() => TraceSurvey.Read(path)).Message);
            return;
        }

        var survey = Salvage(disk.Written);
        using var saved = TraceReader.Open(folder.Path("saved.gctrace"));
        Assert.Equal(survey.PrefixEvents, saved.EventCount);
        Assert.True(saved.EventCount > 0);
        AssertSound(saved);
    }

    [Fact]
    public void A_second_recorder_is_refused_while_readers_are_let_in()
    {
        var path = folder.Path("shared.gctrace");
        using (var first = new TraceWriter(path, Headers.Full))
        {
            var error = Assert.Throws<GcReplayException>(() => new TraceWriter(path, Headers.Full)).Message;
            Assert.StartsWith($"{path} is being written by another recorder", error);
            Runs.Write(first, new AddressSpace(), 2, EventsPerBlock);
            first.Finish(Runs.Outcome(40), []);
        }

        using var reader = TraceReader.Open(path);
        Assert.Equal(40, reader.EventCount);
        Assert.False(File.Exists(path + ".lock"));
        new TraceWriter(path, Headers.Full).Dispose();
    }

    [Fact]
    public void The_lock_of_a_killed_recorder_is_in_nobodys_way()
    {
        folder.Write("after.gctrace.lock", []);
        new TraceWriter(folder.Path("after.gctrace"), Headers.Full).Dispose();
        Assert.False(File.Exists(folder.Path("after.gctrace.lock")));
    }

    private static List<string> Describe(TraceReader reader) =>
        [.. Enumerable.Range(0, reader.BlockCount).Select(block => Runs.Describe(reader.ReadBlock(block)))];

    /// <summary>What was salvaged is whole: a survey of it finds nothing.</summary>
    private static void AssertSound(TraceReader saved)
    {
        Assert.True(saved.Damage is null || saved.Outcome!.Status == RunStatus.Cancelled, saved.Damage);
        for (var checkpoint = 0; checkpoint < saved.Checkpoints.Count; checkpoint++)
            saved.LoadCheckpoint(checkpoint, new AddressSpace());
    }

    private TraceSurvey Salvage(byte[] bytes)
    {
        var survey = TraceSurvey.Read(folder.Write("damaged.gctrace", bytes));
        TraceSalvage.Write(survey, TraceSalvage.Outcome(survey, 0), folder.Path("saved.gctrace"));
        Assert.Null(TraceSurvey.Read(folder.Path("saved.gctrace")).Summary);
        return survey;
    }

    private byte[] With(int at, byte value)
    {
        var changed = whole.ToArray();
        changed[at] = value;
        return changed;
    }

    /// <summary>A disk that takes so many bytes, and the part of a write that still fits.</summary>
    private sealed class SmallDisk(int capacity) : MemoryStream
    {
        public byte[] Written => ToArray();

        public override void Write(ReadOnlySpan<byte> buffer)
        {
            var fits = (int)Math.Min(buffer.Length, capacity - Length);
            base.Write(buffer[..fits]);
            if (fits < buffer.Length)
                throw new IOException("No space left on device.");
        }
    }
}
