using CsCheck;
using GcReplay.Heaps;
using GcReplay.Simulation.Programs;
using GcReplay.Simulation.Programs.Importing;
using GcReplay.Tests.House;

namespace GcReplay.Tests.Simulation.Programs.Importing;

public class RecordingImporterTests
{
    private static readonly Lazy<ImportedProgram> Rich =
        new(() => RecordingFile.Import(Repository.PathOf("tests/GcReplay.Tests/Data/cpython313-rich.ops.gz")));

    [Fact]
    public void A_newborn_has_a_global_until_its_death() => Gives(
        """
        n 1 list 56
        n 2 re.Match 72
        d 1
        n 3 list 56
        d 3
        d 2
        """,
        """
        type list = plain
        type re.Match = plain

        thread main {
          g0 = new list 0
          g1 = new re.Match 0
          drop g0
          g0 = new list 0
          drop g0
          drop g1
        }

        """);

    [Fact]
    public void A_safe_point_links_objects_and_leaves_only_recorded_roots() => Gives(
        """
        n 1 list 56
        n 2 set 64
        s 1 0 2
        r 1 3
        """,
        """
        type list = plain
        type set = plain

        thread main {
          g0 = new list 1
          g1 = new set 0
          store g0 0 g1
          drop g1
        }

        """);

    [Fact]
    public void At_a_safe_point_takes_come_before_gives() => Gives(
        """
        n 1 list 56
        n 2 set 64
        s 1 0 2
        r 1 1
        n 3 set 64
        s 1 0 3
        s 1 1 2
        """,
        """
        type list = plain
        type set = plain

        thread main {
          g0 = new list 2
          g1 = new set 0
          store g0 0 g1
          drop g1
          g1 = new set 0
          g2 = load g0 0
          clear g0 0
          store g0 0 g1
          store g0 1 g2
          drop g2
          drop g1
        }

        """);

    [Fact]
    public void An_object_without_a_global_is_reached_along_recorded_slots() => Gives(
        """
        n 1 A 56
        n 2 B 64
        n 3 C 64
        s 1 0 2
        s 2 0 3
        r 1 1
        n 4 D 64
        s 3 0 4
        """,
        """
        type A = plain
        type B = plain
        type C = plain
        type D = plain

        thread main {
          g0 = new A 1
          g1 = new B 1
          g2 = new C 1
          store g0 0 g1
          store g1 0 g2
          drop g1
          drop g2
          g2 = new D 0
          g1 = load g0 0
          g3 = load g1 0
          store g3 0 g2
          drop g1
          drop g3
          drop g2
        }

        """);

    [Fact]
    public void A_death_empties_the_slots_that_still_hold_the_object() => Gives(
        """
        n 1 A 56
        n 2 B 64
        s 1 0 2
        r 1 1
        d 2
        """,
        """
        type A = plain
        type B = plain

        thread main {
          g0 = new A 1
          g1 = new B 0
          store g0 0 g1
          drop g1
          g1 = load g0 0
          clear g0 0
          drop g1
        }

        """);

    [Fact]
    public void An_object_outlives_its_only_holder_until_its_own_death() => Gives(
        """
        n 1 A 56
        n 2 B 64
        s 1 0 2
        r 1 1
        d 1
        n 3 C 64
        d 2
        """,
        """
        type A = plain
        type B = plain
        type C = plain

        thread main {
          g0 = new A 1
          g1 = new B 0
          store g0 0 g1
          drop g1
          g1 = load g0 0
          drop g0
          g0 = new C 0
          drop g1
        }

        """);

    [Fact]
    public void Garbage_to_which_nothing_happens_any_more_is_not_held() => Gives(
        """
        n 1 A 56
        n 2 A 64
        s 1 0 2
        s 2 0 1
        n 3 A 64
        """,
        """
        type A = plain

        thread main {
          g0 = new A 1
          g1 = new A 1
          store g0 0 g1
          store g1 0 g0
          drop g0
          drop g1
          g1 = new A 0
        }

        """);

    [Fact]
    public void A_cycle_that_dies_later_keeps_one_global_until_then()
    {
        var imported = Import("n 1 A 1\nn 2 A 1\ns 1 0 2\ns 2 0 1\nn 3 A 1\nd 3\nd 2\nd 1\n");
        var run = ReferenceCounts.Of(imported.Program);

        Assert.Equal([3, 2, 1], run.Deaths.Select(death => death.Object));
        Assert.Equal(1, imported.Program.Threads[0].Body.Take(6).Count(node => ((Statement)node).Operation == OperationTable.Drop));
    }

    [Fact]
    public void An_object_that_holds_itself_dies_at_its_death()
    {
        var imported = Import("n 1 A 1\ns 1 0 1\nn 2 A 1\nd 1\nd 2\n");

        Assert.Equal([(1, 5), (2, 6)], ReferenceCounts.Of(imported.Program).Deaths);
    }

    [Fact]
    public void A_number_given_again_is_another_object() =>
        Assert.Equal([2, 4, 6], Import("n 7 A 1\nd 7\nn 7 A 1\nd 7\nn 7 A 1\nd 7\n").Objects.Select(one => one.Death));

    [Fact]
    public void Any_recording_agrees_with_every_death() => RecordingGenerator.Recordings.Sample(AssertAgrees, iter: 1000);

