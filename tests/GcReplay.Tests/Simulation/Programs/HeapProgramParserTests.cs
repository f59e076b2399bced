using GcReplay.Simulation.Programs;
using GcReplay.Tests.House;

namespace GcReplay.Tests.Simulation.Programs;

public class HeapProgramParserTests
{
    private const string GrammarPage = "src/GcReplay.Simulation/Programs/GRAMMAR.md";

    private const string Small =
        """
        # bpo-46070 in small
        type method = plain              # objects of type 'method' of kind 'plain'
        globals compile keep

        thread main {
          interpreter sub
          enter sub
          compile = new method 2 "compile"
          push = new plain 1
          keep = load compile 0
          store compile 1 f0
          first: drop f0
          enter main
          end sub
          loop 10 {
            g5 = new plain 0
          }
          choose { drop compile } or { drop keep }
          spawn worker
          join worker
          collect full
        }
        thread worker { f0 = copy keep }
        """;

    private static HeapProgram Program => HeapProgramParser.Parse("programs/small.heap", Small);

    [Fact]
    public void A_program_knows_its_name_types_globals_interpreters_and_threads()
    {
        Assert.Equal("small.heap", Program.Name);
        Assert.Equal([("plain", "plain"), ("leaf", "leaf"), ("method", "plain")], Program.Types.Select(type => (type.Name, type.Kind)));
        Assert.Equal(["compile", "keep"], Program.Globals);
        Assert.Equal(6, Program.GlobalCount);
        Assert.Equal(["main", "sub"], Program.Interpreters);
        Assert.Equal(["main", "worker"], Program.Threads.Select(thread => thread.Name));
    }

    [Fact]
    public void A_statement_knows_its_operation_operands_destination_and_line()
    {
        var statement = Assert.IsType<Statement>(Program.Threads[0].Body[2]);

        Assert.Same(OperationTable.New, statement.Operation);
        Assert.Equal(new Destination(RootKind.Global, 0), statement.Destination);
        Assert.Equal(8, statement.Line);
        Assert.Equal(
            [new Operand(OperandForm.Type, 2), new Operand(OperandForm.Number, 2), new Operand(OperandForm.Text, 0, "compile")],
            statement.Operands);
    }

    [Fact]
    public void Places_give_labels_where_none_is_written()
    {
        var body = Program.Threads[0].Body;

        Assert.Equal("main/1", body[0].Label);
        Assert.Equal("first", body[6].Label);
        Assert.Equal("main/10.1", ((Loop)body[9]).Body[0].Label);
        Assert.Equal(["main/11.1.1", "main/11.2.1"], ((Choose)body[10]).Alternatives.Select(nodes => nodes[0].Label));
        Assert.Equal("worker/1", Program.Threads[1].Body[0].Label);
    }

    [Fact]
    public void A_left_out_operand_is_null_and_a_named_extent_a_number_below_zero()
    {
        var body = HeapProgramParser.Parse("p", "thread main {\ncollect\ncollect minor\ncollect 2\n}").Threads[0].Body;

        Assert.Equal([null, -2, 2], body.Select(node => ((Statement)node).Operands[0]?.Number));
    }

    [Fact]
    public void Lines_can_end_as_on_Windows() =>
        Assert.Equal(Program, HeapProgramParser.Parse("small.heap", "\uFEFF" + Small.ReplaceLineEndings("\r\n")));

    [Fact]
    public void A_thread_can_be_spawned_above_its_text() =>
        Assert.Equal(1, ((Statement)Program.Threads[0].Body[11]).Operands[0]!.Number);

    [Fact]
    public void The_grammar_page_holds_the_table_of_operations() =>
        Assert.Contains(OperationTable.ToMarkdown(), Repository.Read(GrammarPage));

    [Fact]
    public void The_example_of_the_grammar_page_is_a_program()
    {
        var example = Repository.Read(GrammarPage).Split("```\n")[1];

        Assert.Equal(2, HeapProgramParser.Parse("GRAMMAR.md", example).Threads.Length);
    }

    [Fact]
    public void Only_the_last_operands_of_a_row_are_optional() =>
        Assert.All(OperationTable.All, row => Assert.Equal(row.Operands.OrderBy(operand => operand.IsOptional), row.Operands));
}
