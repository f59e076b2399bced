using GcReplay.Debugging.Commands;
using GcReplay.Debugging.Explaining;
using GcReplay.Tests.Simulation.Chaos.Faults;

namespace GcReplay.Tests.Debugging.Explaining.Tracing;

/// <summary>Each test plants a fault once, in the program on which it shows, and asks what the cause is.</summary>
public class PlantedCauseTests
{
    [Theory]
    [InlineData("marksweep", "barrier-left-out")]
    [InlineData("generational", "barrier-left-out")]
    [InlineData("incminimark", "store-not-remembered")]
    public void A_barrier_that_decides_to_act_and_does_not_is_the_cause(string collector, string fault) =>
        Assert.StartsWith("Barrier ", Cause(collector, fault).What);

    [Theory]
    [InlineData("marksweep", "last-slot-not-visited", "Scan")]
    [InlineData("semispace", "last-slot-not-visited", "Scan")]
    [InlineData("semispace", "scan-skips-one", "Scan")]
    [InlineData("generational", "last-slot-not-visited", "Scan")]
    [InlineData("incminimark", "card-ends-early", "Card")]
    public void A_slot_that_a_scan_leaves_out_belongs_to_the_event_that_begins_the_scan(string collector, string fault, string kind) =>
        Assert.StartsWith(kind + " ", Cause(collector, fault).What);

    [Theory]
    [InlineData("marksweep", "push-lost", "Push")]
    [InlineData("generational", "promoted-not-scanned", "Link")]
    [InlineData("generational", "remember-lost", "Flag")]
    [InlineData("incminimark", "grey-lost", "Pop")]
    [InlineData("incminimark", "moved-not-traced", "Move")]
    [InlineData("incminimark", "prebuilt-not-queued", "Push")]
    [InlineData("incminimark", "raw-not-seen", "Visit")]
    public void An_object_that_was_in_hand_and_forgotten_was_dropped_by_the_last_event_that_deals_with_it(string collector, string fault, string kind) =>
        Assert.StartsWith(kind + " ", Cause(collector, fault).What);

    [Theory]
    [InlineData("semispace", "slot-not-updated")]
    [InlineData("generational", "slot-not-updated")]
    [InlineData("incminimark", "slot-not-updated")]
    public void A_slot_that_still_names_the_place_an_object_left_is_blamed_on_its_visit(string collector, string fault) =>
        Assert.StartsWith("Visit ", Cause(collector, fault).What);

    [Theory]
    [InlineData("marksweep", "black-swept")]
    [InlineData("generational", "marked-swept")]
    [InlineData("incminimark", "black-swept")]
    public void A_sweep_that_frees_a_marked_object_is_the_cause(string collector, string fault) =>
        Assert.Matches("^Sweep .*dies=yes", Cause(collector, fault).What);

    [Theory]
    [InlineData("marksweep", "black-not-cleared", "Unmark")]
    [InlineData("generational", "mark-not-cleared", "Unmark")]
    [InlineData("incminimark", "visited-not-cleared", "Sweep")]
    public void A_mark_that_outlives_its_cycle_is_blamed_on_who_should_have_taken_it_off(string collector, string fault, string kind) =>
        Assert.StartsWith(kind + " ", Cause(collector, fault).What);

    [Theory]
    [InlineData("generational", "remembered-not-cleared", "REMEMBERED")]
    [InlineData("incminimark", "track-flag-not-restored", "GCFLAG_TRACK_YOUNG_PTRS")]
    public void A_barrier_that_goes_by_a_stale_flag_leads_to_the_event_that_should_have_changed_it(string collector, string fault, string flag)
    {
        var (what, explanation) = Cause(collector, fault);

        Assert.StartsWith("Pop ", what);
        Assert.Contains(explanation.Chain, link => link.Role == ChainRole.Precondition && link.Message.Contains(flag, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("incminimark", "young-weakref-not-cleared")]
    [InlineData("incminimark", "old-weakref-not-cleared")]
    public void A_weak_reference_that_is_not_cleared_is_blamed_on_the_store_that_said_so(string collector, string fault) =>
        Assert.Matches("^Store .* slot=weakptr value=nothing", Cause(collector, fault).What);

    [Theory]
    [InlineData("incminimark", "last-word-not-copied")]
    public void A_word_that_a_move_did_not_copy_is_blamed_on_the_move(string collector, string fault) => Assert.StartsWith("Move ", Cause(collector, fault).What);

    [Theory]
    [InlineData("incminimark", "dead-pinned-parent-kept")]
    public void A_dead_object_that_is_filed_before_it_is_swept_is_blamed_on_who_filed_it(string collector, string fault) =>
        Assert.StartsWith("Push ", Cause(collector, fault).What);

    [Theory]
    [InlineData("incminimark", "shadow-not-kept")]
    [InlineData("incminimark", "shadow-not-marked")]
    public void A_shadow_is_lost_where_others_are_kept_and_marked(string collector, string fault) => Assert.StartsWith("Counters ", Cause(collector, fault).What);

    [Theory]
    [InlineData("incminimark", "pinned-parent-not-listed", "pinned")]
    [InlineData("incminimark", "card-array-not-grey-again", "items[3]")]
    public void An_object_that_left_its_list_is_forgotten_by_the_last_event_about_its_slot(string collector, string fault, string about) =>
        Assert.Contains(about, Cause(collector, fault).What);

    [Fact]
    public void A_list_that_stood_for_grey_is_emptied_in_a_collection_that_makes_nothing_grey_again() =>
        Assert.StartsWith("PhaseBegin ", Cause("incminimark", "modified-not-grey-again").What);

    [Theory]
    [InlineData("semispace", "root-not-visited")]
    [InlineData("generational", "root-not-visited")]
    [InlineData("incminimark", "root-not-dragged-out")]
    public void A_root_that_is_left_out_is_named(string collector, string fault) =>
        Assert.Matches(@"main\.frame\[\d+\] was not visited", Cause(collector, fault).Explanation.Summary);

    [Fact]
    public void A_container_that_names_the_dead_leads_to_who_kept_it_there_when_it_was_dead_already()
    {
        var steps = string.Concat(Enumerable.Repeat("collect increment\n", 8));
        var program = FaultPrograms.Of("incminimark", "dead-pinned-parent-kept") with
        {
            Text = $"thread main {{\npush = new plain 1\npush = new str 1\nstore f0 0 f1\npin f1\ncollect minor\ndrop f0\n{steps}}}",
        };

        var run = PlantedRun.Of(program.Options("dead-pinned-parent-kept@1"));
        var explanation = run.Explain();

        Assert.Equal("dead-list", explanation.Corruption!.Code);
        Assert.InRange(explanation.Cause!.Event, run.Struck, run.Struck + 1);
        Assert.Contains("a dead object was kept", explanation.Summary, StringComparison.Ordinal);
    }

    /// <summary>The cause must be the event that was open when the fault struck, or the one behind it.</summary>
    private static (string What, Explanation Explanation) Cause(string collector, string fault)
    {
        for (var occurrence = 1; ; occurrence++)
        {
            var run = PlantedRun.Of(collector, fault, occurrence);
            var debugger = new GcReplay.Debugging.Debugger(run.Trace);
            var explanation = Explainer.Of(debugger);
            if (explanation.Cause is not { } cause)
                continue;
            Assert.InRange(cause.Event, run.Struck, run.Struck + 1);
            return (EventText.What(debugger.At(cause.Event)), explanation);
        }
    }
}
