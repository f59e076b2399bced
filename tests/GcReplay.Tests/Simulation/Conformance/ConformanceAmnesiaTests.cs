using GcReplay.Simulation.Conformance;
using GcReplay.Simulation.Recording;

namespace GcReplay.Tests.Simulation.Conformance;

public sealed class ConformanceAmnesiaTests
{
    /// <summary>Rebuilding everything reads the text again after each operation: long texts take too long.</summary>
    private const int TextMax = 8_000;

    [Fact]
    public void A_run_that_forgets_everything_but_its_words_after_each_operation_goes_on_the_same_way()
    {
        var programs = ConformanceFiles.Read([ConformanceData.CPython39])
            .Where(program => program.Operations.Sum(operation => operation.Runs) <= 1_000).Select(ConformanceRun.OptionsOf)
            .Where(options => options.ProgramText.Length <= TextMax).ToList();
        Assert.InRange(programs.Count, 350, 413);
        Assert.All(programs, options =>
        {
            var remembers = new PreparedRun(options, "test").Execute();
            var forgets = new PreparedRun(options, "test").Execute(forgets: true);
            Assert.Equal((remembers.Events, remembers.StateHash), (forgets.Events, forgets.StateHash));
        });
    }
}
