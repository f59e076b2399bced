using GcReplay.Debugging.Explaining;
using GcReplay.Tests.House;
using GcReplay.Tests.Simulation.Chaos.Faults;
using GcReplay.Traces.Files;

namespace GcReplay.Tests.Debugging.Explaining.Ends;

public sealed class EndTests
{
    [Fact]
    public void Links_that_are_none_lead_to_the_event_that_took_them_away()
    {
        var explanation = OfGallery("traces/gh-92036/crash.gctrace");

        Assert.Equal(88, explanation.Cause!.Event);
        Assert.Contains("born in addon, owned by none, actor addon", explanation.Cause.Message, StringComparison.Ordinal);
        Assert.Contains("unlinked it again through links that are no longer there", explanation.Summary, StringComparison.Ordinal);
    }

    [Fact]
    public void An_assertion_is_wrong_when_what_it_saw_waits_to_be_visited()
    {
        var explanation = OfGallery("traces/pypy-853ec5c72eb/false-alarm.gctrace");

        Assert.Equal(165, explanation.Cause!.Event);
        Assert.StartsWith("the assertion is wrong: black #1 node 'black' refers to grey #0.1 node 'static' through next", explanation.Cause.Message, StringComparison.Ordinal);
        Assert.Contains(explanation.Chain, l => l is { Role: ChainRole.Evidence, Event: 137 });
    }

    [Theory]
    [InlineData("incminimark", "track-flag-not-cleared")]
    [InlineData("incminimark", "finalizable-not-kept")]
    [InlineData("cpython39", "tuple-stays-free")]
    public void An_assertion_or_a_crash_leads_to_the_event_that_made_the_state_it_met(string collector, string fault)
    {
        var run = PlantedRun.Of(collector, fault);

        Assert.InRange(run.Explain().Cause!.Event, run.Struck, run.Struck + 1);
    }

    [Fact]
    public void What_was_put_on_a_list_twice_leads_to_the_first_time_when_that_left_a_flag_as_no_other_has_it()
    {
        var run = OfText("incminimark", "track-flag-not-cleared", "thread main {\npush = new plain 1\ncollect minor\npush = new str 1\nstore f0 0 f1\nstore f0 0 f1\ncollect minor\n}");

        var explanation = run.Explain();

        Assert.Equal(run.Struck, explanation.Cause!.Event);
        Assert.StartsWith("leaves GCFLAG_TRACK_YOUNG_PTRS set; 2 others that came off it had it clear", explanation.Cause.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_treatment_that_stopped_half_way_leads_to_its_last_event()
    {
        var run = OfText("incminimark", "finalizable-not-kept", "thread main {\npush = new plain 1\npush = new plain 1\nstore f0 0 f1\nfinalizer f0\ndrop f1\ndrop f0\ncollect\n}");

        var explanation = run.Explain();

        Assert.Equal(run.Struck, explanation.Cause!.Event);
        Assert.Contains(explanation.Chain, l => l is { Role: ChainRole.Precondition } && l.Event < run.Struck);
    }

    [Fact]
    public void A_struct_that_is_not_as_an_assertion_expects_leads_to_the_last_to_write_the_field_it_names()
    {
        var run = OfText("incminimark", "pinned-not-seen", "thread main {\npush = new str 1\npin f0\ncollect minor\n}");

        var explanation = run.Explain();

        Assert.Equal(run.Struck, explanation.Cause!.Event);
        Assert.StartsWith("was the last to write pinned_objects_in_nursery", explanation.Cause.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Of_threads_that_wait_for_each_other_the_last_to_begin_is_the_cause()
    {
        var trace = SimulatedTrace.OfText("p.heap", "thread main {\nspawn a\njoin a\n}\nthread a {\njoin main\n}", "cpython39");

        var explanation = Explainer.Of(new GcReplay.Debugging.Debugger(trace));

        Assert.Equal(ChainRole.Decision, explanation.Cause!.Role);
        Assert.Contains("main waits for a", explanation.Summary, StringComparison.Ordinal);
    }

    [Fact]
    public void Links_that_lead_in_a_circle_are_named_and_lead_to_the_event_that_left_one_out()
    {
        var run = PlantedRun.Of("cpython39", "next-not-restored", program: "garbage-not-held");

        var explanation = run.Explain();

        Assert.Equal("hang", explanation.Failure!.Kind);
        Assert.Equal(run.Struck, explanation.Cause!.Event);
        Assert.Contains(explanation.Chain, l => l.Message.StartsWith("what began here follows the links of main.collection.", StringComparison.Ordinal));
    }

    /// <summary>Another program for a fault, at its first occurrence.</summary>
    private static PlantedRun OfText(string collector, string fault, string text) =>
        PlantedRun.Of((FaultPrograms.Of(collector, fault) with { Text = text }).Options($"{fault}@1"));

    private static Explanation OfGallery(string trace)
    {
        using var reader = TraceReader.Open(Repository.PathOf(trace));
        return Explainer.Of(new GcReplay.Debugging.Debugger(reader));
    }
}
