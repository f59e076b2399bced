using GcReplay.Simulation.Programs;

namespace GcReplay.Simulation.Hunting.Shrinking;

/// <summary>The text of a shrunk program, with comments on what does not matter in it.</summary>
public static class ShrunkText
{
    /// <summary>The program's text; behind a statement stands which of its numbers could be higher as well.</summary>
    public static string Of(Shrinker shrinker)
    {
        var program = shrinker.Best.Program;
        var comments = new SortedDictionary<int, string>();
        foreach (var group in shrinker.Irrelevant().GroupBy(found => found.Statement.Label))
        {
            var statement = group.First().Statement;
            var names = group.Select(found => statement.Operation.Operands[Math.Min(found.Operand, statement.Operation.Operands.Length - 1)].Name);
            comments[LineOf(program, group.Key)] = $"{string.Join(", ", names)}: or more";
        }

        var lines = HeapProgramPrinter.Print(program).Split('\n');
        foreach (var (line, comment) in comments)
            lines[line - 1] += $"  # {comment}";
        return string.Join('\n', lines);
    }

    private static int LineOf(HeapProgram program, string label)
    {
        var read = HeapProgramParser.Parse(program.Name, HeapProgramPrinter.Print(program), [.. program.Statements().Select(s => s.Operation).Distinct().Except(OperationTable.All)]);
        return Edits.NodesOf(read).First(node => node.Label == label).Line;
    }
}
