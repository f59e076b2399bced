using System.Collections.Immutable;
using GcReplay.Simulation.Programs;
using GcReplay.Traces;

namespace GcReplay.Simulation.Hunting.Shrinking;

/// <summary>Changes of programs. Nodes are numbered as the text names them, blocks one after the other.</summary>
internal static class Edits
{
    /// <summary>All nodes, in order.</summary>
    public static List<Node> NodesOf(HeapProgram program)
    {
        var nodes = new List<Node>();
        Rewrite(program, (_, node) =>
        {
            nodes.Add(node);
            return null;
        });
        return nodes;
    }

    /// <summary>Replaces nodes: by those given, or by itself with what is in it looked at next when null is given.</summary>
    public static HeapProgram Rewrite(HeapProgram program, Func<int, Node, IReadOnlyList<Node>?> edit)
    {
        var number = 0;
        var threads = program.Threads.Select(Of).ToImmutableArray();
        return program with { Threads = threads, Scripts = [.. program.Scripts.Select(Of)] };

        Block Of(Block block) => block with { Body = Body(block.Body) };

        ImmutableArray<Node> Body(ImmutableArray<Node> body) => [.. body.SelectMany(One)];

        IReadOnlyList<Node> One(Node node)
        {
            var at = number++;
            if (edit(at, node) is { } replaced)
            {
                number += Inner(node);
                return replaced;
            }

            return node switch
            {
                Loop loop => [loop with { Body = Body(loop.Body) }],
                Choose choose => [choose with { Alternatives = [.. choose.Alternatives.Select(Body)] }],
                _ => [node],
            };
        }
    }

    public static HeapProgram Without(HeapProgram program, int first, int count) =>
        Rewrite(program, (at, _) => at >= first && at < first + count ? [] : null);

    public static HeapProgram Replace(HeapProgram program, int index, params IReadOnlyList<Node> by) => Rewrite(program, (at, _) => at == index ? by : null);

    /// <summary>Every statement changed, or gone where null is given.</summary>
    public static HeapProgram Statements(HeapProgram program, Func<Statement, Statement?> change) =>
        Rewrite(program, (_, node) => node is not Statement statement ? null : change(statement) is { } changed ? [changed] : []);

    /// <summary>Every operand changed.</summary>
    public static HeapProgram Operands(HeapProgram program, Func<Operand, Operand?> change) =>
        Statements(program, statement => statement with { Operands = [.. statement.Operands.Select(operand => operand is null ? null : change(operand))] });

    /// <summary>A thread and all that names it gone.</summary>
    public static ShrinkCase WithoutThread(ShrinkCase start, int thread)
    {
        var program = Statements(start.Program, s => s.Operands.Any(o => o is { Form: OperandForm.Thread } && o.Number == thread) ? null : s);
        program = Operands(program, o => o.Form == OperandForm.Thread && o.Number > thread ? o with { Number = o.Number - 1 } : o);
        return start with
        {
            Program = program with { Threads = program.Threads.RemoveAt(thread) },
            Choices = [.. start.Choices.Where(c => c.Thread != thread).Select(c => c.Thread > thread ? c with { Thread = c.Thread - 1 } : c)],
        };
    }

    /// <summary>A script gone: nobody is given it.</summary>
    public static ShrinkCase WithoutScript(ShrinkCase start, int script)
    {
        var program = Operands(start.Program, o => o switch
        {
            { Form: OperandForm.Script } when o.Number == script => null,
            { Form: OperandForm.Script } when o.Number > script => o with { Number = o.Number - 1 },
            _ => o,
        });
        return start with { Program = program with { Scripts = program.Scripts.RemoveAt(script) } };
    }

