using System.Collections.Immutable;
using GcReplay.Debugging.Commands;
using GcReplay.Debugging.Explaining;
using GcReplay.Simulation.Recording;

namespace GcReplay.Tests.Debugging.Explaining.Tracing;

/// <summary>Runs that crash in the statement in which the heap became corrupt, before any sanitizer asked.</summary>
public sealed class FollowedWordTests
{
    [Fact]
    public void A_word_that_was_not_copied_and_led_nowhere_is_blamed_on_the_move()
    {
        var run = Crash(
            "incminimark", "last-word-not-copied@2", "debug", new() { ["arena"] = "simple", ["debug"] = "0" },
            "push = new plain 1", "push = weakref f0", "collect minor");

        var explanation = run.Explain();

        Assert.InRange(explanation.Cause!.Event, run.Struck, run.Struck + 1);
        Assert.StartsWith("Move #2 weakref", What(run, explanation.Cause.Event), StringComparison.Ordinal);
        Assert.Contains("followed #2 weakref.weakptr nowhere", explanation.Summary, StringComparison.Ordinal);
    }

    [Fact]
    public void A_crash_at_what_a_sweep_gave_back_is_blamed_on_the_sweep()
    {
        var run = Crash(
            "marksweep", "black-swept@1", "guard", new() { ["gc.budget"] = "1" },
            "push = new leaf 0", "collect increment", "collect full");

        var explanation = run.Explain();

        Assert.InRange(explanation.Cause!.Event, run.Struck, run.Struck + 1);
        Assert.StartsWith("Sweep #1 leaf", What(run, explanation.Cause.Event), StringComparison.Ordinal);
        Assert.Contains(explanation.Chain, link => link.Role == ChainRole.Consequence && What(run, link.Event).StartsWith("Free #1 leaf", StringComparison.Ordinal));
        Assert.Contains("followed main.frame[0] to #1 leaf, which is gone", explanation.Summary, StringComparison.Ordinal);
    }

    private static string What(PlantedRun run, long number) => EventText.What(new GcReplay.Debugging.Debugger(run.Trace).At(number));

    /// <summary>A run that no sanitizer complains of.</summary>
    private static PlantedRun Crash(string collector, string fault, string allocator, Dictionary<string, string> parameters, params string[] statements)
    {
        parameters[RunParameters.Fault] = fault;
        var run = PlantedRun.Of(new RunOptions
        {
            ProgramName = "crash.heap",
            ProgramText = $"thread main {{\n{string.Join('\n', statements)}\n}}\n",
            Collector = collector,
            Allocator = allocator,
            Parameters = parameters.ToImmutableSortedDictionary(StringComparer.Ordinal),
        });
        var explanation = run.Explain();
        Assert.Equal("crash", explanation.Failure!.Kind);
        Assert.Null(explanation.Corruption);
        return run;
    }
}
