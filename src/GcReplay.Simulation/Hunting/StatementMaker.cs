using System.Collections.Immutable;
using GcReplay.Simulation.Chaos;
using GcReplay.Simulation.Programs;

namespace GcReplay.Simulation.Hunting;

/// <summary>Writes the statements of one thread or script of a generated program.</summary>
/// <remarks>What an operand means is read off its row: a root called as the row's kind holds one of that kind, a number behind a root
/// is an index of its slots, and so on; nothing is known of single operations but <c>new</c> and those on threads and interpreters.</remarks>
internal sealed class StatementMaker(Character character, Dice dice, Beliefs beliefs)
{
    private const int FrameMax = 6;

    /// <summary>Threads that it may start, by index.</summary>
    public required int[] Spawns { get; init; }

    public required bool IsScript { get; init; }

    /// <summary>Whether <c>self</c> is an object that can be used.</summary>
    public required bool IsFinalizer { get; init; }

    /// <summary>Scripts with lower numbers than this, of each sort, can be given to newborns.</summary>
    public required int ScriptsBelow { get; init; }

    /// <summary>Mentions an interpreter: 0 is main.</summary>
    public required Func<int, int> Interpreter { get; init; }

    public required Action<int> UseGlobal { get; init; }

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
            else
                nodes.AddRange(Next());
        }

        return nodes;
    }

    public Statement New(Destination destination) => Write(OperationTable.New, destination);

    public Statement Collect(long extent) => Of(OperationTable.Collect, new Operand(OperandForm.Extent, extent));

    /// <summary>Hangs an object into the first slot of each global but the last, which is used for them.</summary>
    public IEnumerable<Statement> Hang(int globals)
    {
        var last = new Destination(RootKind.Global, globals - 1);
        for (var i = 0; i < globals - 1; i++)
        {
            yield return New(last);
            yield return Made(OperationTable.Store, null, new Operand(OperandForm.Root, i), Number(0), new Operand(OperandForm.Root, globals - 1));
        }

        yield return New(last);
    }

    public Statement Of(OperationRow row, params ImmutableArray<Operand?> operands) => new("", null, row, operands, 0);

    private List<Node> Some(int count)
    {
        var nodes = new List<Node>();
        while (nodes.Count < count)
            nodes.AddRange(Next());
        return nodes;
    }

    /// <summary>A statement; a newborn is often linked from somewhere at once, and often given up by its root then.</summary>
    private IEnumerable<Statement> Next()
    {
        var row = Row();
        var destination = row.Result == ResultForm.Reference ? Target() : null;
        yield return Write(row, destination);
        if (row != OperationTable.New || destination is not { Index: >= 0 } born)
            yield break;
        // What has no slots can only be touched.
        var holdsNothing = beliefs.Of(new Operand(OperandForm.Root, born.Index, Root: born.Kind)).Slots == 0;
        if (dice.OneIn(holdsNothing ? 1 : 4))
        {
            foreach (var statement in Touch(new Operand(OperandForm.Root, born.Index, Root: born.Kind)))
                yield return statement;
        }

        if (!dice.OneIn(3))
        {
            var holder = beliefs.Place(dice, born);
            yield return Made(OperationTable.Store, null, holder, Number(Index(holder)), new Operand(OperandForm.Root, born.Index, Root: born.Kind));
            if (!dice.OneIn(3))
                yield return Dropped(new Operand(OperandForm.Root, born.Index, Root: born.Kind));
        }
    }

    /// <summary>Some operations on one object.</summary>
    private IEnumerable<Statement> Touch(Operand root)
    {
        for (var more = character.Touching.Length > 0 ? dice.Between(1, 3) : 0; more > 0; more--)
        {
            var row = dice.Of<OperationRow>(character.Touching);
            var destination = row.Result == ResultForm.Reference ? Target() : null;
            yield return Made(row, destination, [root, .. row.Operands.Skip(1).Select(o => o.Form == OperandForm.Text ? null : One(row, o, new Before(), ""))]);
            if (destination is not null)
                beliefs.Set(destination, new Belief(row.Name == row.Kind ? row.Kind : "?", 2));
        }
    }

    private OperationRow Row()
    {
        while (true)
        {
            var row = character.Rows.Rows[dice.Weighted(character.Rows.Weights)];
            var needsThread = row.Operands.Any(operand => operand.Form == OperandForm.Thread);
            if (needsThread ? Spawns.Length > 0 : !IsScript || row != OperationTable.End || dice.OneIn(8))
                return row;
        }
    }

    private Destination? Target()
    {
        var drawn = dice.Below(16);
        if (drawn == 0)
            return null;
        if (drawn <= 2 && beliefs.FrameCount < Math.Min(FrameMax, character.FramePlaces))
            return Destination.Push;
        var place = beliefs.Place(dice);
        return new Destination(place.Root, (int)place.Number);
    }

    private Statement Dropped(Operand place)
    {
        var statement = Made(OperationTable.Drop, null, place);
        beliefs.Drop(place);
        return statement;
    }

    /// <summary>A statement of a row, with operands that fit as far as is known.</summary>
    private Statement Write(OperationRow row, Destination? destination)
    {
        var operands = ImmutableArray.CreateBuilder<Operand?>();
        var made = new Belief(row.Name == row.Kind ? row.Kind : "?", 2);
        var before = new Before();
        string kind = "";
        foreach (var operand in row.Operands)
        {
            var written = operand.OnlyForKind.Length > 0 && operand.OnlyForKind != kind || operand.Form == OperandForm.Text ? null : One(row, operand, before, kind);
            before.Take(written, beliefs);
            if (operand.Form == OperandForm.Type)
                kind = ObjectKinds.All[(int)written!.Number];
            if (operand.Form == OperandForm.Number && kind.Length > 0)
                made = new Belief(kind, kind is ObjectKinds.Leaf or ObjectKinds.Str ? 0 : (int)written!.Number);
            operands.Add(written);
            for (var more = operand.IsRepeated ? dice.Below(3) : 0; more > 0; more--)
                operands.Add(One(row, operand, before, kind));
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

        return new Statement("", destination, row, [.. operands], 0);
    }

    /// <param name="before">What stands before it.</param>
    /// <param name="kind">The type's kind, when one stands before it.</param>
    private Operand? One(OperationRow row, OperandRow operand, Before before, string kind)
    {
        switch (operand.Form)
        {
            case OperandForm.Root when operand.IsPlace:
                return beliefs.Place(dice);
            case OperandForm.Root:
                return beliefs.Read(dice, operand.Name == row.Kind ? row.Kind : "", row.Operands.Any(o => o.Form == OperandForm.Number), IsFinalizer);
            case OperandForm.Number:
                return Number(NumberOf(operand, before, kind));
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

    private long NumberOf(OperandRow operand, Before before, string kind)
    {
        if (kind.Length > 0)
            return ObjectKinds.SlotsOf(kind) ?? dice.Of<int>(character.Slots);
        var number = before.Root is not { } root ? dice.Below(1 + dice.Below(4))
            : operand.Name != "count" ? Index(root)
            : dice.OneIn(16) ? dice.Below(12) : 1 + dice.Below(Math.Max(before.Room, 1));
        return Math.Min(number, operand.Max);
    }

    /// <summary>An index that the root's object has, most often; the low ones more often than the others.</summary>
    private int Index(Operand root)
    {
        var slots = beliefs.Of(root).Slots;
        if (slots <= 0 || dice.OneIn(16))
            return dice.Below(3);
        // Where statements meet in few slots, they have to do with each other.
        return dice.Below(4) switch { 0 => dice.Below(slots), 1 => dice.Below(Math.Min(slots, 3)), _ => 0 };
    }

    private static Operand Number(long number) => new(OperandForm.Number, number);

    /// <summary>Roots and indexes that a statement has so far.</summary>
    private sealed class Before
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