    /// <summary>A prebuilt object and all that names it gone.</summary>
    public static ShrinkCase WithoutPrebuilt(ShrinkCase start, int prebuilt)
    {
        static bool IsIt(Operand? o, int prebuilt) => o is { Form: OperandForm.Root, Root: RootKind.Prebuilt } && o.Number == prebuilt;
        var program = Statements(start.Program, s => s.Operands.Any(o => IsIt(o, prebuilt)) ? null : s);
        program = Operands(program, o => o is { Form: OperandForm.Root, Root: RootKind.Prebuilt } && o.Number > prebuilt ? o with { Number = o.Number - 1 } : o);
        var left = program.Prebuilts.RemoveAt(prebuilt).Select(p => p with
        {
            Slots = [.. p.Slots.Select(slot => slot == prebuilt ? PrebuiltDeclaration.None : slot > prebuilt ? slot - 1 : slot)],
        });
        return start with { Program = program with { Prebuilts = [.. left] } };
    }

    /// <summary>Labels as their places give them; choices go with them.</summary>
    public static ShrinkCase Relabelled(ShrinkCase start)
    {
        var program = start.Program with
        {
            Threads = [.. start.Program.Threads.Select(b => b with { Body = Labels.OfPlaces(b.Name, b.Body) })],
            Scripts = [.. start.Program.Scripts.Select(b => b with { Body = Labels.OfPlaces(b.Name, b.Body) })],
        };
        var labels = NodesOf(start.Program).Zip(NodesOf(program)).ToDictionary(pair => pair.First.Label, pair => pair.Second.Label);
        return start with { Program = program, Choices = [.. start.Choices.Select(Moved)] };

        RecordedChoice Moved(RecordedChoice choice)
        {
            // In a script the owner stands behind the label.
            var at = choice.Operation.IndexOf('@', StringComparison.Ordinal);
            var (label, scope) = at < 0 ? (choice.Operation, "") : (choice.Operation[..at], choice.Operation[at..]);
            return labels.TryGetValue(label, out var moved) ? choice with { Operation = moved + scope } : choice;
        }
    }

    /// <summary>Globals get the lowest numbers: those with names that are used, then the others in the order of the text.</summary>
    public static HeapProgram Renumbered(HeapProgram program)
    {
        var used = new List<long>();
        foreach (var statement in program.Statements())
        {
            // As it runs: operands are read before the destination is written.
            used.AddRange(statement.Operands.OfType<Operand>().Where(IsGlobal).Select(o => o.Number));
            if (statement.Destination is { Kind: RootKind.Global } to)
                used.Add(to.Index);
        }

        var named = used.Distinct().Where(g => g < program.Globals.Length).Order().ToList();
        var numbers = named.Concat(used.Distinct().Where(g => g >= program.Globals.Length)).Select((g, i) => (g, i)).ToDictionary(p => p.g, p => p.i);
        var renamed = Statements(program, statement => statement with
        {
            Destination = statement.Destination is { Kind: RootKind.Global } to ? to with { Index = numbers[to.Index] } : statement.Destination,
            Operands = [.. statement.Operands.Select(o => o is not null && IsGlobal(o) ? o with { Number = numbers[o.Number] } : o)],
        });
        return renamed with { Globals = [.. named.Select(g => program.Globals[(int)g])], GlobalCount = numbers.Count };
    }

    /// <summary>Declared types that nothing is of, gone.</summary>
    public static HeapProgram WithoutUnusedTypes(HeapProgram program)
    {
        var used = program.Statements().SelectMany(s => s.Operands).Where(o => o is { Form: OperandForm.Type }).Select(o => (int)o!.Number)
            .Concat(program.Prebuilts.Select(p => p.Type)).ToHashSet();
        var kept = Enumerable.Range(0, program.Types.Length).Where(i => i < ObjectKinds.Types.Length || used.Contains(i)).ToList();
        var retyped = Operands(program, o => o.Form == OperandForm.Type ? o with { Number = kept.IndexOf((int)o.Number) } : o);
        return retyped with
        {
            Types = [.. kept.Select(i => program.Types[i])],
            Prebuilts = [.. program.Prebuilts.Select(p => p with { Type = kept.IndexOf(p.Type) })],
        };
    }

    private static bool IsGlobal(Operand operand) => operand is { Form: OperandForm.Root, Root: RootKind.Global };

    private static int Inner(Node node) => node switch
    {
        Loop loop => loop.Body.Sum(inner => 1 + Inner(inner)),
        Choose choose => choose.Alternatives.Sum(nodes => nodes.Sum(inner => 1 + Inner(inner))),
        _ => 0,
    };
}
