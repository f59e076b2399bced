using GcReplay.Heaps;
using GcReplay.Heaps.Memory;
using GcReplay.Traces.Files;

namespace GcReplay.Tests.Traces;

/// <summary>Traces whose checksums are right and whose contents are not.</summary>
public sealed class HostileTraceTests : IDisposable
{
    private readonly TemporaryFolder folder = new();
    private readonly byte[] whole;

    public HostileTraceTests()
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
    public void A_trace_forged_without_change_says_only_that_its_end_is_missing()
    {
        Assert.Equal([1, 2, 64, 7, 3, 2, 64, 7, 3, 4, 5], Forgery.Kinds(whole));
        Assert.Equal("the recorder was stopped before it could finish; events 1-24 are readable", ReadAll(Forgery.Change(whole, -1, f => f)));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(9)]
    [InlineData(10)]
    public void No_byte_of_a_frame_does_harm_whatever_it_says(int frame)
    {
        var length = 0;
        Forgery.Change(whole, frame, f => f with { Raw = [.. f.Raw.Take(length = f.Raw.Length)] });
        for (var at = 0; at < length; at += length > 1000 ? length / 300 : 1)
        {
            ReadAll(Forgery.Change(whole, frame, f => f with { Raw = With(f.Raw, at, (byte)(f.Raw[at] ^ 0xFF)) }));
            ReadAll(Forgery.Change(whole, frame, f => f with { Raw = With(f.Raw, at, (byte)(f.Raw[at] ^ 0x01)) }));
            ReadAll(Forgery.Change(whole, frame, f => f with { Raw = f.Raw[..at] }));
        }
    }

    [Theory]
    [InlineData(int.MaxValue)]
    [InlineData(1 << 20)]
    [InlineData(13)]
    [InlineData(0)]
    public void A_wrong_number_of_events_is_noticed(int count) =>
        Assert.Contains("block 1 at byte", ReadAll(Forgery.Change(whole, 1, f => f with { Count = count })));

    [Fact]
    public void A_block_with_a_gap_before_it_is_not_readable() =>
        Assert.Contains(
            "holds 12 events from 14, where event 13 is next; events 1-12 are readable",
            ReadAll(Forgery.Change(whole, 5, f => f with { First = 14 })));

    [Fact]
    public void An_unknown_kind_of_event_is_named() =>
        Assert.Contains("block 1 at byte", ReadAll(Forgery.Change(whole, 1, f => f with { Raw = With(f.Raw, 2, 200) })));

    /// <summary>Only a run that is executed again needs them, and a small file may say millions.</summary>
    [Fact]
    public void Choices_that_make_no_sense_are_told_when_they_are_asked_for_and_can_be_done_without()
    {
        var path = folder.Write("forged.gctrace", Forgery.Change(whole, 9, f => f with { Raw = [0x91, 0xC0], Count = Runs.Choices.Length }));
        using var reader = TraceReader.Open(path);
        Assert.Equal((24L, Runs.Choices.Length), (reader.EventCount, reader.ChoiceCount));
        Assert.Contains("The events are not touched by that", Assert.Throws<GcReplayException>(() => reader.Choices).Message);
        var survey = TraceSurvey.Read(path);
        TraceSalvage.Write(survey, TraceSalvage.Outcome(survey, 0), folder.Path("saved.gctrace"));
        using var saved = TraceReader.Open(folder.Path("saved.gctrace"));
        Assert.Equal((24L, 0), (saved.EventCount, saved.Choices.Length));
    }

    private static byte[] With(byte[] bytes, int at, byte value)
    {
        var changed = bytes.ToArray();
        changed[at] = value;
        return changed;
    }

    /// <summary>Opens, decodes and loads everything; a GcReplayException is an answer, any other exception fails the test.</summary>
    private string? ReadAll(byte[] bytes)
    {
        try
        {
            using var reader = TraceReader.Open(folder.Write("forged.gctrace", bytes));
            for (var block = 0; block < reader.BlockCount; block++)
                reader.ReadBlock(block);
            for (var checkpoint = 0; checkpoint < reader.Checkpoints.Count; checkpoint++)
                reader.LoadCheckpoint(checkpoint, new AddressSpace());
            return reader.Damage;
        }
        catch (GcReplayException e)
        {
            return e.Message;
        }
    }
}
