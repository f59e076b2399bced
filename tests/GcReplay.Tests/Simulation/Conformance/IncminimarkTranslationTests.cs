using GcReplay.Simulation.Conformance;
using GcReplay.Simulation.Programs;

namespace GcReplay.Tests.Simulation.Conformance;

public sealed class IncminimarkTranslationTests
{
    [Fact]
    public void Declarations_name_the_empty_global_and_the_prebuilt_objects()
    {
        var program = Assert.Single(ConformanceData.Read(IncminimarkTexts.Empty().ToJsonString()));

        Assert.Equal(
            """
            globals null
            prebuilt p1 = node p2 none
            prebuilt p2 = plain p1 none p2

            thread main {
            }

            """,
            HeapProgramPrinter.Print(program.Tree));
        Assert.Equal("incminimark@HEAD", program.Collector);
    }

    [Fact]
    public void Parameters_are_the_collectors_own()
    {
        var parameters = Assert.Single(ConformanceData.Read(IncminimarkTexts.Empty().ToJsonString())).Parameters;

        Assert.Equal(("349.44", "off", "simple"), (parameters["min_heap_bytes"], parameters["single_step"], parameters["arena"]));
        Assert.Equal(12, parameters.Count);
    }

    [Fact]
    public void An_allocation_is_followed_by_stores_into_it() => Assert.Equal(
        [
            "push = new str 3", "push = new node 2", "write f1 0 f0", "write f1 1 null", "push = new plain 4", "write f2 0 p1", "write f2 2 f1",
            "write f2 3 p2", "push = weakref f2",
        ],
        IncminimarkTexts.Translate(["""["malloc_string","00ff7f"]""", """["malloc",0,null]""", """["malloc_array",[-1,null,1,-2]]""", """["weakref",2]"""]));

    [Fact]
    public void Loads_and_stores_name_slots() => Assert.Equal(
        ["push = read p1 0", "push = read p2 2", "write p1 1 f1", "write p2 0 null", "arraycopy p2 0 f1 1 2", "fill p2 f0", "drop f0"],
        IncminimarkTexts.Translate(
            ["""["read",-1,"prev"]""", """["readarray",-2,2]""", """["write",-1,"next",1]""", """["writearray",-2,0,null]""",
             """["copy_array",-2,1,0,1,2]""", """["fill_array",-2,0]""", """["drop",0]"""]));

    [Fact]
    public void What_pushes_only_sometimes_shifts_what_is_allocated_after_it() => Assert.Equal(
        ["push = weakref p1", "push = readweak f0", "push = readweak f0", "push = nextdead", "push = new node 2", "write f2 0 null", "write f2 1 null"],
        IncminimarkTexts.Translate(
            ["""["weakref",-1]""", """["readweak",0]""", """["readweak",0]""", """["next_dead"]""", """["malloc",null,null]"""], 0, 1));

    [Fact]
    public void Collections_and_knobs_are_operations_of_the_language() => Assert.Equal(
        ["collect full", "collect 1", "collect minor", "collect increment", "advance sweeping", "singlestep 1", "disable", "enable", "majorthreshold 128", "majorthreshold 349.44", "majorthreshold -0.5"],
        IncminimarkTexts.Translate(
            ["""["collect"]""", """["collect_gen",1]""", """["minor"]""", """["step"]""", """["step_until",2]""", """["set_single_step",1]""",
             """["enable",0]""", """["enable",1]""", """["set_threshold",128.0]""", """["set_threshold",349.44]""", """["set_threshold",-5e-1]"""]));

    [Fact]
    public void Pins_ids_and_finalizers_name_roots() => Assert.Equal(
        ["push = new str 0", "pin f0", "unpin 0", "id p2", "finalizer f0"],
        IncminimarkTexts.Translate(["""["malloc_string",""]""", """["pin",0]""", """["unpin",0]""", """["take_id",-2]""", """["finalizer",0]"""]));

    [Fact]
    public void Every_program_of_the_data_is_its_text()
    {
        var programs = ConformanceFiles.Read([ConformanceData.Incminimark]).ToList();

        Assert.All(programs.DistinctBy(program => program.Tree.Name), program =>
            Assert.Equal(program.Tree, HeapProgramParser.Parse(program.Tree.Name, HeapProgramPrinter.Print(program.Tree))));
        var dev = programs.Where(program => program.File.Contains("dev", StringComparison.Ordinal)).ToList();
        Assert.Equal((238, 21_552, 34 * 17), (dev.Count, dev.Sum(program => program.Operations.Length), programs.Count - dev.Count));
    }
}
