using GcReplay.Simulation.Conformance;
using GcReplay.Tests.Heaps.Sanitizers;

namespace GcReplay.Tests.Simulation.Conformance;

public sealed class ConformanceSanitizerTests
{
    [Fact]
    public void What_changed_tells_all_sanitizers_as_much_as_the_whole_heap_at_every_event()
    {
        // The two programs with 20,000 objects would be read whole at each of their operations and deaths.
        var programs = ConformanceFiles.Read([ConformanceData.CPython39])
            .Where(program => program.Operations.Sum(operation => operation.Runs) <= 1_000).Select(ConformanceRun.OptionsOf).ToList();

        Assert.InRange(programs.Count, 400, 413);
        Assert.All(programs, options => Assert.Equal(0, BothForms.Of(options, builtEvery: 10).FalseAlarms));
    }
}
