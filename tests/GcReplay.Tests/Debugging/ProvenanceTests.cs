using CsCheck;
using GcReplay.Debugging.Provenance;
using GcReplay.Debugging.Timelines;
using GcReplay.Heaps.Events;
using GcReplay.Heaps.Memory;
using GcReplay.Heaps.Views;

namespace GcReplay.Tests.Debugging;

public sealed class ProvenanceTests
{
    [Fact]
    public void The_last_write_explains_the_word_that_is_there() =>
        Gen.Select(RandomTrace.Gen, Gen.Int[0, 1023], Gen.Int[0, 10_000]).Sample((trace, word, number) =>
        {
            var address = HandMadeTrace.Arena + word * 8;
            var position = number % (trace.EventCount + 1);
            var timeline = new Timeline(trace);
            timeline.MoveTo(position);
            var value = timeline.Space.Peek(address);

            if (new WordHistory(timeline.Blocks).LastWrite(address, position) is not { } write)
            {
                Assert.Equal(0UL, value);
                return;
            }

            timeline.MoveTo(write.Number);
            Assert.Equal(value, timeline.Space.Peek(address));
            timeline.MoveTo(write.Number - 1);
            Assert.Equal(value ^ write.Xor, timeline.Space.Peek(address));
        }, iter: 60);

    [Fact]
    public void Births_and_deaths_agree_with_the_state_at_every_position() => RandomTrace.Gen.Sample(trace =>
    {
        var timeline = new Timeline(trace);
        var index = new ObjectIndex(timeline.Blocks);
        for (var position = 0L; position <= trace.EventCount; position++)
        {
            timeline.MoveTo(position);
            for (var number = 1UL; number <= index.Highest(); number++)
            {
                var lives = timeline.Shadow.Object(number) is { } entry
                    && timeline.Shadow.CellAt(entry.Address) is { State: CellState.Live } cell && cell.Row == number && !cell.IsRuntime;
                if (index.Find(new ObjectName(number, false)) is { } life)
                    Assert.Equal(lives, life.IsLiveAt(position));
            }
        }
    }, iter: 10);

    [Fact]
    public void Placements_end_when_the_object_can_no_more_be_found_at_its_address() => RandomTrace.Gen.Sample(trace =>
    {
        var timeline = new Timeline(trace);
        var index = new ObjectIndex(timeline.Blocks);
        var placements = new Placements(timeline.Blocks, index);
        for (var position = 1L; position <= trace.EventCount; position++)
        {
            timeline.MoveTo(position);
            for (var number = 1UL; number <= index.Highest(); number++)
            {
                var name = new ObjectName(number, false);
                var there = placements.Of(name).Any(p => position >= p.From && position <= p.To);
                Assert.Equal(timeline.Shadow.Object(number) is not null, there);
            }
        }
    }, iter: 10);

    [Fact]
    public void The_first_corruption_is_found_after_a_cancelled_search_as_well()
    {
        var trace = SimulatedTrace.Of("traces/bpo-46070/bpo-46070.heap", "cpython39@7247407", "glibc");
        var corruption = new FirstCorruption(trace);
        using var cancel = new CancellationTokenSource();

        Assert.Throws<OperationCanceledException>(() => corruption.Find(new Progress(cancel.Token, number =>
        {
            if (number == 40)
                cancel.Cancel();
        })));
        var violation = corruption.Find();

        Assert.InRange(violation!.Event, 41, trace.EventCount);
        Assert.Equal(violation, new FirstCorruption(trace).Find());
        Assert.Equal(EventKind.Free, new BlockCache(trace).EventAt(violation.Event).Kind);
    }

    [Fact]
    public void A_healthy_run_has_no_first_corruption()
    {
        var trace = SimulatedTrace.Of("traces/bpo-46070/bpo-46070.heap", "cpython39@shared-state", "glibc");
        var corruption = new FirstCorruption(trace);

        Assert.Null(corruption.Find());
        Assert.Empty(corruption.Check(trace.EventCount));
        Assert.Equal(trace.EventCount, corruption.CheckedTo);
    }

    [Fact]
    public void The_membership_index_follows_moves_in_both_directions()
    {
        var trace = SimulatedTrace.Of("traces/bpo-46070/bpo-46070.heap", "cpython39@7247407", "guard");
        var timeline = new Timeline(trace);
        Gen.Int[0, (int)trace.EventCount].Array[1, 30].Sample(positions =>
        {
            foreach (var position in positions)
            {
                timeline.MoveTo(position);
                var built = MembershipIndex.Build(new HeapView(timeline.Space, timeline.Shadow, trace.Header.Layout));
                foreach (var o in timeline.View.LiveObjects())
                    Assert.Equal(built.HeadOf(o.Address), timeline.Index.HeadOf(o.Address));
            }
        }, iter: 20, threads: 1);
    }
}
