using CsCheck;
using GcReplay.Debugging;
using GcReplay.Debugging.Provenance;
using GcReplay.Debugging.Stops;
using GcReplay.Debugging.Timelines;
using GcReplay.Heaps.Events;

namespace GcReplay.Tests.Debugging;

public sealed class StopTests
{
    [Fact]
    public void A_watchpoint_finds_every_write_and_the_same_ones_backwards() =>
        Gen.Select(RandomTrace.Gen, Gen.Int[0, 400]).Sample((trace, word) =>
        {
            var address = HandMadeTrace.Arena + word * 8;
            var watch = new OnWords("word", WatchAccess.Write, [new Placement(1, long.MaxValue, address, address + 8, address)]);

            var expected = Numbers(trace, e => Enumerable.Range(0, e.ChangeCount).Any(i => e.Change(i).Address == address));

            Assert.Equal(expected, Found(trace, watch, forward: true));
            Assert.Equal(expected.Reverse(), Found(trace, watch, forward: false));
        }, iter: 30);

    [Fact]
    public void A_breakpoint_on_a_kind_finds_every_event_of_it_and_the_same_ones_backwards() => RandomTrace.Gen.Sample(trace =>
    {
        var expected = Numbers(trace, e => e.Kind == EventKind.Free);

        Assert.Equal(expected, Found(trace, new AtKind(EventKind.Free), forward: true));
        Assert.Equal(expected.Reverse(), Found(trace, new AtKind(EventKind.Free), forward: false));
    }, iter: 30);

    [Fact]
    public void A_breakpoint_on_an_object_leaves_out_what_uses_its_memory_after_it()
    {
        var trace = new HandMadeTrace();
        trace.MapArena();
        var first = trace.New();
        var store = trace.Store(first, 0, null);
        var free = trace.Free(first);
        var second = trace.NewAt(first.Address);
        trace.Store(second, 0, null);
        trace.Done();

        Assert.Equal([first.Birth, store, free], FoundOnObject(trace, 1));
        Assert.Equal([second.Birth, second.Birth + 1], FoundOnObject(trace, 2));
    }

    [Fact]
    public void A_write_to_the_freed_memory_of_an_object_is_still_about_it()
    {
        var trace = new HandMadeTrace();
        trace.MapArena();
        var item = trace.New();
        var free = trace.Free(item);
        var late = trace.Store(item, 0, item);
        trace.Done();

        Assert.Equal([item.Birth, free, late, late + 1], FoundOnObject(trace, 1));
    }

    [Fact]
    public void A_temporary_breakpoint_stops_once()
    {
        var debugger = new Debugger(HandMadeStories.SmallRun());
        debugger.Execute("tbreak Store");

        debugger.Execute("continue");
        var first = debugger.Timeline.Position;
        debugger.Execute("continue");

        Assert.Equal(EventKind.Store, debugger.Timeline.EventAt(first).Kind);
        Assert.Equal(EventKind.Hazard, debugger.Timeline.EventAt(debugger.Timeline.Position).Kind);
        Assert.Empty(debugger.Stops.All);
    }

    [Fact]
    public void A_watchpoint_on_reads_stops_at_events_that_name_the_word_they_read()
    {
        var debugger = new Debugger(HandMadeStories.SmallRun());
        debugger.Execute("watch #1.slot0 reads");

        debugger.Execute("continue");

        Assert.Equal(EventKind.Visit, debugger.Timeline.EventAt(debugger.Timeline.Position).Kind);
    }

    private static long[] FoundOnObject(HandMadeTrace trace, ulong number)
    {
        var timeline = new Timeline(trace);
        var name = new ObjectName(number, false);
        var places = new Placements(timeline.Blocks, new ObjectIndex(timeline.Blocks)).Of(name);
        return Found(trace, new OnObject("object", name, places), forward: true);
    }

    /// <summary>Where runs stop because of a condition, from one end of the trace to the other.</summary>
    private static long[] Found(HandMadeTrace trace, StopCondition condition, bool forward)
    {
        var timeline = new Timeline(trace);
        var stops = new StopTable();
        stops.Add(condition);
        var runner = new Runner(timeline, stops);
        var found = new List<long>();
        // Backwards the last event is behind the start of the search: it is looked at first.
        timeline.MoveTo(forward ? 0 : trace.EventCount);
        if (!forward && trace.EventCount > 0 && timeline.EventAt(trace.EventCount).Hits(condition))
            found.Add(trace.EventCount);
        while (runner.Continue(forward) is { Reason: not (HaltReason.Start or HaltReason.End) } halt)
        {
            if (halt.Stops.Count > 0)
                found.Add(timeline.Position);
        }

        return [.. found];
    }

    private static long[] Numbers(HandMadeTrace trace, Func<RecordedEvent, bool> hits)
    {
        var blocks = new BlockCache(trace);
        return [.. Enumerable.Range(1, (int)trace.EventCount).Select(n => (long)n).Where(n => hits(blocks.EventAt(n)))];
    }
}
