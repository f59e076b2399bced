namespace GcReplay.Tests.Simulation.Programs.Importing;

/// <summary>Recordings of real programs, run by each collector.</summary>
public class ImportedRunTests
{
    private const string Rich = "cpython313-rich";

    /// <summary>Each recording with each collector.</summary>
    public static MatrixTheoryData<string, string> Runs => new(Recordings.Names.Select(row => row.Data), ["cpython39", "marksweep"]);

    [Theory]
    [MemberData(nameof(Recordings.Names), MemberType = typeof(Recordings))]
    public void With_automatic_collection_off_reference_counting_agrees_with_every_death(string recording)
    {
        var imported = Recordings.Of(recording);
        var run = ImportedRun.Of(imported, "cpython39", automatic: false);

        Assert.Null(run.Result.Failure);
        Assert.NotEmpty(run.Deaths);
        Assert.Equal(imported.Deaths.Select(death => (death.Object, death.Label)), run.Deaths);
    }

    [Theory]
    [MemberData(nameof(Runs))]
    public void With_automatic_collection_nothing_is_freed_that_the_recording_reaches(string recording, string collector)
    {
        var imported = Recordings.Of(recording);
        var run = ImportedRun.Of(imported, collector, automatic: true);

        Assert.Null(run.Result.Failure);
        Assert.DoesNotContain(run.Deaths, death => Ordinal(death.Label) <= imported.Objects[death.Object - 1].ReachableUntil);
    }

    [Theory]
    [InlineData("cpython39", 269)]
    [InlineData("marksweep", 13_536)]
    public void A_full_collection_at_the_end_frees_the_269_objects_the_recording_leaves(string collector, int freedByThen)
    {
        var imported = Recordings.Of(Rich);
        var run = ImportedRun.Of(imported, collector, automatic: false, atEnd: "atEnd: collect full");

        Assert.Null(run.Result.Failure);
        Assert.Equal(13_536, run.Deaths.Count);
        Assert.Equal(freedByThen, run.Deaths.Count(death => death.Label == "atEnd"));
        Assert.Superset(imported.Survivors.Select(one => one.Number).ToHashSet(), AtEnd(run));
    }

    [Theory]
    [InlineData("cpython39")]
    [InlineData("marksweep")]
    public void Automatic_collection_frees_garbage_before_the_end(string collector)
    {
        var imported = Recordings.Of(Rich);
        var run = ImportedRun.Of(imported, collector, automatic: true);

        Assert.Contains(run.Deaths, death => imported.Objects[death.Object - 1].Death == 0);
    }

    [Theory]
    [InlineData("cpython39")]
    [InlineData("marksweep")]
    public void Sanitizers_are_silent_all_along(string collector)
    {
        var run = ImportedRun.Of(Recordings.Of(Rich), collector, automatic: true, checks: true);

        Assert.Empty(run.Violations);
    }

    private static HashSet<int> AtEnd(ImportedRun run) => run.Deaths.Where(death => death.Label == "atEnd").Select(death => death.Object).ToHashSet();

    private static int Ordinal(string label) => int.Parse(label["main/".Length..]);
}
