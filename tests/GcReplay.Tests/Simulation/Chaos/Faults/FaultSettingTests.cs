using GcReplay.Heaps;
using GcReplay.Simulation.Recording;
using GcReplay.Tests.Contracts;
using GcReplay.Traces.Files;

namespace GcReplay.Tests.Simulation.Chaos.Faults;

public sealed class FaultSettingTests
{
    private const string Fault = "root-not-dragged-out";

    private static readonly RunOptions Young = TestRun.Options(
        """
        thread main {
          loop 4 {
            push = new leaf 0
            collect minor
          }
        }
        """, "incminimark");

    [Fact]
    public void A_fault_strikes_at_one_occurrence_alone_and_that_is_a_recorded_choice()
    {
        var always = Record(With(Fault)).Result.Fault!;

        var once = Record(With(Fault + "@3"));

        Assert.Equal(1, once.Result.Fault!.Struck);
        var choice = Assert.Single(once.Trace.Choices);
        Assert.Equal(("fault." + Fault, 2, 1), (choice.Site, choice.Of, choice.Chosen));
        Assert.True(once.Result.Fault.FirstEvent > always.FirstEvent);
    }

    [Fact]
    public void A_fault_strikes_at_the_first_occurrences()
    {
        var first = Record(With(Fault + "@1-2"));

        Assert.Equal(2, first.Result.Fault!.Struck);
        Assert.Equal(Record(With(Fault + "@1")).Result.Fault!.FirstEvent, first.Result.Fault.FirstEvent);
        Assert.True(first.Result.Fault.LastEvent > first.Result.Fault.FirstEvent);
        Assert.Null(Reexecution.Verify(first.Trace).Divergence);
    }

    [Fact]
    public void A_fault_that_strikes_always_is_no_choice_it_is_a_parameter()
    {
        var (trace, result) = Record(With(Fault));

        Assert.Empty(trace.Choices);
        Assert.Equal(result.Fault!.Asked, result.Fault.Struck);
        Assert.Equal(Fault, trace.Header.Parameters["fault"]);
    }

    [Theory]
    [InlineData(Fault)]
    [InlineData(Fault + "@3")]
    public void A_trace_with_a_fault_verifies_and_verifying_tells_of_it(string setting)
    {
        var (trace, result) = Record(With(setting) with { IsChaos = true, Seed = 5 });

        var verified = Reexecution.Verify(trace);

        Assert.Null(verified.Divergence);
        Assert.Equal(result.Fault, verified.Run.Fault);
    }

    [Theory]
    [InlineData(Fault)]
    [InlineData(Fault + "@3")]
    public void A_run_that_forgets_strikes_where_the_other_does(string setting)
    {
        var trace = Record(With(setting)).Trace;

        var verified = Reexecution.Verify(trace, null, forgets: true, TestContext.Current.CancellationToken);

        Assert.Null(verified.Divergence);
    }

    [Fact]
    public void A_recorded_strike_stays_at_its_statement_when_what_comes_before_is_taken_away()
    {
        const string twice = """
            thread main {
              first: push = new leaf 0
              gone: collect minor
              second: push = new leaf 0
              kept: collect minor
            }
            """;
        var options = TestRun.Options(twice, "incminimark") with { Parameters = With(Fault + "@2").Parameters };
        var strike = Assert.Single(Record(options).Trace.Choices);
        Assert.Equal("kept", strike.Operation);

        var shrunk = Record(options with { ProgramText = twice.Replace("  gone: collect minor\n", ""), Choices = [strike] });

        Assert.Equal(1, shrunk.Result.Fault!.Struck);
        Assert.Equal([strike], shrunk.Trace.Choices);
    }

    [Fact]
    public void A_hidden_fault_leaves_nothing_but_what_it_did()
    {
        var shown = Record(With(Fault + "@3"));

        var hidden = Record(With(Fault + "@3") with { HidesFault = true });

        Assert.Empty(hidden.Trace.Choices);
        Assert.Empty(hidden.Trace.Header.Parameters);
        Assert.Equal(shown.Trace.Header.Layout.Sites, hidden.Trace.Header.Layout.Sites);
        Assert.Equal(shown.Trace.Outcome!.ContentHash, hidden.Trace.Outcome!.ContentHash);
        Assert.Equal(shown.Result.Fault, hidden.Result.Fault);
        Assert.NotNull(Reexecution.Verify(hidden.Trace).Divergence);
    }

    [Theory]
    [InlineData("root-not-draged-out", "did you mean 'root-not-dragged-out'?")]
    [InlineData(Fault + "@x", "expected the number of an occurrence behind '@'")]
    [InlineData(Fault + "@-1", "expected the number of an occurrence behind '@'")]
    public void A_setting_that_is_none_is_refused(string setting, string message)
    {
        var error = Assert.Throws<GcReplayException>(() => new PreparedRun(With(setting), ""));

        Assert.Contains(message, error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(FaultPrograms.Collectors), MemberType = typeof(FaultPrograms))]
    public void Chaos_draws_no_fault(string collector)
    {
        var trace = Record(TestRun.Options(DeterminismContractTests.Busy, collector) with { IsChaos = true, Seed = 7 }).Trace;

        Assert.DoesNotContain(trace.Choices, choice => choice.Site.StartsWith("fault.", StringComparison.Ordinal));
        Assert.DoesNotContain(trace.Header.Layout.Sites, site => site.Name.StartsWith("fault.", StringComparison.Ordinal));
    }

    private static RunOptions With(string setting) => Young with { Parameters = Young.Parameters.SetItem(RunParameters.Fault, setting) };

    private static (MemoryTrace Trace, RunResult Result) Record(RunOptions options)
    {
        var prepared = new PreparedRun(options, "test");
        var sink = new MemoryTrace(prepared.Header);
        var result = prepared.Execute(sink);
        sink.Finish(result.ToOutcome(), result.Choices);
        return (sink, result);
    }
}
