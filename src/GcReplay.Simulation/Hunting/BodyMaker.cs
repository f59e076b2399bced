using GcReplay.Simulation.Chaos;
using GcReplay.Simulation.Programs;

namespace GcReplay.Simulation.Hunting;

/// <summary>Puts the statements of one thread or script of a generated program together: single ones, phrases, loops, choices.</summary>
internal sealed class BodyMaker(Character character, Dice dice, Beliefs beliefs, OperandMaker operandMaker, StatementMaker maker)
{
    private readonly Phrases phrases = new(character, dice, beliefs, operandMaker, maker);

    public required bool IsScript { get; init; }

    public StatementMaker Statements => maker;

    /// <summary>So many statements, about, some of them in loops.</summary>
    public List<Node> Body(int count)
    {
        var nodes = new List<Node>();
        while (nodes.Count < count)
        {
            if (count > 4 && dice.OneIn(24))
                nodes.Add(new Loop("", dice.Of(2, 2, 3, 5, 12), [.. Some(dice.Between(1, 4))], 0));
            else if (count > 4 && dice.OneIn(40))
                nodes.Add(new Choose("", [[.. Some(dice.Between(1, 2))], [.. Some(dice.Between(1, 2))]], 0));
            else if (count > 4 && character.PhraseRarity > 0 && dice.OneIn(character.PhraseRarity))
                nodes.AddRange(phrases.Next());
            else
                nodes.AddRange(Single());
        }

        return nodes;
    }

    /// <summary>Hangs an object into the first slot of each global but the last, which is used for them.</summary>
    public IEnumerable<Statement> Hang(int globals)
    {
        var last = new Destination(RootKind.Global, globals - 1);
        for (var i = 0; i < globals - 1; i++)
        {
            yield return maker.New(last);
            yield return maker.Store(new Operand(OperandForm.Root, i), 0, new Operand(OperandForm.Root, globals - 1));
        }

        yield return maker.New(last);
    }

    private List<Node> Some(int count)
    {
        var nodes = new List<Node>();
        while (nodes.Count < count)
            nodes.AddRange(Single());
        return nodes;
    }

    /// <summary>A statement; a newborn is often linked from somewhere at once, and often given up by its root then.</summary>
    private IEnumerable<Statement> Single()
    {
        var row = Row();
        var destination = row.Result == ResultForm.Reference ? maker.Target() : null;
        yield return maker.Write(row, destination);
        if (row != OperationTable.New || destination is not { Index: >= 0 } born)
            yield break;
        var root = new Operand(OperandForm.Root, born.Index, Root: born.Kind);
        // What has no slots can only be touched.
        if (dice.OneIn(beliefs.Of(root).Slots == 0 ? 1 : 4))
        {
            foreach (var statement in phrases.Touch(root))
                yield return statement;
        }

        if (!dice.OneIn(3))
        {
            var holder = beliefs.Holder(dice, born);
            yield return maker.Store(holder, operandMaker.Index(holder), root);
            if (!dice.OneIn(3))
                yield return maker.Drop(root);
        }
    }

    private OperationRow Row()
    {
        while (true)
        {
            var row = character.Rows.Rows[dice.Weighted(character.Rows.Weights)];
            var needsThread = row.Operands.Any(operand => operand.Form == OperandForm.Thread);
            if (needsThread ? operandMaker.Spawns.Length > 0 : !IsScript || row != OperationTable.End || dice.OneIn(8))
                return row;
        }
    }
}
