using GcReplay.Simulation.Chaos;
using GcReplay.Simulation.Programs;

namespace GcReplay.Simulation.Hunting;

/// <summary>Draws operands of statements of one thread or script.</summary>
/// <remarks>What an operand means is read off its row: a root called as the row's kind holds one of that kind, a number behind a root
/// is an index of its slots, and so on.</remarks>
internal sealed class OperandMaker(Character character, Dice dice, Beliefs beliefs)
{
    /// <summary>Threads that it may start, by index.</summary>
    public required int[] Spawns { get; init; }

    /// <summary>Whether <c>self</c> is an object that can be used.</summary>
    public required bool IsFinalizer { get; init; }

    /// <summary>Scripts with lower numbers than this, of each sort, can be given to newborns.</summary>
    public required int ScriptsBelow { get; init; }

    /// <summary>Mentions an interpreter: 0 is main.</summary>
    public required Func<int, int> Interpreter { get; init; }

    /// <param name="before">What stands before it.</param>
    /// <param name="kind">The type's kind, when one stands before it.</param>
    public Operand? One(OperationRow row, OperandRow operand, Before before, string kind)
    {
        switch (operand.Form)
        {
            case OperandForm.Root when operand.IsPlace:
                return beliefs.Place(dice);
            case OperandForm.Root:
                return beliefs.Read(dice, operand.Name == row.Kind ? row.Kind : "", row.Operands.Any(o => o.Form == OperandForm.Number), IsFinalizer);
            case OperandForm.Number:
                return Number(NumberOf(row, operand, before, kind));
            case OperandForm.Decimal:
                return new Operand(OperandForm.Decimal, BitConverter.DoubleToInt64Bits(dice.Of(0, 100, 500.5, 2000, 20_000)));
            case OperandForm.Type:
                return new Operand(OperandForm.Type, ObjectKinds.All.IndexOf(character.Kinds.Kinds[dice.Weighted(character.Kinds.Weights)]));
            case OperandForm.Interpreter:
                return new Operand(OperandForm.Interpreter, Interpreter(InterpreterFor(row)));
            case OperandForm.Thread:
                return new Operand(OperandForm.Thread, dice.Of<int>(Spawns));
            case OperandForm.Script:
                // A finalizer where a kind asks for it, else a callback.
                return ScriptsBelow == 0 || operand.IsOptional && dice.OneIn(4)
                    ? null
                    : new Operand(OperandForm.Script, 2 * dice.Below(ScriptsBelow) + (operand.OnlyForKind.Length > 0 ? 0 : 1));
            case OperandForm.Extent:
                return new Operand(OperandForm.Extent, dice.Of<long>(character.Extents));
            case OperandForm.Word:
                return new Operand(OperandForm.Word, dice.Below(operand.Words.Length));
            default:
                throw new NotSupportedException(operand.Form.ToString());
        }
    }

    /// <summary>One to create that is not there, one to end that is, most often.</summary>
    private int InterpreterFor(OperationRow row)
    {
        int[] all = [.. Enumerable.Range(1, character.InterpreterCount)];
        int[] fitting = row == OperationTable.Interpreter ? [.. all.Except(beliefs.Interpreters)] : [.. all.Where(beliefs.Interpreters.Contains)];
        var chosen = fitting.Length > 0 && !dice.OneIn(8) ? dice.Of<int>(fitting) : dice.Below(all.Length + 1);
        if (row == OperationTable.Interpreter)
            beliefs.Interpreters.Add(chosen);
        else if (row == OperationTable.End)
            beliefs.Interpreters.Remove(chosen);
        else if (dice.OneIn(3))
            return 0;
        return chosen;
    }

    private long NumberOf(OperationRow row, OperandRow operand, Before before, string kind)
    {
        if (kind.Length > 0)
            return ObjectKinds.SlotsOf(kind) ?? dice.Of<int>(character.Slots);
        var number = before.Root is not { } root ? row.Undoes.Length > 0 ? Entry(row.Undoes) : dice.Below(1 + dice.Below(4))
            : operand.Name != "count" ? Index(root)
            : dice.OneIn(16) ? dice.Below(12) : 1 + dice.Below(Math.Max(before.Room, 1));
        return Math.Min(number, operand.Max);
    }

    /// <summary>What is undone by its number is the newest entry, most often.</summary>
    private int Entry(string undone)
    {
        var count = Math.Max(1, beliefs.Done(undone));
        return dice.OneIn(2) ? count - 1 : dice.Below(count);
    }

    /// <summary>An index that the root's object has, most often; the low ones more often than the others.</summary>
    public int Index(Operand root)
    {
        var slots = beliefs.Of(root).Slots;
        if (slots <= 0 || dice.OneIn(16))
            return dice.Below(3);
        // Where statements meet in few slots, they have to do with each other.
        return dice.Below(4) switch { 0 => dice.Below(slots), 1 => dice.Below(Math.Min(slots, 3)), _ => 0 };
    }

    public static Operand Number(long number) => new(OperandForm.Number, number);

    /// <summary>Roots and indexes that a statement has so far.</summary>
    public sealed class Before
    {
        private int slots;

        /// <summary>The last root; null when there is none.</summary>
        public Operand? Root { get; private set; }

        /// <summary>Slots from the indexes on that all objects have.</summary>
        public int Room { get; private set; } = int.MaxValue;

        public void Take(Operand? operand, Beliefs beliefs)
        {
            if (operand is { Form: OperandForm.Root })
                (Root, slots) = (operand, beliefs.Of(operand).Slots);
            else if (operand is { Form: OperandForm.Number } && Root is not null)
                Room = Math.Min(Room, slots - (int)operand.Number);
        }
    }
}
