using GcReplay.Simulation.Chaos;
using GcReplay.Simulation.Collectors;
using GcReplay.Simulation.Programs;

namespace GcReplay.Simulation.Hunting;

/// <summary>What one generated program is like: which operations and kinds it has, and how often. Drawn anew for each, so that rare
/// mixes come about. Source: Groce et al., Swarm Testing, ISSTA 2012.</summary>
internal sealed class Character
{
    private static readonly int[] Weights = [0, 0, 0, 1, 2, 4, 8, 16, 32];
    private static readonly int[] SlotCounts = [1, 1, 2, 2, 3, 4, 6, 8, 12, 20, 30, 60];

    public Character(CollectorFamily family, Dice dice)
    {
        var without = Exclusions(family, dice);
        ScriptCount = family.CallsScripts ? dice.Of(0, 0, 2, 4) : 0;
        ThreadCount = dice.Of(1, 1, 1, 1, 2, 3);
        InterpreterCount = dice.Of(0, 0, 1, 2);
        PrebuiltCount = family.HasPrebuilts && !without.Contains(Misuse.Prebuilt) ? dice.Of(0, 0, 2, 4) : 0;
        GlobalCount = dice.Between(3, 8);
        FramePlaces = dice.Between(0, 3);
        Statements = dice.Between(4, 12) << dice.Below(4);
        Slots = [dice.Of<int>(SlotCounts), dice.Of<int>(SlotCounts), dice.Between(1, 3), dice.Between(1, 3)];
        Extents = dice.OneIn(2) ? [-3, -3, -3, -3, -3, -3, -3, -2, -1] : [-1, -2, -3, 0, 1, 2];
        Kinds = KindsOf(family, dice, without);
        Rows = RowsOf(family, dice, without);
        Touching = [.. Rows.Rows.Where(row =>
            row.Operands is [{ Form: OperandForm.Root, IsPlace: false } o, ..] && o.Name != row.Kind && row.Operands.Skip(1).All(other => other.IsOptional))];
    }

    /// <summary>Scripts of each sort: bodies of finalizers, bodies of callbacks.</summary>
    public int ScriptCount { get; }

    public int ThreadCount { get; }

    /// <summary>Sub-interpreters that it may create.</summary>
    public int InterpreterCount { get; }

    public int PrebuiltCount { get; }

    public int GlobalCount { get; }

    public int FramePlaces { get; }

    /// <summary>Statements of the first thread, about.</summary>
    public int Statements { get; }

    /// <summary>Numbers of slots that objects have.</summary>
    public int[] Slots { get; }

    /// <summary>What <c>collect</c> collects: mostly increments in half of the programs, so that phases last.</summary>
    public long[] Extents { get; }

    /// <summary>What <c>new</c> makes, with weights.</summary>
    public (string[] Kinds, int[] Weights) Kinds { get; }

    /// <summary>Operations with weights; <c>new</c> has one always.</summary>
    public (OperationRow[] Rows, int[] Weights) Rows { get; }

    /// <summary>Operations on one object and nothing else.</summary>
    public OperationRow[] Touching { get; }

    public bool Has(OperationRow row) => Array.IndexOf(Rows.Rows, row) >= 0;

    /// <summary>All operations that a collector knows, its own included.</summary>
    public static IEnumerable<OperationRow> RowsOf(CollectorFamily family) => OperationTable.All.Concat(family.Operations).Distinct()
        .Where(row => row.IsOf(family.Name) && (row.Kind.Length == 0 || family.Kinds.Contains(row.Kind)));

    /// <summary>Of each pair that a program must not mix, one goes.</summary>
    private static HashSet<string> Exclusions(CollectorFamily family, Dice dice)
    {
        var without = new HashSet<string>(StringComparer.Ordinal);
        foreach (var misuse in family.Misuses)
        {
            if (dice.OneIn(2))
                without.UnionWith(misuse.Some);
            else
                without.UnionWith(misuse.Others);
        }

        return without;
    }

    private static (string[] Kinds, int[] Weights) KindsOf(CollectorFamily family, Dice dice, HashSet<string> without)
    {
        string[] all = [.. family.Kinds.Where(kind => ObjectKinds.Nodes.Contains(kind) && !without.Contains(kind))];
        int[] weights = [.. all.Select(_ => dice.Of<int>(Weights))];
        // One kind at least that links objects.
        weights[Array.IndexOf(all, ObjectKinds.Plain)] += 4;
        return (all, weights);
    }

    private (OperationRow[] Rows, int[] Weights) RowsOf(CollectorFamily family, Dice dice, HashSet<string> without)
    {
        OperationRow[] rows = [.. RowsOf(family).Where(row => !without.Contains(row.Name) && CanStand(row))];
        int[] weights = [.. rows.Select(row => Weight(row, dice))];
        return ([.. rows.Where((_, i) => weights[i] > 0)], [.. weights.Where(weight => weight > 0)]);
    }

    private int Weight(OperationRow row, Dice dice)
    {
        var drawn = dice.Of<int>(Weights);
        if (row.Operands.Any(operand => operand.Form is OperandForm.Interpreter or OperandForm.Thread))
            return 5 + drawn / 2;
        // What turns a knob is rarer than what works on objects.
        if (row.Result == ResultForm.None && !row.Operands.Any(operand => operand.Form is OperandForm.Root or OperandForm.Type))
            return drawn / 8;
        // What relates objects is what collectors go wrong about.
        var objects = row.Operands.Count(operand => operand.Form == OperandForm.Root);
        return row == OperationTable.New ? 6 + drawn / 4 : drawn + (objects > 1 ? 4 : row == OperationTable.Drop || row == OperationTable.Collect ? 2 : 0);
    }

    private bool CanStand(OperationRow row) => row.Operands.All(operand => operand.IsOptional || operand.Form switch
    {
        OperandForm.Interpreter => InterpreterCount > 0,
        OperandForm.Thread => ThreadCount > 1,
        OperandForm.Script => ScriptCount > 0,
        _ => true,
    });
}
