using System.Collections.Immutable;
using GcReplay.Simulation.Programs;

namespace GcReplay.Simulation.Conformance;

/// <summary>Builds the tree of a heap program, statement by statement, with the labels that its text gives, and notes which operation
/// of the conformance file each statement belongs to.</summary>
/// <param name="id">Name of the program in its file; the heap program is called like it, as far as a file can be.</param>
internal sealed class ProgramBuilder(string id)
{
    private readonly List<PlannedOperation> operations = [];
    private readonly List<Block> scripts = [];
    private readonly List<string> interpreters = [ProgramNames.Main];
    private readonly List<PrebuiltDeclaration> prebuilts = [];
    private ImmutableArray<string> globals = [];
    private readonly ImmutableArray<string>.Builder labels = ImmutableArray.CreateBuilder<string>();
    private List<Node> block = [];
    private string prefix = ProgramNames.Main + "/";
    private long rounds = 1;
    private long runs;
    private int globalsUsed;

    public static Operand Number(long number) => new(OperandForm.Number, number);

    public static Operand Extent(long extent) => new(OperandForm.Extent, extent);

    public static Operand Text(string text) => new(OperandForm.Text, 0, text);

    /// <summary>A kind as the type of its name.</summary>
    public static Operand Kind(string kind) => new(OperandForm.Type, ObjectKinds.All.IndexOf(kind));

    public static Operand Script(int script) => new(OperandForm.Script, script);

    /// <summary>A place of the frame.</summary>
    public static Operand Frame(int place) => new(OperandForm.Root, place, Root: RootKind.Frame);

    /// <summary>A prebuilt object, by its place among the declarations.</summary>
    public static Operand Prebuilt(int index) => new(OperandForm.Root, index, Root: RootKind.Prebuilt);

    /// <summary>A word of the row, by its place among them.</summary>
    public static Operand Word(int place) => new(OperandForm.Word, place);

    public static Operand Self { get; } = new(OperandForm.Root, 0, Root: RootKind.Self);

    public Operand Global(int global)
    {
        globalsUsed = Math.Max(globalsUsed, global + 1);
        return new Operand(OperandForm.Root, global);
    }

    public Operand Interpreter(string interpreter)
    {
        if (!interpreters.Contains(interpreter))
            interpreters.Add(interpreter);
        return new Operand(OperandForm.Interpreter, interpreters.IndexOf(interpreter));
    }

    public void Add(OperationRow row, params ReadOnlySpan<Operand?> operands) => Add(null, row, operands);

    /// <summary>A statement whose reference goes into a global.</summary>
    public void Assign(int global, OperationRow row, params ReadOnlySpan<Operand?> operands)
    {
        Global(global);
        Add(new Destination(RootKind.Global, global), row, operands);
    }

    /// <summary>A statement whose reference goes into a new place of the frame.</summary>
    public void Push(OperationRow row, params ReadOnlySpan<Operand?> operands) => Add(Destination.Push, row, operands);

    /// <summary>Names the first globals.</summary>
    public void Name(params ImmutableArray<string> names)
    {
        globals = names;
        globalsUsed = Math.Max(globalsUsed, names.Length);
    }

    /// <summary>Declares a prebuilt object.</summary>
    public void Declare(string name, string kind, ImmutableArray<int> slots) =>
        prebuilts.Add(new PrebuiltDeclaration(name, ObjectKinds.All.IndexOf(kind), slots, 0));

    /// <summary>A loop of the operation that is open; loops are not nested.</summary>
    public void Loop(int count, Action body)
    {
        var (outside, outer) = (block, prefix);
        var label = NextLabel();
        (block, prefix, rounds) = ([], label + ".", count);
        body();
        outside.Add(new Loop(label, count, [.. block], 0));
        (block, prefix, rounds) = (outside, outer, 1);
    }

    /// <summary>Adds a script, unless there is one of that name.</summary>
    /// <returns>Its index.</returns>
    public int Script(string name, Action body)
    {
        var known = scripts.FindIndex(script => script.Name == name);
        if (known >= 0)
            return known;
        var (outside, outer, main) = (block, prefix, runs);
        (block, prefix) = ([], name + "/");
        var noted = labels.Count;
        body();
        scripts.Add(new Block(name, [.. block], 0));
        labels.Count = noted;
        (block, prefix, runs) = (outside, outer, main);
        return scripts.Count - 1;
    }

    /// <summary>What was added since the last call is one operation of the file.</summary>
    public void EndOperation()
    {
        operations.Add(new PlannedOperation(labels.ToImmutable(), runs));
        labels.Clear();
        runs = 0;
    }

    /// <summary>The program, and the plan of the operations that were ended.</summary>
    public (HeapProgram Tree, ImmutableArray<PlannedOperation> Operations) Build() => (
        new HeapProgram
        {
            Name = FileName(id),
            Types = ObjectKinds.Types,
            Globals = globals,
            GlobalCount = globalsUsed,
            Prebuilts = [.. prebuilts],
            Interpreters = [.. interpreters],
            Threads = [new Block(ProgramNames.Main, [.. block], 0)],
            Scripts = [.. scripts],
        },
        [.. operations]);

    private static string FileName(string id) =>
        string.Concat(id.Select(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '_' or '-' ? c : '-')) + ".heap";

    private string NextLabel() => $"{prefix}{block.Count + 1}";

    private void Add(Destination? destination, OperationRow row, ReadOnlySpan<Operand?> operands)
    {
        var label = NextLabel();
        block.Add(new Statement(label, destination, row, [.. operands], 0));
        labels.Add(label);
        runs += rounds;
    }
}
