using CsCheck;
using GcReplay.Debugging.Timelines;
using GcReplay.Heaps;

namespace GcReplay.Tests.Debugging;

public sealed class TimelineTests
{
    [Fact]
    public void Playing_forwards_gives_the_recorded_state_after_every_event() => RandomTrace.Gen.Sample(trace =>
    {
        var timeline = new Timeline(trace);
        for (var position = 1L; position <= trace.EventCount; position++)
        {
            timeline.MoveTo(position);
            Assert.Equal(trace.Hashes[(int)position], timeline.Space.Hash);
        }
    }, iter: 25);

    [Fact]
    public void Undoing_every_event_gives_the_first_state_at_every_checkpoint_and_at_the_start() => RandomTrace.Gen.Sample(trace =>
    {
        var timeline = new Timeline(trace);
        timeline.MoveTo(trace.EventCount);
        for (var position = trace.EventCount; position >= 0; position--)
        {
            timeline.MoveTo(position);
            Assert.Equal(trace.Hashes[(int)position], timeline.Space.Hash);
        }

        Assert.Equal(0, timeline.Space.CountNonZero());
    }, iter: 25);

    [Fact]
    public void Going_from_anywhere_to_anywhere_gives_the_state_of_a_fresh_play() =>
        Gen.Select(RandomTrace.Gen, Gen.Int[0, 10_000].Array[1, 20]).Sample((trace, numbers) =>
        {
            var timeline = new Timeline(trace);
            foreach (var number in numbers)
            {
                var position = number % (trace.EventCount + 1);
                timeline.MoveTo(position);
                Assert.Equal(position, timeline.Position);
                Assert.Equal(trace.Hashes[(int)position], timeline.Space.Hash);
            }
        }, iter: 25);

    [Fact]
    public void What_the_shadow_derives_is_the_same_after_a_checkpoint_as_after_playing() => RandomTrace.Gen.Sample(trace =>
    {
        var played = new Timeline(trace);
        for (var index = 0; index < trace.Checkpoints.Count; index++)
        {
            var position = trace.Checkpoints[index];
            var loaded = new GcReplay.Heaps.Memory.AddressSpace();
            trace.LoadCheckpoint(index, loaded);
            var shadow = new GcReplay.Heaps.Memory.Shadow(loaded);
            shadow.Rebuild();
            played.MoveTo(trace.EventCount);
            played.MoveTo(position);
            for (var word = HandMadeTrace.Arena; word < HandMadeTrace.Arena + 0x20000; word += 32)
            {
                Assert.Equal(shadow.CellAt(word), played.Shadow.CellAt(word));
                Assert.Equal(shadow.IsFreed(word), played.Shadow.IsFreed(word));
            }
        }
    }, iter: 8);

    [Fact]
    public void A_far_move_starts_from_a_checkpoint()
    {
        var trace = new HandMadeTrace(blockEvents: 1000, checkpointBlocks: 1);
        trace.MapArena();
        var item = trace.New();
        for (var i = 0; i < 60_000; i++)
            trace.Store(item, i % 4, i % 3 == 0 ? null : item);
        trace.Done();
        var timeline = new Timeline(trace);

        var reached = new List<long>();
        timeline.MoveTo(55_500, new Progress(default, reached.Add));

        Assert.True(reached.Count <= 2, $"{reached.Count} blocks were played");
        Assert.Equal(trace.Hashes[55_500], timeline.Space.Hash);
    }

    [Fact]
    public void A_cancelled_move_leaves_a_position_from_which_to_go_on()
    {
        var trace = Stores(100);
        var timeline = new Timeline(trace);
        using var cancel = new CancellationTokenSource();

        Assert.Throws<OperationCanceledException>(() => timeline.MoveTo(100, new Progress(cancel.Token, number =>
        {
            if (number >= 20)
                cancel.Cancel();
        })));

        Assert.InRange(timeline.Position, 20, 99);
        Assert.Equal(trace.Hashes[(int)timeline.Position], timeline.Space.Hash);
    }

    [Fact]
    public void A_position_behind_the_end_is_refused_with_the_end()
    {
        var error = Assert.Throws<GcReplayException>(() => new Timeline(Stores(10)).MoveTo(11_000));

        Assert.Contains("there is no position 11000", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void An_event_that_contradicts_the_state_is_named_and_the_rest_stays_readable()
    {
        var trace = Stores(10);
        var block = trace.ReadBlock(trace.BlockOf(8));
        block.Kinds[(int)(8 - block.FirstEvent)] = (byte)GcReplay.Heaps.Events.EventKind.PhaseEnd;
        var timeline = new Timeline(trace);

        var error = Assert.Throws<GcReplayException>(() => timeline.MoveTo(10));
        timeline.MoveTo(7);

        Assert.Contains("event 8 of 12 can not be played", error.Message, StringComparison.Ordinal);
        Assert.Equal(trace.Hashes[7], timeline.Space.Hash);
    }

    private static HandMadeTrace Stores(int count)
    {
        var trace = new HandMadeTrace(checkpointBlocks: 1000);
        trace.MapArena();
        var item = trace.New();
        for (var i = 0; i < count; i++)
            trace.Store(item, i % 4, i % 3 == 0 ? null : item);
        return trace.Done();
    }
}
