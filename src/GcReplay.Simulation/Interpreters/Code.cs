using System.Collections.Immutable;
using GcReplay.Heaps.Layouts;
using GcReplay.Simulation.Programs;

namespace GcReplay.Simulation.Interpreters;

/// <summary>What an instruction does.</summary>
public enum InstructionKind
{
    /// <summary>Runs an operation.</summary>
    Operation,

    /// <summary>Starts a loop, or jumps to its end when it has no rounds.</summary>
    Loop,

    /// <summary>Counts a round and jumps back, or leaves the loop.</summary>
    Repeat,

    /// <summary>Asks a choice and jumps to an alternative.</summary>
    Choose,
    Jump,

    /// <summary>The thread or script is over.</summary>
    End,
}

/// <summary>One instruction of the flat code of a thread or script.</summary>
/// <param name="Operation">Index into <see cref="Code.Operations"/> for operations and choices.</param>
/// <param name="Count">Rounds of a loop.</param>
/// <param name="Targets">Where it can jump: the first instruction of each alternative, or the one target.</param>
/// <param name="LoopCounts">Rounds of the loops around it, outermost first: they make the iteration number.</param>
public sealed record Instruction(
    InstructionKind Kind, Statement? Statement, int Operation, int Count, ImmutableArray<int> Targets, ImmutableArray<int> LoopCounts);

/// <summary>A program made flat: for each thread and script its instructions, and the places of the tables in the runtime's root.</summary>
/// <remarks>Holds nothing that changes in a run: it can be made again from the program's text at any moment.</remarks>
public sealed class Code
{
    private readonly int[] typeIds;

    private Code(
        HeapProgram program, ImmutableArray<string> kinds, ImmutableArray<ImmutableArray<Instruction>> threads,
        ImmutableArray<ImmutableArray<Instruction>> scripts,
        ImmutableArray<OperationText> operations, ImmutableArray<string> names)
    {
        Program = program;
        Types = [.. program.Types.Where(type => kinds.Contains(type.Kind))];
        var next = RuntimeWords.RuntimeTypes;
        typeIds = [.. program.Types.Select(type => kinds.Contains(type.Kind) ? next++ : -1)];
        Threads = threads;
        Scripts = scripts;
        Operations = operations;
        Names = names;
        InterpreterTable = RuntimeWords.Root.Tables;
        ThreadStatusTable = InterpreterTable + program.Interpreters.Length * 8;
        ThreadTable = ThreadStatusTable + program.Threads.Length * 8;
        GlobalTable = ThreadTable + program.Threads.Length * 8;
        PrebuiltTable = GlobalTable + program.GlobalCount * 8;
        RootBytes = PrebuiltTable + program.Prebuilts.Length * 8;
        NameIds = names.Select((name, id) => (name, id)).ToDictionary(p => p.name, p => p.id, StringComparer.Ordinal);
    }

    public HeapProgram Program { get; }

    /// <summary>The program's types whose kind the run's collector knows, in the order of their type ids, behind the runtime's.</summary>
    public ImmutableArray<TypeDeclaration> Types { get; }

    public ImmutableArray<ImmutableArray<Instruction>> Threads { get; }

    public ImmutableArray<ImmutableArray<Instruction>> Scripts { get; }

    public ImmutableArray<OperationText> Operations { get; }

    /// <summary>Program names of objects by id; 0 is the empty name.</summary>
    public ImmutableArray<string> Names { get; }

    public IReadOnlyDictionary<string, int> NameIds { get; }

    /// <summary>Offsets of the tables in the root, and its size.</summary>
    public int InterpreterTable { get; }

    public int ThreadStatusTable { get; }

    public int ThreadTable { get; }

    public int GlobalTable { get; }

    public int PrebuiltTable { get; }

    public int RootBytes { get; }

    /// <summary>The type id of one of <see cref="HeapProgram.Types"/>.</summary>
    public int TypeId(long programType) => typeIds[programType];

    /// <summary>The type id of a kind under its own name.</summary>
    public int TypeId(string kind) => typeIds[ObjectKinds.All.IndexOf(kind)];

