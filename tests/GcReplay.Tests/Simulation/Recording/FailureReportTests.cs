using GcReplay.Simulation.Recording;
using GcReplay.Tests.Contracts;

namespace GcReplay.Tests.Simulation.Recording;

/// <summary>What a failed run says of itself.</summary>
public sealed class FailureReportTests
{
    [Fact]
    public void A_hazard_names_the_object_that_it_happened_to_and_not_who_has_its_memory_at_the_end()
    {
        var program = """
            globals hook other
            thread main {
              interpreter sub
              enter sub
              hook = new plain 1 "hook"
              enter main
              end sub
              drop hook
              other = new plain 1 "other"
            }
            """;

        var run = new PreparedRun(TestRun.Options(program) with { Collector = "cpython39@7247407", Allocator = "pymalloc" }, "test").Execute();

        Assert.Equal("hazard", run.Failure!.Kind);
        Assert.Contains("#1 plain 'hook'", run.Failure.Message);
    }
}
