using System.Collections.Immutable;
using CsCheck;
using GcReplay.Simulation.Programs;

namespace GcReplay.Tests.Simulation.Programs;

public class HeapProgramPrinterTests
{
    [Fact]
    public void Any_program_printed_and_parsed_is_the_same_program() =>
        ProgramGenerator.Programs.Sample(program => program.Equals(Reparse(program)), iter: 500);

    [Fact]
    public void Any_program_with_a_statement_removed_keeps_the_labels_of_the_others() =>
        Gen.Select(ProgramGenerator.Programs, Gen.Int[0, 1000]).Sample(
            (program, pick) =>
            {
                var shorter = WithoutNode(program, pick);
                return Labels(shorter).SequenceEqual(Labels(Reparse(shorter)));
            },
            iter: 500);

    [Fact]
    public void A_label_is_written_only_where_the_place_would_give_another()
    {
        var program = HeapProgramParser.Parse("p.heap", "thread main {\n disable\n loop 2 {\n enable\n drop g0\n }\n collect\n}\n");
        var shorter = program with { Threads = [program.Threads[0] with { Body = program.Threads[0].Body.RemoveAt(0) }] };

        Assert.Equal(
            """
            thread main {
              main/2: loop 2 {
                enable
                drop g0
              }
              main/3: collect
            }

            """,
            HeapProgramPrinter.Print(shorter));
    }

    [Fact]
    public void A_statement_alone_prints_without_its_label()
    {
        var program = HeapProgramParser.Parse("p.heap", "type re.Match = plain\nglobals m\nthread main {\n x: m = new re.Match 2 \"a\\nb\"\n}\n");

        Assert.Equal("m = new re.Match 2 \"a\\nb\"", HeapProgramPrinter.PrintStatement(program, (Statement)program.Threads[0].Body[0]));
    }

    [Fact]
    public void Threads_and_scripts_print_in_the_order_of_the_text()
    {
        var program = HeapProgramParser.Parse("p.heap", "script s {\n enter first\n}\nthread main {\n enter second\n new fin 1 s\n}\n");

        Assert.Equal(
            """
            script s {
              enter first
            }

            thread main {
              enter second
              new fin 1 s
            }

            """,
            HeapProgramPrinter.Print(program));
        Assert.Equal(program, Reparse(program));
    }

    private static HeapProgram Reparse(HeapProgram program) => HeapProgramParser.Parse(program.Name, HeapProgramPrinter.Print(program));

    private static HeapProgram WithoutNode(HeapProgram program, int pick)
    {
        var labels = Labels(program).ToList();
        var removed = labels[pick % labels.Count];
        return program with { Threads = Without(program.Threads, removed), Scripts = Without(program.Scripts, removed) };
    }

    private static ImmutableArray<Block> Without(ImmutableArray<Block> blocks, string label) =>
        [.. blocks.Select(block => block with { Body = Without(block.Body, label) })];

    private static ImmutableArray<Node> Without(ImmutableArray<Node> nodes, string label) => [.. nodes.Where(node => node.Label != label).Select(node => node switch
    {
        Loop loop => loop with { Body = Without(loop.Body, label) },
        Choose choose => choose with { Alternatives = [.. choose.Alternatives.Select(inner => Without(inner, label))] },
        _ => node,
    })];

    private static IEnumerable<string> Labels(HeapProgram program) => program.Threads.Concat(program.Scripts).SelectMany(block => Labels(block.Body));

    private static IEnumerable<string> Labels(ImmutableArray<Node> nodes) => nodes.SelectMany(node => node switch
    {
        Loop loop => Labels(loop.Body).Prepend(loop.Label),
        Choose choose => choose.Alternatives.SelectMany(Labels).Prepend(choose.Label),
        _ => [node.Label],
    });
}
