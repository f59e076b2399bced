using GcReplay.Simulation.Conformance;
using GcReplay.Simulation.Programs;

namespace GcReplay.Tests.Simulation.Conformance;

public sealed class CPython39TranslationTests
{
    [Fact]
    public void Every_operation_becomes_a_statement() => Assert.Equal(
        """
        thread main {
          g1 = new leaf 2
          store g1 0 g2
          clear g1 0
          g3 = load g1 0
          g4 = copy g1
          drop g4
          g5 = weakref g1
          g6 = deref g5
          collect 2
          freeze
          unfreeze
          enable
          disable
          threshold 5 10 0
          track g1
          untrack g1
          g7 = tuple g1 g2
          g8 = tupleitem g7 1
          g9 = dict
          dictset g9 3 g1
          dictdel g9 3
          g63 = dictget g9 4
        }

        """,
        ConformanceData.Translate(
            """["new",1,"leaf",2]""", """["store",1,0,2]""", """["clearslot",1,0]""", """["load",3,1,0]""", """["copy",4,1]""", """["drop",4]""",
            """["wref",5,1]""", """["deref",6,5]""", """["collect",2]""", """["freeze"]""", """["unfreeze"]""", """["enable"]""", """["disable"]""",
            """["threshold",5,10,0]""", """["track",1]""", """["untrack",1]""", """["tuple",7,[1,2]]""", """["titem",8,7,1]""", """["dict",9]""",
            """["dset",9,3,1]""", """["ddel",9,3]""", """["dget",63,9,4]"""));

    [Fact]
    public void Scripts_are_blocks_of_their_own_and_equal_ones_are_one() => Assert.Equal(
        """
        thread main {
          g0 = new fin 2 s0
          g1 = weakref g0 s0
          g2 = weakref g0 s1
          g3 = new fin 1
        }

        script s0 {
          g4 = copy self
          g5 = load self 0
          clear self 1
          store self 0 g4
          g6 = new plain 3
          drop g4
          collect 1
        }

        script s1 {
        }

        """,
        ConformanceData.Translate(
            """["new",0,"fin",2,[["root",4],["rootslot",5,0],["clr",1],["sets",0,4],["new",6,3],["drop",4],["collect",1]]]""",
            """["wref",1,0,[["root",4],["rootslot",5,0],["clr",1],["sets",0,4],["new",6,3],["drop",4],["collect",1]]]""",
            """["wref",2,0,[]]""", """["new",3,"fin",1]"""));

    [Fact]
    public void A_repetition_is_a_loop() => Assert.Equal(
        """
        thread main {
          loop 3 {
            g0 = new plain 1
            drop g0
          }
          collect 0
        }

        """,
        ConformanceData.Translate("""["repeat",3,[["new",0,"plain",1],["drop",0]]]""", """["collect",0]"""));

    [Fact]
    public void A_tuple_of_nothing_and_an_empty_repetition_are_operations_without_statements()
    {
        const string json = """
            [{"id":"a","ops":[["tuple",0,[]],["new",1,"plain",0],["repeat",0,[["drop",1]]],["tuple",0,[]]],
              "expect":[{"r":0},{"r":1,"ev":[["A",0]],"g":{"0":{"add":[0]}},"rc":[[0,1]],"cnt":[1,0,0]},{"r":1},{"r":0}]}]
            """;
        var result = ConformanceRun.Execute(Assert.Single(ConformanceData.Read(json)), "test");
        Assert.Equal((4, 0), (result.Operations, result.Differences.Count));
    }

    [Fact]
    public void The_text_of_every_program_reads_as_its_tree() => Assert.All(
        ConformanceFiles.Read([ConformanceData.CPython39]),
        program => Assert.Equal(program.Tree, HeapProgramParser.Parse(program.Tree.Name, HeapProgramPrinter.Print(program.Tree))));
}
