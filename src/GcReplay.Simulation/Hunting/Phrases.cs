using GcReplay.Simulation.Chaos;
using GcReplay.Simulation.Programs;

namespace GcReplay.Simulation.Hunting;

/// <summary>Short sequences of statements that have to do with each other, spread over the steps of a collection: what statements that are
/// each drawn for themselves seldom come to.</summary>
/// <remarks>Any program does such things to its heap. Which operations take part is read off the table: those on one object, those from
/// one object's slots to another's, and those that undo others.</remarks>
internal sealed class Phrases(Character character, Dice dice, Beliefs beliefs, OperandMaker operandMaker, StatementMaker maker)
{
    public IEnumerable<Statement> Next() => dice.Weighted(character.PhraseWeights) switch
    {
        0 => Life(),
        1 => HandOver(),
        _ => LateWrite(),
    };

    /// <summary>Some operations on one object.</summary>
    public IEnumerable<Statement> Touch(Operand root)
    {
        var rows = character.Touching("");
        for (var more = rows.Length > 0 ? dice.Between(1, 3) : 0; more > 0; more--)
            yield return Touch(root, dice.Of<OperationRow>(rows));
    }

    /// <summary>What is done to a newborn is undone again, in any order, while it ages or is dead.</summary>
    private IEnumerable<Statement> Life()
    {
        var born = Global();
        var root = RootOf(born);
        var making = dice.OneIn(3) && character.Making.Length > 0 ? dice.Of<OperationRow>(character.Making) : OperationTable.New;
        yield return maker.Write(making, born);
        var undoing = new List<OperationRow>();
        foreach (var row in Some(character.Touching(making.Kind)))
        {
            yield return Touch(root, row);
            if (character.Undoing(row) is { } undo)
                undoing.Insert(dice.Below(undoing.Count + 1), undo);
        }

        // Where it dies, what was done to it can not be undone in time.
        var death = dice.OneIn(3) ? dice.Below(undoing.Count + 1) : -1;
        for (var i = 0; i <= undoing.Count; i++)
        {
            if (i == death)
                yield return maker.Drop(root);
            foreach (var pause in Pause())
                yield return pause;
            if (i < undoing.Count)
                yield return Touch(root, undoing[i]);
        }
    }

    /// <summary>The only reference to an object goes from one holder to another.</summary>
    private IEnumerable<Statement> HandOver()
    {
        var source = Holder();
        var target = Holder(source);
        // What is of one sort and size is most often copied from one to the other.
        if (dice.OneIn(2) && Global(source) is var place)
        {
            target = RootOf(place);
            yield return maker.NewAs(source, place);
        }

        var child = Global(source, target);
        var index = operandMaker.Index(source);
        yield return maker.New(child);
        yield return maker.Store(source, index, RootOf(child));
        if (!dice.OneIn(4))
            yield return maker.Drop(RootOf(child));
        foreach (var pause in Pause())
            yield return pause;
        if (character.Copying.Length > 0 && !dice.OneIn(3))
        {
            yield return maker.Write(dice.Of<OperationRow>(character.Copying), null, new Place(source, index), new Place(target));
        }
        else
        {
            yield return maker.Write(OperationTable.Load, child, new Place(source, index));
            yield return maker.Store(target, operandMaker.Index(target), RootOf(child));
            yield return maker.Drop(RootOf(child));
        }

        if (!dice.OneIn(4))
            yield return maker.Write(OperationTable.Clear, null, new Place(source, index));
        foreach (var pause in Pause())
            yield return pause;
    }

    /// <summary>What others refer to already is written to late.</summary>
    private IEnumerable<Statement> LateWrite()
    {
        var holder = Holder();
        var late = Holder(holder);
        var child = Global(holder, late);
        yield return maker.Store(holder, operandMaker.Index(holder), late);
        foreach (var pause in Pause())
            yield return pause;
        yield return maker.New(child);
        yield return maker.Store(late, operandMaker.Index(late), RootOf(child));
        if (!dice.OneIn(4))
            yield return maker.Drop(RootOf(child));
        foreach (var pause in Pause())
            yield return pause;
    }

    /// <summary>Time goes by: collections, small ones most often.</summary>
    private IEnumerable<Statement> Pause()
    {
        for (var more = dice.Of(0, 1, 1, 1, 2, 2, 3, 5); more > 0; more--)
            yield return dice.OneIn(5) ? maker.Collect() : maker.Collect(dice.Of(-3, -3, -3, -2));
    }

    /// <summary>Each once or not at all, in any order.</summary>
    private List<OperationRow> Some(OperationRow[] rows)
    {
        var some = new List<OperationRow>();
        foreach (var row in rows)
        {
            if (dice.OneIn(2))
                some.Insert(dice.Below(some.Count + 1), row);
        }

        return some;
    }

    private Statement Touch(Operand root, OperationRow row) =>
        maker.Write(row, row.Result == ResultForm.Reference ? maker.Target() : null, new Place(root));

    private Operand Holder() => beliefs.Read(dice, "", needsSlots: true, takesSelf: false);

    /// <summary>Another one than that, if there is one.</summary>
    private Operand Holder(Operand than)
    {
        for (var tries = 0; ; tries++)
        {
            if (Holder() is var found && (found != than || tries >= 6))
                return found;
        }
    }

    /// <summary>A place for another object than those in use, of which there are two at most: programs have three globals or more.</summary>
    private Destination Global(params ReadOnlySpan<Operand> used)
    {
        while (true)
        {
            var place = new Destination(RootKind.Global, dice.Below(character.GlobalCount));
            if (!used.Contains(RootOf(place)))
                return place;
        }
    }

    private static Operand RootOf(Destination place) => new(OperandForm.Root, place.Index, Root: place.Kind);
}
