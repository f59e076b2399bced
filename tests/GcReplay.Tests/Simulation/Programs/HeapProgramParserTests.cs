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
        Assert.Equal([.. ObjectKinds.All.Select(kind => (kind, kind)), ("method", "plain")], Program.Types.Select(type => (type.Name, type.Kind)));
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
            [new Operand(OperandForm.Type, ObjectKinds.All.Length), new Operand(OperandForm.Number, 2), new Operand(OperandForm.Text, 0, "compile"), null],
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
        var example = HeapProgramParser.Parse("GRAMMAR.md", Repository.Read(GrammarPage).Split("```\n")[1]);

        Assert.Equal(["main", "worker"], example.Threads.Select(thread => thread.Name));
        Assert.Equal(["resurrect", "note"], example.Scripts.Select(script => script.Name));
    }

    [Fact]
    public void A_script_can_be_named_above_its_text_and_stand_above_main()
    {
        var program = HeapProgramParser.Parse(
            "p", "script a { new fin 0 b }\nthread main {\nnew fin 2 b\nnew fin 2 \"x\" a\nweakref g0 b\nweakref g0 \"w\"\n}\nscript b { }");

        Assert.Equal(["a", "b"], program.Scripts.Select(script => script.Name));
        Assert.Equal(1, ((Statement)program.Scripts[0].Body[0]).Operands[3]!.Number);
        Assert.Equal([1L, 0L, 1L, null], program.Threads[0].Body.Select(node => ((Statement)node).Operands[^1]?.Number));
    }

    [Fact]
    public void A_repeated_operand_goes_on_to_the_end_of_the_statement()
    {
        var body = HeapProgramParser.Parse("p", "thread main {\ng9 = tuple \"t\" g0 f1\ntuple g2\n}").Threads[0].Body;
        var first = ((Statement)body[0]).Operands;

        Assert.Equal("t", first[0]!.Text);
        Assert.Equal([(RootKind.Global, 0L), (RootKind.Frame, 1L)], first.Skip(1).Select(item => (item!.Root, item.Number)));
        Assert.Equal([null, 2L], ((Statement)body[1]).Operands.Select(operand => operand?.Number));
    }

    [Fact]
    public void Self_is_a_root_of_its_own()
    {
        var program = HeapProgramParser.Parse("p", "thread main { }\nscript s {\ng0 = copy self\n}");

        Assert.Equal(new Operand(OperandForm.Root, 0, Root: RootKind.Self), ((Statement)program.Scripts[0].Body[0]).Operands[0]);
    }

    [Fact]
    public void Prebuilt_objects_name_each_other_forward_and_backward()
    {
        var program = HeapProgramParser.Parse("p", "prebuilt a = node b none\ntype vector = plain\nprebuilt b = vector a b none\nthread main { }");

        Assert.Equal(["a", "b"], program.Prebuilts.Select(prebuilt => prebuilt.Name));
        Assert.Equal([[1, PrebuiltDeclaration.None], [0, 1, PrebuiltDeclaration.None]], program.Prebuilts.Select(prebuilt => prebuilt.Slots));
        Assert.Equal("vector", program.Types[program.Prebuilts[1].Type].Name);
    }

    [Fact]
    public void A_prebuilt_object_is_a_root_wherever_one_is_read()
    {
        var body = HeapProgramParser.Parse("p", "thread main {\npush = read p 1\nwrite f0 0 p\n}\nprebuilt p = node p p").Threads[0].Body;

        Assert.Equal(new Operand(OperandForm.Root, 0, Root: RootKind.Prebuilt), ((Statement)body[0]).Operands[0]);
        Assert.Equal(new Operand(OperandForm.Root, 0, Root: RootKind.Prebuilt), ((Statement)body[1]).Operands[2]);
    }

    [Fact]
    public void A_word_is_its_place_among_those_of_the_row() =>
        Assert.Equal(2, ((Statement)HeapProgramParser.Parse("p", "thread main { advance sweeping }").Threads[0].Body[0]).Operands[0]!.Number);

    [Fact]
    public void Statements_of_threads_and_scripts_come_in_the_order_of_the_text()
    {
        var program = HeapProgramParser.Parse("p", "script a { enable }\nthread main { disable }\nscript b { freeze }\nthread t { unfreeze }");

        Assert.Equal(["a/1", "main/1", "b/1", "t/1"], program.Statements().Select(statement => statement.Label));
    }

    [Fact]
    public void An_optional_operand_is_the_last_of_its_row_or_text_before_no_text() =>
        Assert.All(OperationTable.All, row => Assert.DoesNotContain(
            row.Operands.Zip(row.Operands.Skip(1)),
            pair => pair.First.IsOptional && (pair.First.Form != OperandForm.Text || pair.Second.Form == OperandForm.Text)));

    [Fact]
    public void Only_the_last_operand_of_a_row_is_repeated() =>
        Assert.All(OperationTable.All, row => Assert.DoesNotContain(row.Operands.SkipLast(1), operand => operand.IsRepeated));

    [Fact]
    public void Every_kind_that_new_does_not_make_has_an_operation_of_its_name() =>
        Assert.All(ObjectKinds.Made, kind => Assert.Equal(kind, OperationTable.Find(kind)!.Kind));
}
