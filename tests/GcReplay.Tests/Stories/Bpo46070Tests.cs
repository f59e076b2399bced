using GcReplay.Simulation.Recording;
using GcReplay.Tests.House;

namespace GcReplay.Tests.Stories;

public sealed class Bpo46070Tests
{
    [Theory]
    [InlineData("cpython39@7247407", "glibc", "hazard")]
    [InlineData("cpython39@7247407", "guard", "crash")]
    [InlineData("cpython39@gh-94673", "glibc", "crash")]
    [InlineData("cpython39@shared-state", "glibc", null)]
    [InlineData("cpython39@gh-92036", "guard", null)]
    [InlineData("marksweep", "guard", null)]
    public void A_method_that_outlives_its_interpreter_ends_as_history_says(string collector, string allocator, string? failure)
    {
        var result = Run(collector, allocator);

        Assert.Equal(failure, result.Failure?.Kind);
    }

    private static RunResult Run(string collector, string allocator)
    {
        var run = new PreparedRun(
            new RunOptions
            {
                ProgramName = "bpo-46070.heap",
                ProgramText = File.ReadAllText(Repository.PathOf("traces/bpo-46070/bpo-46070.heap")),
                Collector = collector,
                Allocator = allocator,
            },
            "test");
        return run.Execute();
    }
}
