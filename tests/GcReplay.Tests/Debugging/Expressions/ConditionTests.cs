using GcReplay.Debugging;
using GcReplay.Debugging.Expressions;
using GcReplay.Debugging.Provenance;
using GcReplay.Debugging.Stops;
using GcReplay.Debugging.Timelines;
using GcReplay.Heaps.Events;
using GcReplay.Heaps.Layouts;
using GcReplay.Tests.House;
using GcReplay.Traces;
using GcReplay.Traces.Files;

namespace GcReplay.Tests.Debugging.Expressions;

/// <summary>A run with a condition stops where asking at every position says so, in both directions.</summary>
public sealed class ConditionTests : IDisposable
{
    private readonly TraceReader trace = TraceReader.Open(Repository.PathOf("traces/bpo-46070/silent.gctrace"));

    public void Dispose() => trace.Dispose();

    [Theory]
    [InlineData("kind == Store && event.object == #1")]
    [InlineData("kind != OperationBegin && event.object == #2")]
    [InlineData("event.object == #2 && owner() != birthplace()")]
    [InlineData("orphaned(#2) && kind == Release")]
    [InlineData("owner(#2) == sub && !(kind == Load)")]
    [InlineData("#2.ob_refcnt == 2 || #1.ob_refcnt == 2")]
    [InlineData("kind == Allocate && size() > 30")]
    [InlineData("event.bytes > 100")]
    [InlineData("on(sub.generation0)")]
    [InlineData("state(#2) == unborn && position % 2 == 0")]
    [InlineData("reachable(#2)")]
    [InlineData("actor == sub && operation.line == 13")]
    public void A_run_finds_what_asking_everywhere_finds_in_both_directions(string text)
    {
        var expected = Everywhere(text);

        Assert.NotEmpty(expected);
        Assert.Equal(expected, Stops($"break if {text}", forward: true));
        Assert.Equal(expected.Where(n => n < trace.EventCount).Reverse(), Stops($"break if {text}", forward: false));
    }

    [Theory]
    [MemberData(nameof(Recordings))]
    public void What_is_kept_between_questions_is_what_asking_afresh_finds_in_every_recording(string file)
    {
        using var recording = TraceReader.Open(Repository.PathOf(file));
        Agrees(recording);
    }

    [Theory]
    [InlineData("semispace", "moves.heap")]
    [InlineData("generational", "moves.heap")]
    [InlineData("marksweep", "moves.heap")]
    [InlineData("incminimark", "moves.heap")]
    [InlineData("cpython39", "header.heap")]
    public void What_is_kept_between_questions_is_what_asking_afresh_finds_under_every_collector(string collector, string program) =>
        Agrees(SimulatedTrace.Of("tests/GcReplay.Tests/Transcripts/" + program, collector, "glibc"));

    public static TheoryData<string> Recordings =>
        [.. Repository.Files.Where(f => f.StartsWith("traces/", StringComparison.Ordinal) && f.EndsWith(".gctrace", StringComparison.Ordinal))];

    private static void Agrees(ITraceSource recording)
    {
        var last = new Debugger(recording).Objects.Highest();
        foreach (var text in Texts(recording, last))
        {
            Assert.Equal(Everywhere(recording, text), Stops(recording, $"break if {text}", true, 0));
            Assert.Equal(Everywhere(recording, text).Where(n => n < recording.EventCount).Reverse(), Stops(recording, $"break if {text}", false, 0));
        }

        foreach (var text in Texts(recording, last))
        {
            Assert.Equal(Changes(recording, text), Stops(recording, $"watch value {text}", true, 0));
            Assert.Equal(Changes(recording, text).Where(n => n < recording.EventCount).Reverse(), Stops(recording, $"watch value {text}", false, 0));
        }

        foreach (var number in Numbers(last))
        {
            // That its memory is reused is no change of an object's colour.
            var places = new Debugger(recording).Placements.Of(new ObjectName(number, false));
            Assert.Equal(
                Changes(recording, $"colour(#{number})").Where(n => places.Any(p => n >= p.From && n <= p.To)), Stops(recording, $"watch colour #{number}", true, 0));
        }
    }

