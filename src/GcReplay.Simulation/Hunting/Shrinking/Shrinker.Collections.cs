using GcReplay.Simulation.Programs;

namespace GcReplay.Simulation.Hunting.Shrinking;

/// <summary>Collections of a program: in place of what causes them, as few statements as can be.</summary>
public sealed partial class Shrinker
{
    /// <summary>What is there only for the collection that it causes as a collection, which others can be put together with.</summary>
    private bool Collections()
    {
        var isSmaller = false;
        OperationRow[] rows = [.. SpanRows];
        for (var i = 0; i < Edits.NodesOf(Best.Program).Count; i++)
        {
            if (Edits.NodesOf(Best.Program)[i] is Statement statement && !IsSpan(statement, rows))
                isSmaller |= ((long[])[-2, -3, -1]).Any(extent => Try(Best with { Program = Edits.Replace(Best.Program, i, Collect(statement.Label, extent)) }));
        }

        return isSmaller;
    }

    /// <summary>Collections one after the other as one operation of the collector that goes on to a state, where it has such.</summary>
    private bool Spans()
    {
        var isSmaller = false;
        OperationRow[] rows = [.. SpanRows];
        for (var i = 0; i + 1 < Edits.NodesOf(Best.Program).Count; i++)
        {
            var nodes = Edits.NodesOf(Best.Program);
            var end = i;
            while (end < nodes.Count && IsSpan(nodes[end], rows))
                end++;
            if (end - i < 2)
                continue;
            var candidates = from row in rows
                             from word in Enumerable.Range(0, row.Operands[0].Words.Length)
                             select new Statement(nodes[i].Label, null, row, [new Operand(OperandForm.Word, word)], 0);
            isSmaller |= candidates.Any(by => Try(Best with
            {
                Program = Edits.Rewrite(Best.Program, (at, _) => at == i ? [by] : at > i && at < end ? [] : null),
            }));
        }

        return isSmaller;
    }

    /// <summary>Operations that go on to a state.</summary>
    private IEnumerable<OperationRow> SpanRows => Character.RowsOf(found.Family).Where(row => row.Operands is [{ Form: OperandForm.Word }]);

    private static bool IsSpan(Node node, OperationRow[] rows) => node is Statement statement && (statement.Operation == OperationTable.Collect || rows.Contains(statement.Operation));

    /// <summary>A choice to collect here as a statement in front, so that the program says all.</summary>
    private bool Explicit()
    {
        var isSmaller = false;
        for (var i = Best.Choices.Length - 1; i >= 0; i--)
        {
            var choice = Best.Choices[i];
            var at = Edits.NodesOf(Best.Program).FindIndex(node => node.Label == choice.Operation);
            if (at < 0 || !choice.Site.EndsWith("-here", StringComparison.Ordinal))
                continue;
            isSmaller |= ((long[])[-2, -3, -1]).Any(extent => Try(Best with
            {
                Choices = Best.Choices.RemoveAt(i),
                Program = Edits.Rewrite(Best.Program, (n, node) => n == at ? [Collect(LabelBefore(node.Label), extent), node] : null),
            }));
        }

        return isSmaller;
    }

    private static Statement Collect(string label, long extent) => new(label, null, OperationTable.Collect, [new Operand(OperandForm.Extent, extent)], 0);

    /// <summary>A label of its own: those of others stay.</summary>
    private string LabelBefore(string before)
    {
        var label = before + "-";
        while (Edits.NodesOf(Best.Program).Any(node => node.Label == label))
            label += "-";
        return label;
    }
}
