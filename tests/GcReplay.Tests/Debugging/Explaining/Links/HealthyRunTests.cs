using GcReplay.Debugging.Explaining;
using GcReplay.Debugging.Explaining.Links;
using GcReplay.Simulation.Recording;
using GcReplay.Tests.Simulation.Chaos.Faults;
using GcReplay.Traces.Files;

namespace GcReplay.Tests.Debugging.Explaining.Links;

/// <summary>What the reasoning takes for broken must not be found in a run that goes well.</summary>
public sealed class HealthyRunTests
{
    [Theory]
    [MemberData(nameof(FaultPrograms.Collectors), MemberType = typeof(FaultPrograms))]
    public void Each_event_of_a_healthy_run_does_to_lists_what_it_declares(string collector)
    {
        var found = FaultPrograms.Of(collector).Select(program => BrokenListAction.First(InquiryOf(program), long.MaxValue)?.Event);

        Assert.All(found, Assert.Null);
    }

    [Theory]
    [MemberData(nameof(FaultPrograms.Collectors), MemberType = typeof(FaultPrograms))]
    public void What_is_handed_out_in_a_healthy_run_is_no_longer_named_as_free(string collector)
    {
        var found = FaultPrograms.Of(collector).Select(program => HandedOut.First(InquiryOf(program), long.MaxValue)?.Event);

        Assert.All(found, Assert.Null);
    }

    [Theory]
    [MemberData(nameof(FaultPrograms.Collectors), MemberType = typeof(FaultPrograms))]
    public void Each_store_of_a_healthy_run_writes_what_it_says(string collector)
    {
        var found = FaultPrograms.Of(collector).Select(program => BrokenStore.First(InquiryOf(program), long.MaxValue)?.Event);

        Assert.All(found, Assert.Null);
    }

    [Fact]
    public void No_count_of_a_healthy_run_is_below_the_references_after_any_event()
    {
        var found = FaultPrograms.Of("cpython39").Select(InquiryOf).SelectMany(Shortages);

        Assert.Empty(found);
    }

    private static IEnumerable<Shortage> Shortages(Inquiry inquiry)
    {
        var events = inquiry.Debugger.Timeline.EventCount;
        for (var number = 1UL; number <= inquiry.Debugger.Objects.Highest(); number++)
        {
            for (var position = 1L; position <= events; position++)
            {
                if (CountBalance.At(inquiry, number, position) is { } shortage)
                    yield return shortage;
            }
        }
    }

    private static Inquiry InquiryOf(FaultProgram program)
    {
        var run = new PreparedRun(program.Options(null), "");
        var trace = new MemoryTrace(run.Header);
        var result = run.Execute(trace);
        trace.Finish(result.ToOutcome(), result.Choices);
        return new Inquiry(new GcReplay.Debugging.Debugger(trace), null, []);
    }
}