    private static IEnumerable<ulong> Numbers(ulong last) => new[] { 1UL, last / 2, last }.Distinct().Where(n => n > 0);

    private static IEnumerable<string> Texts(ITraceSource recording, ulong last)
    {
        var fields = recording.Header.Layout.Structs.Where(s => s.Role == StructRole.Object).SelectMany(s => s.Fields).Select(f => f.Name).ToHashSet();
        yield return "owner() != birthplace()";
        yield return $"phase == {recording.Header.Layout.Phases[0]} || actor != main || operation.line == 4";
        if (fields.Contains("ob_refcnt"))
            yield return "event.object.ob_refcnt == 1";
        foreach (var number in Numbers(last))
        {
            yield return $"list(#{number}) == none";
            yield return $"orphaned(#{number})";
            yield return $"address(#{number}) % 32 == 0 && size(#{number}) > 8";
            if (fields.Contains("ob_refcnt"))
                yield return $"#{number}.ob_refcnt >= 2";
            if (fields.Contains("_gc_prev"))
                yield return $"#{number}._gc_prev != 0";
            yield return $"reachable(#{number})";
            yield return $"state(#{number}) == live && colour(#{number}) != black";
        }
    }

    [Theory]
    [InlineData("watch value on(sub.generation0)", "on(sub.generation0)")]
    [InlineData("watch value owner(#2)", "owner(#2)")]
    [InlineData("watch value #1.ob_refcnt", "#1.ob_refcnt")]
    [InlineData("watch value state(#2) == live", "state(#2) == live")]
    [InlineData("watch #2 colour", "colour(#2)")]
    public void A_watched_value_stops_where_it_changes_in_both_directions(string watch, string text)
    {
        var expected = Changes(text);

        Assert.NotEmpty(expected);
        Assert.Equal(expected, Stops(watch, forward: true));
        Assert.Equal(expected.Where(n => n < trace.EventCount).Reverse(), Stops(watch, forward: false));
    }

    [Fact]
    public void A_watched_membership_stops_where_the_list_of_an_object_changes_in_both_directions()
    {
        var expected = Changes("list(#2)").Where(n => trace.ReadBlock(trace.BlockOf(n)) is var b && b.Kinds[n - b.FirstEvent] != (byte)EventKind.Allocate).ToArray();

        Assert.NotEmpty(expected);
        Assert.Equal(expected, Stops("watch #2 list", forward: true));
        Assert.Equal(expected.Reverse(), Stops("watch #2 list", forward: false));
    }

    [Fact]
    public void A_watched_list_stops_where_its_members_change_or_it_is_made()
    {
        var debugger = new Debugger(trace);
        var expected = new List<long>();
        var before = "";
        for (var position = debugger.Timeline.Start + 1; position <= trace.EventCount; position++)
        {
            debugger.Timeline.MoveTo(position);
            var now = string.Join(' ', debugger.Timeline.View.List("main.generation0")?.Walk().Members ?? []);
            if (now != before)
                expected.Add(position);
            before = now;
        }

        var found = Stops("watch list main.generation0", forward: true);

        Assert.Equal(expected, found.Where(n => debugger.Timeline.EventAt(n).Kind != EventKind.ListInit));
        Assert.Equal(found.Reverse(), Stops("watch list main.generation0", forward: false));
    }

    [Fact]
    public void That_an_object_is_reachable_rests_on_one_way_to_it_and_that_it_is_not_on_all_objects()
    {
        var debugger = new Debugger(SimulatedTrace.Of("tests/GcReplay.Tests/Transcripts/moves.heap", "marksweep", "glibc"));
        debugger.Timeline.MoveTo(debugger.Objects.Find(new ObjectName(1, false))!.Value.Death - 1);
        var view = debugger.Timeline.View;

        var (garbage, held) = (view.Object(1)!, view.Object(2)!);

        Assert.True(view.LogReads(() => Assert.False(view.IsReachable(garbage))).AskedForAll);
        Assert.False(view.LogReads(() => Assert.True(view.IsReachable(held))).AskedForAll);
        Assert.True(view.LogReads(() => Assert.NotEqual(view.IsReachable(garbage), view.IsReachable(held))).AskedForAll);
    }

