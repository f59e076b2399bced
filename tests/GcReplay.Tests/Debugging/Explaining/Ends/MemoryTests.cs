using GcReplay.Debugging;
using GcReplay.Debugging.Explaining;
using GcReplay.Heaps.Events;
using GcReplay.Simulation.Recording;
using GcReplay.Tests.Contracts;
using GcReplay.Traces;
using GcReplay.Traces.Files;

namespace GcReplay.Tests.Debugging.Explaining.Ends;

public sealed class MemoryTests
{
    private const string Growing = """
        type entry = plain
        type blob = plain
        globals cache last old
        thread main {
          cache = new plain 2 "cache"
          loop 1000 {
            g4 = new blob 100 "temporary"
            drop g4
            last = new entry 2 "entry"
            old = load cache 1
            store last 1 old
            store cache 1 last
            g3 = new blob 100 "page"
            store last 0 g3
            drop g3
          }
        }
        """;

    private const string Disabled = """
        type entry = plain
        thread main {
          collect
          disable
          loop 3000 {
            g0 = new entry 100 "ring"
            store g0 0 g0
          }
        }
        """;

    private const string InPieces = """
        type entry = plain
        globals small large
        thread main {
          loop 120 {
            g3 = new entry 500 "gap"
            g4 = new entry 2 "holds"
            store g4 0 g3
            store g4 1 large
            large = copy g4
            g5 = new entry 2 "kept"
            store g5 1 small
            small = copy g5
          }
          drop g3
          drop g4
          drop g5
          drop large
          loop 100 {
            push = new plain 1000 "big"
          }
        }
        """;

    private const string Rings = """
        type entry = plain
        thread main {
          loop 1500 {
            g3 = new entry 40 "ring"
            g4 = new entry 40 "other"
            store g3 39 g4
            store g4 0 g3
          }
        }
        """;

    private const string Replacing = """
        type entry = plain
        globals holder
        thread main {
          holder = new entry 2 "holder"
          loop 700 {
            g3 = new entry 40 "item"
            store holder 0 g3
            store holder 0 g3
            clear holder 0
          }
        }
        """;