    [Fact]
    public void The_recording_of_a_real_program_agrees_with_every_death() => AssertAgrees(Rich.Value);

    [Fact]
    public void The_recording_of_a_real_program_leaves_269_objects_alive_that_nothing_reaches()
    {
        var run = ReferenceCounts.Of(Rich.Value.Program);

        Assert.Equal(13_536, run.Born);
        Assert.Equal(13_267, Rich.Value.Deaths.Length);
        Assert.Equal(269, Rich.Value.Survivors.Count());
        Assert.Empty(run.Reachable);
    }

    /// <summary>The scheduler dies shortly before the last safe point, which still changes the ring of tasks it leaves behind.</summary>
    [Fact]
    public void The_recording_of_a_real_program_needs_one_global_that_it_does_not_justify() => Assert.Equal(1, Rich.Value.Kept);

    [Fact]
    public void Any_survivor_is_reachable_as_long_as_the_import_says() => RecordingGenerator.Recordings.Sample(
        recording =>
        {
            var imported = Import(recording);
            return imported.Survivors.All(one =>
                ReferenceCounts.Of(imported.Program, statements: one.ReachableUntil).Reachable.Contains(one.Number));
        },
        iter: 300);

    [Fact]
    public void An_imported_program_printed_and_parsed_is_the_same_with_the_same_lines()
    {
        var parsed = HeapProgramParser.Parse(Rich.Value.Program.Name, HeapProgramPrinter.Print(Rich.Value.Program));

        Assert.Equal(Rich.Value.Program, parsed);
        Assert.Equal(Rich.Value.Program.Threads[0].Body.Select(node => node.Line), parsed.Threads[0].Body.Select(node => node.Line));
    }

    [Theory]
    [InlineData("n 1 A 1\nd 2\n", "r.ops:2: expected an object that lives, found '2', which is not born yet or dead, in 'd 2'")]
    [InlineData("n 1 A 1\nd 1\nx 1 0\n", "r.ops:3: expected an object that lives, found '1', which is not born yet or dead, in 'x 1 0'")]
    [InlineData("n 1 A 1\nn 1 A 1\n", "r.ops:2: expected the birth of an object that does not live yet, found 'n 1 A 1'")]
    [InlineData("n 1 A 1\ns 1 x 1\n", "r.ops:2: expected a number below 1000000, found 'x', in 's 1 x 1'")]
    [InlineData("n 1 A 1\ns 1 1000000 1\n", "r.ops:2: expected a number below 1000000, found '1000000', in 's 1 1000000 1'")]
    [InlineData("n 1 A 1\ns 1 0\n", "r.ops:2: expected one of 'n ID TYPE SIZE', 's SRC SLOT DST', 'x SRC SLOT', 'r ID COUNT', 'd ID', 'g GEN', 'G GEN COLLECTED', found 's 1 0'")]
    [InlineData("hello\n", "r.ops:1: expected one of 'n ID TYPE SIZE', 's SRC SLOT DST', 'x SRC SLOT', 'r ID COUNT', 'd ID', 'g GEN', 'G GEN COLLECTED', found 'hello'")]
    [InlineData("", "r.ops: no birth (a line 'n ID TYPE SIZE') in 0 lines. Is it a recording?")]
    public void A_malformed_line_is_named(string recording, string message) =>
        Assert.Equal(message, Assert.Throws<GcReplayException>(() => Import(recording)).Message);

    [Fact]
    public void A_type_called_like_a_kind_gets_slots_all_the_same() =>
        Assert.Equal(
            "g0 = new \"leaf (recorded)\" 1",
            HeapProgramPrinter.Print(Import("n 1 leaf 1\ns 1 0 1\n").Program).Split('\n')[3].Trim());

    [Fact]
    public void A_cut_off_file_is_a_clear_error()
    {
        var path = Path.Combine(Path.GetTempPath(), $"{Guid.NewGuid()}.ops.gz");
        File.WriteAllBytes(path, File.ReadAllBytes(Repository.PathOf("tests/GcReplay.Tests/Data/cpython313-rich.ops.gz"))[..5000]);
        try
        {
            Assert.Contains("cut off", Assert.Throws<GcReplayException>(() => RecordingFile.Import(path)).Message);
        }
        finally
        {
            File.Delete(path);
        }
    }

    [Fact]
    public void A_missing_file_is_a_clear_error() =>
        Assert.StartsWith("nowhere.ops: cannot be read", Assert.Throws<GcReplayException>(() => RecordingFile.Import("nowhere.ops")).Message);

    private static ImportedProgram Import(string recording) => RecordingImporter.Import("r.ops", new StringReader(recording));

    private static void Gives(string recording, string program) => Assert.Equal(program, HeapProgramPrinter.Print(Import(recording).Program));

    private static void AssertAgrees(string recording) => AssertAgrees(Import(recording));

    private static void AssertAgrees(ImportedProgram imported)
    {
        var run = ReferenceCounts.Of(imported.Program);

        Assert.Empty(run.Skipped);
        Assert.Equal(
            imported.Deaths.Select(death => (death.Object, death.Label)),
            run.Deaths.Select(death => (death.Object, ImportedProgram.Label(death.Ordinal))));
    }
}