    [Fact]
    public void An_ignored_breakpoint_counts_its_hits_and_stops_after_them()
    {
        var debugger = new Debugger(trace);
        var all = Stops("break Allocate", forward: true);
        debugger.Execute("break Allocate");
        debugger.Execute("ignore 1 2");

        debugger.Execute("continue");

        Assert.Equal(all[2], debugger.Timeline.Position);
        Assert.Equal((3, 0), (debugger.Stops.All[0].Hits, debugger.Stops.All[0].Ignores));
    }

    [Fact]
    public void A_condition_can_be_set_and_taken_away()
    {
        var debugger = new Debugger(trace);
        debugger.Execute("break Store");

        Assert.Equal(["breakpoint 1: event Store if event.value == nothing"], debugger.Execute("condition 1 event.value == nothing").Lines);
        Assert.Equal(["breakpoint 1: event Store"], debugger.Execute("condition 1").Lines);
    }

    [Fact]
    public void A_cancelled_run_stands_where_it_had_looked_and_goes_on_to_the_same_place()
    {
        var debugger = new Debugger(trace);
        debugger.Execute("break if orphaned(#2)");
        debugger.Execute("continue");
        var expected = debugger.Timeline.Position;
        debugger.Timeline.MoveTo(0);
        using var cancel = new CancellationTokenSource();
        var asked = 0;

        Assert.Throws<OperationCanceledException>(() => debugger.Execute("continue", new Progress(cancel.Token, _ => Count())));
        var stood = debugger.Timeline.Position;
        debugger.Execute("continue");

        Assert.InRange(stood, 1, expected - 1);
        Assert.Equal(expected, debugger.Timeline.Position);

        void Count()
        {
            if (++asked == 3)
                cancel.Cancel();
        }
    }

    private long[] Everywhere(string text) => Everywhere(trace, text);

    private static long[] Everywhere(ITraceSource trace, string text)
    {
        var debugger = new Debugger(trace);
        var expression = Expression.Condition(debugger, text);
        var found = new List<long>();
        for (var position = debugger.Timeline.Start + 1; position <= trace.EventCount; position++)
        {
            debugger.Timeline.MoveTo(position);
            if (expression.Evaluate(Moment.Of(debugger.Timeline)).Holds() == true)
                found.Add(position);
        }

        return [.. found];
    }

    private long[] Changes(string text) => Changes(trace, text);

    private static long[] Changes(ITraceSource trace, string text)
    {
        var debugger = new Debugger(trace);
        var expression = Expression.Read(debugger, text);
        var found = new List<long>();
        var last = expression.Evaluate(Moment.Of(debugger.Timeline));
        for (var position = debugger.Timeline.Start + 1; position <= trace.EventCount; position++)
        {
            debugger.Timeline.MoveTo(position);
            var now = expression.Evaluate(Moment.Of(debugger.Timeline));
            if (now.Kind != last.Kind || !now.IsUnknown && !now.Same(last))
                found.Add(position);
            last = now;
        }

        return [.. found];
    }

    /// <summary>Where runs stop because of a command, from one end of the trace to the other.</summary>
    private long[] Stops(string command, bool forward) => Stops(trace, command, forward, 30);

    /// <param name="set">Where it is set: a list that is watched must exist by then.</param>
    private static long[] Stops(ITraceSource trace, string command, bool forward, long set)
    {
        var debugger = new Debugger(trace);
        debugger.Timeline.MoveTo(set);
        debugger.Execute(command);
        var found = new List<long>();
        debugger.Timeline.MoveTo(forward ? 0 : trace.EventCount);
        while (debugger.Runner.Continue(forward) is { Reason: not (HaltReason.Start or HaltReason.End) } halt)
        {
            if (halt.Stops.Count > 0)
                found.Add(debugger.Timeline.Position);
        }

        // Where a window begins is no event of it.
        return [.. found.Where(n => n > debugger.Timeline.Start)];
    }
}