    /// <param name="program">Of no type whose kind is unknown, as far as statements use it.</param>
    /// <param name="kinds">Those that the run's collector knows.</param>
    /// <param name="ownNames">Names of objects that the collector makes itself.</param>
    /// <exception cref="Heaps.GcReplayException">Loops are nested deeper than <see cref="RuntimeWords.LoopDepthMax"/>.</exception>
    public static Code Of(HeapProgram program, ImmutableArray<string> kinds, ImmutableArray<string> ownNames)
    {
        var compiler = new Compiler(program);
        foreach (var name in ownNames.Concat(program.Prebuilts.Select(prebuilt => prebuilt.Name)))
            compiler.AddName(name);
        return new Code(
            program,
            kinds,
            [.. program.Threads.Select(compiler.Compile)],
            [.. program.Scripts.Select(compiler.Compile)],
            [.. compiler.Operations],
            [.. compiler.Names]);
    }

    private sealed class Compiler(HeapProgram program)
    {
        private readonly HashSet<string> seen = new(StringComparer.Ordinal) { "" };
        private readonly List<Instruction> output = [];
        private string block = "";

        public List<OperationText> Operations { get; } = [];

        public List<string> Names { get; } = [""];

        public ImmutableArray<Instruction> Compile(Block source)
        {
            output.Clear();
            block = source.Name;
            Emit(source.Body, []);
            output.Add(Plain(InstructionKind.End, []));
            return [.. output];
        }

        private static Instruction Plain(InstructionKind kind, ImmutableArray<int> loops, params int[] targets) =>
            new(kind, null, -1, 0, [.. targets], loops);

        private void Emit(ImmutableArray<Node> body, ImmutableArray<int> loops)
        {
            foreach (var node in body)
                Emit(node, loops);
        }

        private void Emit(Node node, ImmutableArray<int> loops)
        {
            switch (node)
            {
                case Statement statement:
                    foreach (var operand in statement.Operands)
                        AddNameOf(operand);
                    output.Add(new(InstructionKind.Operation, statement, AddOperation(node, HeapProgramPrinter.PrintStatement(program, statement)), 0, [], loops));
                    break;
                case Loop loop:
                    EmitLoop(loop, loops);
                    break;
                case Choose choose:
                    EmitChoose(choose, loops);
                    break;
                default:
                    throw new InvalidOperationException($"no code for {node.GetType().Name}");
            }
        }

        private void EmitLoop(Loop loop, ImmutableArray<int> loops)
        {
            if (loops.Length == RuntimeWords.LoopDepthMax)
                throw new Heaps.GcReplayException($"{program.Name}:{loop.Line}: loops are nested deeper than {RuntimeWords.LoopDepthMax}.");
            var start = output.Count;
            var inner = loops.Add(loop.Count);
            output.Add(Plain(InstructionKind.Loop, inner));
            Emit(loop.Body, inner);
            if (output.Count == start + 1)
            {
                // Rounds without an operation do nothing, and between operations nobody could cancel them.
                output.RemoveAt(start);
                return;
            }

            output.Add(Plain(InstructionKind.Repeat, inner, start + 1) with { Count = loop.Count });
            output[start] = output[start] with { Count = loop.Count, Targets = [output.Count] };
        }

        private void EmitChoose(Choose choose, ImmutableArray<int> loops)
        {
            var start = output.Count;
            var operation = AddOperation(choose, $"choose between {choose.Alternatives.Length}");
            output.Add(Plain(InstructionKind.Choose, loops));
            var targets = new List<int>();
            var jumps = new List<int>();
            foreach (var alternative in choose.Alternatives)
            {
                targets.Add(output.Count);
                Emit(alternative, loops);
                jumps.Add(output.Count);
                output.Add(Plain(InstructionKind.Jump, loops));
            }

            foreach (var jump in jumps)
                output[jump] = output[jump] with { Targets = [output.Count] };
            output[start] = output[start] with { Operation = operation, Targets = [.. targets] };
        }

        private int AddOperation(Node node, string text)
        {
            Operations.Add(new OperationText(node.Label, block, node.Line, text));
            return Operations.Count - 1;
        }

        public void AddName(string name)
        {
            if (seen.Add(name))
                Names.Add(name);
        }

        private void AddNameOf(Operand? operand)
        {
            if (operand is { Form: OperandForm.Text })
                AddName(operand.Text);
        }
    }
}
