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

    private readonly OperationRow[] undoing;

    public Character(CollectorFamily family, Dice dice)
    {
        var theme = ThemeOf(family, dice);
        var without = Exclusions(family, theme, dice);
        ScriptCount = family.CallsScripts ? dice.Of(0, 0, 2, 4) : 0;
        ThreadCount = dice.Of(1, 1, 1, 1, 2, 3);
        InterpreterCount = dice.Of(0, 0, 1, 2);
        PrebuiltCount = family.HasPrebuilts && !without.Contains(Misuse.Prebuilt) ? dice.Of(0, 1, 2, 4) : 0;
        PrebuiltRarity = dice.Of(2, 3, 5, 8);
        GlobalCount = dice.Between(3, 8);
        FramePlaces = dice.Between(0, 3);
        Statements = dice.Between(4, 12) << dice.Below(4);
        // Objects of one size only, or of several.
        int[] counts = without.Contains(Misuse.Large) ? [.. SlotCounts.Where(count => count <= Misuse.SmallSlotsMax)] : SlotCounts;
        Slots = dice.OneIn(3) ? [dice.Of<int>(counts)] : [dice.Of<int>(counts), dice.Of<int>(counts), dice.Between(1, 3), dice.Between(1, 3)];
        Extents = dice.OneIn(2) ? [-3, -3, -3, -3, -3, -3, -3, -2, -1] : [-1, -2, -3, 0, 1, 2];
        Kinds = KindsOf(family, dice, without);
        Rows = RowsOf(family, theme, dice, without);
        PhraseRarity = dice.Of(0, 1, 2, 4);
        PhraseWeights = [dice.Between(1, 8), dice.Between(1, 8), dice.Between(1, 8)];
        Making = [.. Rows.Rows.Where(row => row.Name == row.Kind)];
        Copying = [.. Rows.Rows.Where(row => row.Operands is
            [{ Form: OperandForm.Root, IsPlace: false }, { Form: OperandForm.Number }, { Form: OperandForm.Root, IsPlace: false }, { Form: OperandForm.Number }, ..])];
        undoing = [.. RowsOf(family).Where(row => row.Undoes.Length > 0 && !without.Contains(row.Name))];
    }

    /// <summary>Scripts of each sort: bodies of finalizers, bodies of callbacks.</summary>
    public int ScriptCount { get; }

    public int ThreadCount { get; }

    /// <summary>Sub-interpreters that it may create.</summary>
    public int InterpreterCount { get; }

    public int PrebuiltCount { get; }

    /// <summary>One root in so many is a prebuilt one.</summary>
    public int PrebuiltRarity { get; }

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

    /// <summary>Operations that make objects of a kind that only they make.</summary>
    public OperationRow[] Making { get; }

    /// <summary>Operations from slots of an object to slots of another.</summary>
    public OperationRow[] Copying { get; }

    /// <summary>One statement in so many begins a phrase; 0 for none.</summary>
    public int PhraseRarity { get; }

    /// <summary>How often each sort of phrase comes.</summary>
    public int[] PhraseWeights { get; }

    /// <summary>The operation that undoes another; null for none.</summary>
    public OperationRow? Undoing(OperationRow row) => Array.Find(undoing, undo => undo.Undoes == row.Name);

    /// <summary>Operations on one object and nothing else; with a kind, also all that objects of this kind are for.</summary>
    /// <param name="kind">Empty for none.</param>
    public OperationRow[] Touching(string kind) =>
    [
        .. Rows.Rows.Where(row => row.Operands is [{ Form: OperandForm.Root, IsPlace: false } o, ..]
            && (row.Kind.Length == 0 || o.Name != row.Kind ? row.Operands.Skip(1).All(other => other.IsOptional) : row.Kind == kind)),
    ];

    /// <summary>All operations that a collector knows, its own included.</summary>
    public static IEnumerable<OperationRow> RowsOf(CollectorFamily family) => OperationTable.All.Concat(family.Operations).Distinct()
        .Where(row => row.IsOf(family.Name) && (row.Kind.Length == 0 || family.Kinds.Contains(row.Kind)));

    /// <summary>Half of the programs are about a few operations: how these act on each other shows where little else goes on.</summary>
    /// <returns>Names; none for all.</returns>
    private static HashSet<string> ThemeOf(CollectorFamily family, Dice dice)
    {
        var theme = new HashSet<string>(StringComparer.Ordinal);
        string[] names = [.. RowsOf(family).Select(row => row.Name)];
        for (var more = dice.OneIn(2) ? dice.Between(3, 8) : 0; more > 0; more--)
            theme.Add(dice.Of<string>(names));
        theme.UnionWith([.. RowsOf(family).Where(row => row.Undoes.Length > 0 && (theme.Contains(row.Name) || theme.Contains(row.Undoes))).SelectMany(row => new[] { row.Name, row.Undoes })]);
        return theme;
    }

    /// <summary>Of each pair that a program must not mix, one goes: what the program is not about, where that tells.</summary>
    private static HashSet<string> Exclusions(CollectorFamily family, HashSet<string> theme, Dice dice)
    {
        var without = new HashSet<string>(StringComparer.Ordinal);
        foreach (var misuse in family.Misuses)
        {
            var (some, others) = (misuse.Some.Any(theme.Contains), misuse.Others.Any(theme.Contains));
            var (less, more) = (misuse.Some.Sum(name => Loss(family, name)), misuse.Others.Sum(name => Loss(family, name)));
            if (some == others ? dice.Below(less + more) < more : others)
                without.UnionWith(misuse.Some);
            else
                without.UnionWith(misuse.Others);
        }

        return without;
    }

    /// <summary>What a program loses without it: little, if it only turns a knob.</summary>
    private static int Loss(CollectorFamily family, string name) =>
        name == Misuse.Large || name.Contains('=', StringComparison.Ordinal) || RowsOf(family).Any(row => row.Name == name && IsKnob(row)) ? 1 : 4;

    private static bool IsKnob(OperationRow row) => row.Result == ResultForm.None && !row.Operands.Any(operand => operand.Form is OperandForm.Root or OperandForm.Type);

    private static (string[] Kinds, int[] Weights) KindsOf(CollectorFamily family, Dice dice, HashSet<string> without)
    {
        string[] all = [.. family.Kinds.Where(kind => ObjectKinds.Nodes.Contains(kind) && !without.Contains(kind))];
        int[] weights = [.. all.Select(_ => dice.Of<int>(Weights))];
        // One kind at least that links objects.
        weights[Array.IndexOf(all, ObjectKinds.Plain)] += 4;
        return (all, weights);
    }

    private (OperationRow[] Rows, int[] Weights) RowsOf(CollectorFamily family, HashSet<string> theme, Dice dice, HashSet<string> without)
    {
        // What undoes something is nothing without it.
        OperationRow[] rows = [.. RowsOf(family).Where(row => !without.Contains(row.Name) && !without.Contains(row.Undoes) && CanStand(row))];
        int[] weights = [.. rows.Select(row => Weight(row, theme.Count > 0 && !theme.Contains(row.Name), dice))];
        return ([.. rows.Where((_, i) => weights[i] > 0)], [.. weights.Where(weight => weight > 0)]);
    }

    private int Weight(OperationRow row, bool isAside, Dice dice)
    {
        var drawn = dice.Of<int>(Weights);
        if (row.Operands.Any(operand => operand.Form is OperandForm.Interpreter or OperandForm.Thread))
            return 5 + drawn / 2;
        if (isAside && row != OperationTable.New)
            return dice.Below(2);
        // What turns a knob is rarer than what works on objects.
        if (IsKnob(row))
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