    [Theory]
    [InlineData("cpython39")]
    [InlineData("incminimark")]
    [InlineData("marksweep")]
    [InlineData("semispace")]
    [InlineData("generational")]
    public void A_program_that_fills_the_memory_itself_is_told_so_and_the_collector_is_cleared(string collector)
    {
        var (trace, explanation) = Explained(Growing, collector, 600_000);

        Assert.Contains("nothing is wrong with the collector", explanation.Summary, StringComparison.Ordinal);
        Assert.Contains("blob 'page'", explanation.Summary, StringComparison.Ordinal);
        Assert.Equal(ChainRole.Decision, explanation.Cause!.Role);
        Assert.Contains("line 14", OperationAt(trace, explanation.Cause.Event), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("cpython39")]
    [InlineData("marksweep")]
    [InlineData("semispace")]
    [InlineData("generational")]
    public void Garbage_that_no_collection_came_for_leads_to_who_turned_collections_off(string collector)
    {
        var (trace, explanation) = Explained(Disabled, collector, 600_000);

        Assert.Contains("the program turned automatic collection off", explanation.Summary, StringComparison.Ordinal);
        Assert.Contains("It is not leaked", explanation.Summary, StringComparison.Ordinal);
        Assert.Contains("line 4", OperationAt(trace, explanation.Cause!.Event), StringComparison.Ordinal);
    }

    [Fact]
    public void Free_memory_in_pieces_leads_to_what_parts_it()
    {
        var (_, explanation) = Explained(InPieces, "cpython39", 800_000);

        Assert.Contains("in one piece were asked for", explanation.Summary, StringComparison.Ordinal);
        Assert.Contains("entry 'kept'", explanation.Cause!.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_reference_that_a_collection_did_not_look_at_is_why_garbage_stays()
    {
        var (_, explanation) = Explained(Rings, "cpython39", 900_000, "last-slot-not-subtracted");

        Assert.Contains("goes on without looking at", explanation.Cause!.Message, StringComparison.Ordinal);
        Assert.Contains(".slot[39]", explanation.Cause.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_count_that_was_not_lowered_leads_to_where_its_reference_went_away()
    {
        var (trace, explanation) = Explained(Replacing, "cpython39", 350_000, "old-not-released");

        Assert.Contains("entry 'item' was never freed", explanation.Summary, StringComparison.Ordinal);
        Assert.Equal("Store", new Debugger(trace).At(explanation.Cause!.Event).EventAt(explanation.Cause.Event).Kind.ToString());
        Assert.Contains("one higher than there are references", explanation.Cause.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_leak_that_a_hunt_found_leads_to_the_count_that_was_raised_for_nothing()
    {
        const string survivor = """
            thread main {
              interpreter sub
              enter sub
              g0 = new plain 1
              store g0 0 g0
              enter main
              end sub
              drop g0
            }
            """;
        var trace = Recorded(survivor, "cpython39@gh-92036", null, null, leaks: true);

        var explanation = Explainer.Of(new Debugger(trace));

        Assert.Contains("never f", explanation.Summary, StringComparison.Ordinal);
        Assert.Contains("it ended well", explanation.Summary, StringComparison.Ordinal);
        Assert.Equal(ChainRole.Decision, explanation.Cause!.Role);
        Assert.Equal("line 7", OperationAt(trace, explanation.Cause.Event));
    }

    [Fact]
    public void A_process_that_gets_less_than_its_runtime_takes_is_told_so()
    {
        var (trace, explanation) = Explained(Growing, "cpython39", 10_000);

        Assert.StartsWith("Nothing of the program is in memory", explanation.Summary, StringComparison.Ordinal);
        Assert.Equal(trace.EventCount, explanation.Cause!.Event);
    }

    [Fact]
    public void A_process_without_memory_says_how_much_it_wanted()
    {
        var trace = Recorded(Growing, "marksweep", 150_000, null);

        var last = new Debugger(trace).At(trace.EventCount).EventAt(trace.EventCount);
        Assert.Equal(EventKind.Assertion, last.Kind);
        Assert.True(last.Event.B > 0);
        Assert.Equal("out-of-memory", trace.Outcome!.Failure!.Code);
        Assert.Null(Reexecution.Verify(trace).Divergence);
        Assert.Null(Reexecution.Verify(trace, null, forgets: true, TestContext.Current.CancellationToken).Divergence);
    }

    private static string OperationAt(MemoryTrace trace, long number) =>
        GcReplay.Debugging.Commands.EventText.OperationOf(new Debugger(trace).At(number)) is { } operation ? $"line {operation.Line}" : "";

    private static (MemoryTrace Trace, Explanation Explanation) Explained(string program, string collector, int bytes, string? fault = null)
    {
        var trace = Recorded(program, collector, bytes, fault);
        return (trace, Explainer.Of(new Debugger(trace)));
    }

    private static MemoryTrace Recorded(string program, string collector, int? bytes, string? fault, bool leaks = false)
    {
        var options = TestRun.Options(program, collector);
        if (bytes is { } max)
            options = options with { Parameters = options.Parameters.SetItem(RunParameters.Memory, $"{max}") };
        if (fault is not null)
            options = options with { Parameters = options.Parameters.SetItem(RunParameters.Fault, fault) };
        var run = new PreparedRun(options, "test");
        var trace = new MemoryTrace(run.Header);
        var result = run.Execute(trace);
        var outcome = result.ToOutcome();
        trace.Finish(leaks ? outcome with { Status = RunStatus.Failure, Failure = new RunFailure("leak", "never-found", outcome.Events, "lives", "leak") } : outcome, result.Choices);
        return trace;
    }
}
