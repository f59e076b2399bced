using GcReplay.Heaps;
using GcReplay.Heaps.Memory;
using GcReplay.Traces.Files;

namespace GcReplay.Tests.Traces;

/// <summary>What later versions may add, this one passes over.</summary>
public sealed class VersionTests : IDisposable
{
    private const int Major = 16;
    private const int Minor = 17;
    private const int Header = 0;
    private const int Events = 1;
    private const int Outcome = 6;
    private readonly TemporaryFolder folder = new();
    private readonly byte[] whole;

    public VersionTests()
    {
        var path = folder.Path("whole.gctrace");
        using (var writer = new TraceWriter(path, Headers.Full, CheckpointPolicy.EveryBlock))
        {
            Runs.Write(writer, new AddressSpace(), 2, 12);
            writer.Finish(Runs.Outcome(24), Runs.Choices);
        }

        whole = File.ReadAllBytes(path);
    }

    public void Dispose() => folder.Dispose();

    [Fact]
    public void A_newer_minor_version_opens_with_a_warning()
    {
        whole[Minor] = 9;
        using var reader = TraceReader.Open(folder.Write("newer.gctrace", whole));
        Assert.Null(reader.Damage);
        Assert.Equal("trace format 1.9 is newer than this gcreplay's 1.0: what it does not know is left out", reader.Warning);
        Assert.Equal(24, reader.EventCount);
    }

    [Fact]
    public void Another_major_version_is_named()
    {
        whole[Major] = 2;
        var error = Assert.Throws<GcReplayException>(() => TraceReader.Open(folder.Write("newer.gctrace", whole))).Message;
        Assert.Contains("has trace format 2.0; this gcreplay reads format 1.x", error);
    }

    [Fact]
    public void A_frame_of_an_unknown_kind_that_may_be_passed_over_is_passed_over() =>
        AssertReadable(Forgery.Rebuild(whole, frames => [.. frames[..2], new Forgery.Frame(201, 77, 3, [1, 2, 3]), .. frames[2..]]));

    [Fact]
    public void A_frame_of_an_unknown_kind_that_may_not_be_passed_over_is_said_to_need_a_later_version()
    {
        var path = folder.Write("kind.gctrace", Forgery.Rebuild(whole, frames => [.. frames[..3], new Forgery.Frame(40, 0, 0, [1]), .. frames[3..]]));
        using var reader = TraceReader.Open(path);
        Assert.Contains("is of kind 40, which this version does not know and may not pass over: a later gcreplay reads it", reader.Damage);
        Assert.Equal(12, reader.EventCount);
    }

    [Fact]
    public void Further_items_of_a_frame_s_head_are_passed_over() =>
        AssertReadable(Forgery.Rebuild(whole, frames => frames.Select(frame => frame with { More = 3 })));

    [Theory]
    [InlineData(0, 0)]
    [InlineData(0, 1)]
    [InlineData(1, 1)]
    public void Foreign_writers_may_leave_bytes_as_they_are_and_sum_them_with_crc_32(byte codec, byte checksum) =>
        AssertReadable(Forgery.Rebuild(whole, frames => frames.Select(frame => frame with { Codec = codec, ChecksumKind = checksum })));

    [Fact]
    public void A_flipped_bit_is_noticed_by_crc_32_as_well()
    {
        var bytes = Forgery.Rebuild(whole, frames => frames.Select(frame => frame with { Codec = 0, ChecksumKind = 1 }));
        bytes[Forgery.Offsets(bytes)[Events] + 70] ^= 1;
        Assert.StartsWith("block 1 at bytes", TraceSurvey.Read(folder.Write("flipped.gctrace", bytes)).Summary);
    }

    [Fact]
    public void A_column_that_no_version_knows_yet_is_passed_over() =>
        AssertReadable(Forgery.Change(whole, Events, frame => frame with { Raw = [.. frame.Raw, 60, 3, 1, 2, 3] }));

    [Fact]
    public void Further_items_of_a_record_are_passed_over_however_deep_they_are()
    {
        byte[] deep = [.. Enumerable.Repeat((byte)0x91, 200_000), 0xC0];
        // A header of 12 items and the 4 that are left out when they say nothing; an outcome of 7.
        AssertReadable(Forgery.Change(whole, Header, frame => frame with { Raw = [0xDC, 0, 19, .. frame.Raw[1..], 0, 0xC2, 0x90, 0, .. deep, 7, 0xA1, 0x78] }));
        AssertReadable(Forgery.Change(whole, Outcome, frame => frame with { Raw = [0x99, .. frame.Raw[1..], .. deep, 0x81, 1, 2] }));
    }

    [Fact]
    public void A_text_that_is_no_utf_8_is_an_error()
    {
        var path = folder.Write("text.gctrace", Forgery.Change(whole, Header, frame => frame with { Raw = [frame.Raw[0], 0xA2, 0xC3, 0x28, .. frame.Raw[7..]] }));
        Assert.Contains("holds a text that is no UTF-8", Assert.Throws<GcReplayException>(() => TraceReader.Open(path)).Message);
    }

    private void AssertReadable(byte[] bytes)
    {
        var path = folder.Write("changed.gctrace", bytes);
        using var reader = TraceReader.Open(path);
        Assert.Equal("the recorder was stopped before it could finish; events 1-24 are readable", reader.Damage);
        using var original = TraceReader.Open(folder.Path("whole.gctrace"));
        Assert.Equal(RecordText.Of(original.Header), RecordText.Of(reader.Header));
        Assert.Equal(original.Outcome, reader.Outcome);
        for (var block = 0; block < reader.BlockCount; block++)
            Assert.Equal(Runs.Describe(original.ReadBlock(block)), Runs.Describe(reader.ReadBlock(block)));
        Assert.Equal(original.Checkpoints, reader.Checkpoints);
    }
}
