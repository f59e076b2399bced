using GcReplay.Simulation.Programs.Importing;
using GcReplay.Tests.House;

namespace GcReplay.Tests.Simulation.Programs.Importing;

/// <summary>The recording of a real program, run by each collector.</summary>
public class ImportedRunTests
{
    private static readonly Lazy<ImportedProgram> Rich =
        new(() => RecordingFile.Import(Repository.PathOf("tests/GcReplay.Tests/Data/cpython313-rich.ops.gz")));

    [Fact]
    public void With_automatic_collection_off_reference_counting_agrees_with_every_death()
    {
        var run = ImportedRun.Of(Rich.Value, "cpython39", automatic: false);

        Assert.Null(run.Result.Failure);
        Assert.Equal(Rich.Value.Deaths.Select(death => (death.Object, death.Label)), run.Deaths);
    }

    [Theory]
    [InlineData("cpython39", 269)]
    [InlineData("marksweep", 13_536)]
    public void A_full_collection_at_the_end_frees_the_269_objects_the_recording_leaves(string collector, int freedByThen)
    {
        var run = ImportedRun.Of(Rich.Value, collector, automatic: false, atEnd: "atEnd: collect full");

        Assert.Null(run.Result.Failure);
        Assert.Equal(13_536, run.Deaths.Count);
        Assert.Equal(freedByThen, run.Deaths.Count(death => death.Label == "atEnd"));
        Assert.Superset(Rich.Value.Survivors.Select(one => one.Number).ToHashSet(), AtEnd(run));
    }

    [Theory]
    [InlineData("cpython39")]
    [InlineData("marksweep")]
    public void With_automatic_collection_nothing_is_freed_that_the_recording_reaches(string collector)
    {
        var run = ImportedRun.Of(Rich.Value, collector, automatic: true);

        Assert.Null(run.Result.Failure);
        Assert.DoesNotContain(run.Deaths, death => Ordinal(death.Label) <= Rich.Value.Objects[death.Object - 1].ReachableUntil);
    }

    [Theory]
    [InlineData("cpython39")]
    [InlineData("marksweep")]
    public void Automatic_collection_frees_garbage_before_the_end(string collector)
    {
        var run = ImportedRun.Of(Rich.Value, collector, automatic: true);

        Assert.Contains(run.Deaths, death => Rich.Value.Objects[death.Object - 1].Death == 0);
    }

    [Theory]
    [InlineData("cpython39")]
    [InlineData("marksweep")]
    public void Sanitizers_are_silent_all_along(string collector)
    {
        var run = ImportedRun.Of(Rich.Value, collector, automatic: true, checks: true);

        Assert.Empty(run.Violations);
    }

    private static HashSet<int> AtEnd(ImportedRun run) => run.Deaths.Where(death => death.Label == "atEnd").Select(death => death.Object).ToHashSet();

    private static int Ordinal(string label) => int.Parse(label["main/".Length..]);
}
