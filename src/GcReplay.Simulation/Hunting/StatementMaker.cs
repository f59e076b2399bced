using System.Collections.Immutable;
using GcReplay.Simulation.Chaos;
using GcReplay.Simulation.Programs;

namespace GcReplay.Simulation.Hunting;

/// <summary>Makes single statements of one thread or script of a generated program, and keeps what is believed of the roots.</summary>
internal sealed class StatementMaker(Character character, Dice dice, Beliefs beliefs, OperandMaker operandMaker)
{
    private const int FrameMax = 6;

    public required Action<int> UseGlobal { get; init; }

    public Statement New(Destination destination) => Write(OperationTable.New, destination);

    /// <summary>An object of the kind and size that a root is believed to hold.</summary>
    public Statement NewAs(Operand like, Destination destination)
    {
        var belief = beliefs.Of(like);
        var kind = ObjectKinds.Nodes.Contains(belief.Kind) && belief.Kind != ObjectKinds.Fin ? belief.Kind : ObjectKinds.Plain;
        var slots = ObjectKinds.SlotsOf(kind) ?? belief.Slots;
        beliefs.Set(destination, new Belief(kind, (int)slots));
        return Made(OperationTable.New, destination, new Operand(OperandForm.Type, ObjectKinds.All.IndexOf(kind)), OperandMaker.Number(slots), null, null);
    }

    public Statement Collect(long extent) => Made(OperationTable.Collect, null, new Operand(OperandForm.Extent, extent));

    public Statement Collect() => Collect(dice.Of<long>(character.Extents));

    public Statement Store(Operand holder, long index, Operand value) => Made(OperationTable.Store, null, holder, OperandMaker.Number(index), value);

    public Statement Drop(Operand place)
    {
        var statement = Made(OperationTable.Drop, null, place);
        beliefs.Drop(place);
        return statement;
    }

    /// <summary>Where a result goes: a global, a place of the frame, a new one, or nowhere.</summary>
    public Destination? Target()
    {
        var drawn = dice.Below(16);
        if (drawn == 0)
            return null;
        if (drawn <= 2 && beliefs.FrameCount < Math.Min(FrameMax, character.FramePlaces))
            return Destination.Push;
        var place = beliefs.Place(dice);
        return new Destination(place.Root, (int)place.Number);
    }

    /// <summary>A statement of a row, with operands that fit as far as is known.</summary>
    public Statement Write(OperationRow row) => Write(row, row.Result == ResultForm.Reference ? Target() : null);

    /// <param name="places">What its first roots and the numbers behind them are to be.</param>
    public Statement Write(OperationRow row, Destination? destination, params ReadOnlySpan<Place> places)
    {
        var operands = ImmutableArray.CreateBuilder<Operand?>();
        var made = new Belief(row.Name == row.Kind ? row.Kind : "?", 2);
        var before = new OperandMaker.Before();
        string kind = "";
        long? index = null;
        foreach (var operand in row.Operands)
        {
            var written = operand.OnlyForKind.Length > 0 && operand.OnlyForKind != kind || operand.Form == OperandForm.Text ? null
                : operand is { Form: OperandForm.Root, IsPlace: false } && places is [var place, ..] ? place.Root
                : operand.Form == OperandForm.Number && index is { } given ? OperandMaker.Number(Math.Min(given, operand.Max))
                : operandMaker.One(row, operand, before, kind);
            if (operand is { Form: OperandForm.Root, IsPlace: false } && places is [var used, .. var left])
            {
                index = used.Index;
                places = left;
            }
            else
            {
                index = null;
            }
            before.Take(written, beliefs);
            if (operand.Form == OperandForm.Type)
                kind = ObjectKinds.All[(int)written!.Number];
            if (operand.Form == OperandForm.Number && kind.Length > 0)
                made = new Belief(kind, kind is ObjectKinds.Leaf or ObjectKinds.Str ? 0 : (int)written!.Number);
            operands.Add(written);
            for (var more = operand.IsRepeated ? dice.Below(3) : 0; more > 0; more--)
                operands.Add(operandMaker.One(row, operand, before, kind));
        }

        var statement = Made(row, destination, operands.ToArray());
        if (destination is not null)
            beliefs.Set(destination, made);
        if (row.Operands is [{ IsPlace: true }])
            beliefs.Drop(operands[0]!);
        return statement;
    }

    private Statement Made(OperationRow row, Destination? destination, params ReadOnlySpan<Operand?> operands)
    {
        if (destination is { Kind: RootKind.Global } place)
            UseGlobal(place.Index);
        foreach (var operand in operands)
        {
            if (operand is { Form: OperandForm.Root, Root: RootKind.Global })
                UseGlobal((int)operand.Number);
        }

        beliefs.Do(row);
        return new Statement("", destination, row, [.. operands], 0);
    }
}

/// <summary>A root, and one of the slots of what it holds.</summary>
/// <param name="Index">Null for any.</param>
internal readonly record struct Place(Operand Root, long? Index = null);
