using GcReplay.Simulation.Conformance;
using GcReplay.Simulation.Recording;

namespace GcReplay.Tests.Simulation.Conformance;

public sealed class ConformanceAmnesiaTests
{
    /// <summary>Rebuilding everything reads the text again after each operation: long texts take too long.</summary>
    private const int TextMax = 8_000;

    [Fact]
    public void A_run_that_forgets_everything_but_its_words_after_each_operation_goes_on_the_same_way() =>
        AssertForgetful(ConformanceData.CPython39, 350, 413);

    [Fact]
    public void So_does_one_of_incminimark_also_where_it_fails() => AssertForgetful(ConformanceData.Incminimark, 700, 816);

    private static void AssertForgetful(string folder, int least, int most)
    {
        var programs = ConformanceFiles.Read([folder])
            .Where(program => program.Operations.Sum(operation => operation.Runs) <= 1_000).Select(ConformanceRun.OptionsOf)
            .Where(options => options.ProgramText.Length <= TextMax).ToList();
        Assert.InRange(programs.Count, least, most);
        Assert.All(programs, options =>
        {
            var remembers = new PreparedRun(options, "test").Execute();
            var forgets = new PreparedRun(options, "test").Execute(forgets: true);
            Assert.Equal((remembers.Events, remembers.StateHash), (forgets.Events, forgets.StateHash));
        });
    }
}
