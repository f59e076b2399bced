using System.Collections.Immutable;
using GcReplay.Simulation.Programs;

namespace GcReplay.Tests.Simulation.Programs.Importing;

/// <summary>Runs a flat program under reference counting alone, on plain arrays: what the deaths of an import are compared with.</summary>
internal sealed class ReferenceCounts
{
    private readonly List<int[]> slots = [[]];
    private readonly List<int> counts = [0];
    private readonly int[] globals;
    private int ordinal;

    private ReferenceCounts(HeapProgram program, int statements)
    {
        globals = new int[program.GlobalCount];
        foreach (var node in program.Threads[0].Body.Take(statements))
            Run((Statement)node);
    }

    /// <summary>Object number and the ordinal of the statement that freed it, in order of deaths.</summary>
    public List<(int Object, int Ordinal)> Deaths { get; } = [];

    /// <summary>Operands that named an empty root or slot: a program that was imported well has none.</summary>
    public List<string> Skipped { get; } = [];

    public int Born => slots.Count - 1;

    /// <summary>Objects that a global holds, or that those reach, at the end.</summary>
    public ImmutableArray<int> Reachable
    {
        get
        {
            var seen = new SortedSet<int>();
            var open = new Stack<int>(globals);
            while (open.TryPop(out var one))
            {
                if (one == 0 || !seen.Add(one))
                    continue;
                foreach (var target in slots[one])
                    open.Push(target);
            }
            return [.. seen];
        }
    }

    public static ReferenceCounts Of(HeapProgram program, int statements = int.MaxValue) => new(program, statements);

    private void Run(Statement statement)
    {
        ordinal++;
        var numbers = statement.Operands.Select(operand => (int)(operand?.Number ?? 0)).ToArray();
        switch (statement.Operation.Name)
        {
            case "new":
                slots.Add(new int[numbers[1]]);
                counts.Add(0);
                Set(ref globals[statement.Destination!.Index], slots.Count - 1);
                break;
            case "load":
                Set(ref globals[statement.Destination!.Index], Used(slots[Used(globals[numbers[0]])][numbers[1]]));
                break;
            case "store":
                Set(ref slots[Used(globals[numbers[0]])][numbers[1]], Used(globals[numbers[2]]));
                break;
            case "clear":
                Set(ref slots[Used(globals[numbers[0]])][numbers[1]], 0);
                break;
            case "drop":
                Used(globals[numbers[0]]);
                Set(ref globals[numbers[0]], 0);
                break;
            default:
                throw new NotSupportedException(statement.Operation.Name);
        }
    }

    private int Used(int one)
    {
        if (one == 0)
            Skipped.Add($"main/{ordinal}");
        return one;
    }

    private void Set(ref int place, int one)
    {
        var before = place;
        place = one;
        counts[one]++;
        Release(before);
    }

    private void Release(int one)
    {
        var open = new Stack<int>([one]);
        while (open.TryPop(out var released))
        {
            if (released == 0 || --counts[released] > 0)
                continue;
            Deaths.Add((released, ordinal));
            foreach (var target in slots[released])
                open.Push(target);
        }
    }
}
