using GcReplay.Simulation.Hunting;
using GcReplay.Tests.House;

namespace GcReplay.Tests.Simulation.Hunting;

public sealed class TrialTests
{
    private const string TwoBugs = "traces/two-bugs/two-bugs.heap";

    [Fact]
    public void A_trial_ends_at_the_first_corrupt_event()
    {
        var trial = Run("cpython39@7247407");

        Assert.Equal("violation freed-named-by-live-link | Free |  |  | plain", trial.Failure!.Signature);
        Assert.Equal(trial.Failure.Event, trial.Run.Events);
    }

    [Fact]
    public void A_trial_goes_on_past_what_is_ignored_and_finds_the_other_bug()
    {
        var first = Run("cpython39@7247407").Failure!;

        // What follows from the first is ignored with it.
        var trial = Run("cpython39@7247407", first.Signature, "violation use-after-free | Hazard |  |  | ");

        Assert.Equal(first.Signature, trial.Ignored);
        Assert.Equal("crash write | Unlink |  | untrack-macro | function", trial.Failure!.Signature);
    }

    [Fact]
    public void The_revision_that_mends_one_bug_fails_only_with_the_other() =>
        Assert.Equal("crash write | Unlink |  | untrack-macro | function", Run("cpython39@gh-116510").Failure!.Signature);

    [Fact]
    public void A_deadlock_is_the_own_fault_of_a_generated_program_and_a_finding_of_a_given_one()
    {
        var run = new RunMaker(new HuntTarget
        {
            Collector = "marksweep",
            Program = ("deadlock.heap", "thread main {\n  spawn other\n  join other\n}\nthread other {\n  join main\n}\n"),
        }).Prepare(1);

        var generated = Trial.Run(run, new HashSet<string>(), []);
        var given = Trial.Run(run, new HashSet<string>(), null);

        Assert.True(generated.IsOwnFault);
        Assert.Null(generated.Failure);
        Assert.Equal("deadlock", given.Failure!.Code);
    }

    private static TrialResult Run(string collector, params string[] ignored) => new Campaign(
        new HuntTarget { Collector = collector, Program = ("two-bugs.heap", Repository.Read(TwoBugs)) }, ignored).Run(1);
}
