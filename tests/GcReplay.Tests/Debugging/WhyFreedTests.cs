using GcReplay.Heaps;
using GcReplay.Heaps.Events;
using GcReplay.Simulation.Recording;
using GcReplay.Tests.Simulation.Chaos.Faults;
using GcReplay.Traces.Files;

namespace GcReplay.Tests.Debugging;

public class WhyFreedTests
{
    [Theory]
    [InlineData("marksweep")]
    [InlineData("semispace")]
    [InlineData("generational")]
    [InlineData("incminimark")]
    [InlineData("cpython39")]
    public void What_nothing_keeps_any_more_is_told_with_the_event_that_took_the_last_reference(string collector)
    {
        var debugger = Of("g0 = new plain 1\ng1 = new plain 0\nstore g0 0 g1\ndrop g1\nclear g0 0\ncollect", collector);

        var data = debugger.Execute("why-freed #2").Data;

        Assert.False((bool)data["reachable"]!);
        Assert.Equal(EventKind.Store, debugger.Timeline.EventAt((long)data["unreachableSince"]!).Kind);
    }

    [Theory]
    [InlineData("marksweep", "barrier-left-out", "#3", EventKind.Barrier)]
    [InlineData("semispace", "root-not-visited", "#1", EventKind.Free)]
    [InlineData("generational", "marked-swept", "#1", EventKind.Sweep)]
    [InlineData("incminimark", "card-ends-early", "#2", EventKind.Card)]
    public void What_the_program_can_reach_is_told_with_the_event_that_lost_it(string collector, string fault, string lost, EventKind cause)
    {
        var debugger = Planted(collector, fault);

        var data = debugger.Execute($"why-freed {lost}").Data;

        Assert.True((bool)data["reachable"]!);
        Assert.Equal(cause, debugger.Timeline.EventAt((long)data["cause"]!).Kind);
    }

    [Fact]
    public void An_object_that_lives_to_the_end_is_freed_by_nothing()
    {
        var result = Of("g0 = new plain 0", "marksweep").Execute("why-freed #1");

        Assert.StartsWith("#1 is never freed", result.Lines[0]);
    }

    [Fact]
    public void An_object_that_is_never_born_is_named_as_such() =>
        Assert.Contains("there is no #7", Assert.Throws<GcReplayException>(() => Of("g0 = new plain 0", "marksweep").Execute("why-freed #7")).Message);

    private static GcReplay.Debugging.Debugger Of(string body, string collector) =>
        new(SimulatedTrace.OfText("p.heap", $"thread main {{\n{body}\n}}", collector));

    private static GcReplay.Debugging.Debugger Planted(string collector, string fault)
    {
        var run = new PreparedRun(FaultPrograms.Of(collector, fault).Options(fault), "");
        var trace = new MemoryTrace(run.Header);
        var result = run.Execute(trace);
        trace.Finish(result.ToOutcome(), result.Choices);
        return new GcReplay.Debugging.Debugger(trace);
    }
}
