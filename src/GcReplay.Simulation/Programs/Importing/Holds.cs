using System.Collections.Immutable;
using GcReplay.Heaps;

namespace GcReplay.Simulation.Programs.Importing;

/// <summary>The program so far, and which global holds which object after it.</summary>
internal sealed class Holds(int objects, int linesBefore)
{
    private readonly ImmutableArray<Node>.Builder statements = ImmutableArray.CreateBuilder<Node>();
    private readonly int[] globalOf = [.. Enumerable.Repeat(RecordedHeap.None, objects)];
    private readonly Stack<int> freeGlobals = new();
    private readonly List<Operand> roots = [];
    private readonly List<Operand> numbers = [];

    /// <summary>Statements so far: the ordinal of the last one.</summary>
    public int Count => statements.Count;

    public int GlobalCount => roots.Count;

    public ImmutableArray<Node> Statements => statements.ToImmutable();

    public bool Has(int one) => globalOf[one] != RecordedHeap.None;

    public void New(int one, int type, int slots) =>
        Add(TakeGlobal(one), OperationTable.New, new Operand(OperandForm.Type, type), Number(slots), null, null);

    /// <summary>Takes a reference to an object from the slot of one that is held.</summary>
    public void Load(int from, int index, int one)
    {
        var root = Root(from);
        Add(TakeGlobal(one), OperationTable.Load, root, Number(index));
    }

    public void Clear(int from, int index) => Add(null, OperationTable.Clear, Root(from), Number(index));

    public void Store(int into, int index, int one) => Add(null, OperationTable.Store, Root(into), Number(index), Root(one));

    public void Drop(int one)
    {
        Add(null, OperationTable.Drop, Root(one));
        freeGlobals.Push(globalOf[one]);
        globalOf[one] = RecordedHeap.None;
    }

    private Destination TakeGlobal(int one)
    {
        Check.That(!Has(one), $"object {one + 1} gets a second global");
        if (!freeGlobals.TryPop(out var global))
        {
            global = roots.Count;
            roots.Add(new Operand(OperandForm.Root, global));
        }
        globalOf[one] = global;
        return new Destination(RootKind.Global, global);
    }

    private Operand Root(int one)
    {
        Check.That(Has(one), $"object {one + 1} is used without a global");
        return roots[globalOf[one]];
    }

    private Operand Number(int value)
    {
        while (numbers.Count <= Math.Min(value, 4095))
            numbers.Add(new Operand(OperandForm.Number, numbers.Count));
        return value < numbers.Count ? numbers[value] : new Operand(OperandForm.Number, value);
    }

    private void Add(Destination? destination, OperationRow row, params ReadOnlySpan<Operand?> operands)
    {
        var ordinal = statements.Count + 1;
        statements.Add(new Statement(ImportedProgram.Label(ordinal), destination, row, [.. operands], linesBefore + ordinal));
    }
}
