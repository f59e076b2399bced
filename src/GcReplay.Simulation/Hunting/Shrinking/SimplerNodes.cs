using GcReplay.Simulation.Programs;

namespace GcReplay.Simulation.Hunting.Shrinking;

/// <summary>What a node could be instead, simplest first.</summary>
internal static class SimplerNodes
{
    private static readonly int[] RoundNumbers = [0, 1, 2, 3, 4, 8, 10, 16, 32, 64, 100];

    /// <param name="program">Says what types are.</param>
    public static IEnumerable<IReadOnlyList<Node>> Of(HeapProgram program, Node node) => node switch
    {
        Loop loop => [loop.Body, .. ((int[])[1, 2, loop.Count / 2, loop.Count - 1]).Where(n => n > 0 && n < loop.Count).Distinct().Select(n => (Node[])[loop with { Count = n }])],
        Choose choose => choose.Alternatives.Select(nodes => (IReadOnlyList<Node>)nodes),
        Statement statement => Of(program, statement).Select(simpler => (Node[])[simpler]),
        _ => [],
    };

    private static IEnumerable<Statement> Of(HeapProgram program, Statement statement)
    {
        if (statement.Destination is not null)
            yield return statement with { Destination = null };
        var rows = statement.Operation.Operands;
        for (var i = 0; i < statement.Operands.Length; i++)
        {
            var row = rows[Math.Min(i, rows.Length - 1)];
            if (statement.Operands[i] is not { } operand)
                continue;
            if (row.IsOptional)
                yield return With(statement, i, null);
            if (row.IsRepeated && statement.Operands.Length > rows.Length)
                yield return statement with { Operands = statement.Operands.RemoveAt(i) };
            // Of some kinds all objects have the same number.
            if (row.Form == OperandForm.Number && statement.Operation == OperationTable.New && ObjectKinds.SlotsOf(program.Types[(int)statement.Operands[0]!.Number].Kind) is not null)
                continue;
            foreach (var simpler in Of(operand))
                yield return With(statement, i, simpler);
        }
    }

    private static IEnumerable<Operand> Of(Operand operand) => operand.Form switch
    {
        OperandForm.Number => RoundNumbers.Append((int)Math.Min(operand.Number - 1, int.MaxValue)).Where(n => n >= 0 && n < operand.Number).Distinct()
            .Select(n => operand with { Number = n }),
        OperandForm.Decimal => ((double[])[0, 1, 100, 1000]).Where(n => n < operand.Decimal).Select(n => operand with { Number = BitConverter.DoubleToInt64Bits(n) }),
        OperandForm.Type => Types(operand),
        OperandForm.Extent when operand.Number >= 0 => [operand with { Number = -2 }, operand with { Number = -1 }],
        _ => [],
    };

    private static IEnumerable<Operand> Types(Operand operand)
    {
        var plain = ObjectKinds.All.IndexOf(ObjectKinds.Plain);
        return operand.Number == plain ? [] : [operand with { Number = plain }];
    }

    private static Statement With(Statement statement, int index, Operand? operand) => statement with { Operands = statement.Operands.SetItem(index, operand) };
}
