using System.Collections.Immutable;
using CsCheck;
using GcReplay.Simulation.Programs;

namespace GcReplay.Tests.Simulation.Programs;

/// <summary>Any program the table allows. A new row or operand form is generated without a change here, or fails to compile the switch.</summary>
internal static class ProgramGenerator
{
    private const int HighestGlobal = 9;

    private static readonly ImmutableArray<string> GlobalNames = ["compile", "or", "loop", "new"];
    private static readonly ImmutableArray<string> Interpreters = ["main", "sub", "sub-2"];
    private static readonly ImmutableArray<string> ThreadNames = ["main", "worker", "a.b"];
    private static readonly ImmutableArray<string> ScriptNames = ["finalizer", "script", "c-d"];

    private static readonly ImmutableArray<TypeDeclaration> Types =
        [.. ObjectKinds.Types, new("re.Match", "plain", 1), new("a \"quoted\"\n type", "leaf", 2), new("3d", "fin", 3), new("self", "tc", 4)];

    /// <summary>Those whose objects <c>new</c> makes, by index.</summary>
    private static readonly ImmutableArray<int> NewTypes =
        [.. Types.Select((type, i) => (type, i)).Where(pair => ObjectKinds.Nodes.Contains(pair.type.Kind)).Select(pair => pair.i)];

    /// <summary>Names that are words of the language elsewhere; links forward, backward and to itself.</summary>
    private static readonly ImmutableArray<PrebuiltDeclaration> Prebuilts =
    [
        new("prebuilt", KindNamed(ObjectKinds.Node), [2, PrebuiltDeclaration.None], 1),
        new("a.b-c", ObjectKinds.Types.Length, [0, 1, 1, PrebuiltDeclaration.None], 2),
        new("store", KindNamed(ObjectKinds.Plain), [], 3),
    ];

    private static readonly Gen<Operand> Root =
        Gen.Select(Gen.Bool, Gen.Int[0, HighestGlobal], (isGlobal, index) =>
            new Operand(OperandForm.Root, index, Root: isGlobal ? RootKind.Global : RootKind.Frame));

    private static readonly Gen<Operand> Prebuilt =
        Gen.Int[0, Prebuilts.Length - 1].Select(index => new Operand(OperandForm.Root, index, Root: RootKind.Prebuilt));

    private static readonly Gen<Destination?> Destinations = Gen.OneOf(
        Gen.Const((Destination?)null),
        Gen.Const((Destination?)Destination.Push),
        Root.Select(root => (Destination?)new Destination(root.Root, (int)root.Number)));

    private static readonly Gen<ImmutableArray<Node>> ThreadBody = Body(0, false);
    private static readonly Gen<ImmutableArray<Node>> ScriptBody = Body(0, true);

    public static readonly Gen<HeapProgram> Programs = Gen.Select(ThreadBody.Array[3], ScriptBody.Array[3]).Select((threads, scripts) => new HeapProgram
    {
        Name = "generated.heap",
        Types = Types,
        Globals = GlobalNames,
        GlobalCount = HighestGlobal + 1,
        Prebuilts = Prebuilts,
        Interpreters = Interpreters,
        Threads = Labelled([Mentions.AddRange(threads[0]), .. threads[1..]], ThreadNames),
        Scripts = Labelled([.. scripts], ScriptNames),
    });

    /// <summary>Interpreters and global slots get their numbers from the text: mention all of them in order.</summary>
    private static ImmutableArray<Node> Mentions =>
    [
        .. Interpreters.Select((_, i) => new Statement("", null, OperationTable.Enter, [new Operand(OperandForm.Interpreter, i)], 0)),
        new Statement("", null, OperationTable.Drop, [new Operand(OperandForm.Root, HighestGlobal)], 0),
    ];

    private static Gen<Node> Statements(bool isScript) => Gen.OneOf([.. OperationTable.All.Select(row => Statement(row, isScript))]);

    private static Gen<Node> Statement(OperationRow row, bool isScript)
    {
        var operands = row.Operands.Aggregate(Gen.Const(ImmutableArray<Operand?>.Empty), (before, operand) =>
            Gen.Select(before, Operands(operand, isScript), (list, next) => list.AddRange(IsAllowed(list, operand) ? next : [null])));
        if (row == OperationTable.New)
            operands = operands.Select(WithSlotsOfKind);
        var destinations = row.Result == ResultForm.Reference ? Destinations : Gen.Const((Destination?)null);
        return Gen.Select(destinations, operands, (destination, list) => (Node)new Statement("", destination, row, list, 0));
    }

    private static int KindNamed(string kind) => ObjectKinds.All.IndexOf(kind);

    private static ImmutableArray<Operand?> WithSlotsOfKind(ImmutableArray<Operand?> operands) =>
        ObjectKinds.SlotsOf(Types[(int)operands[0]!.Number].Kind) is { } slots ? operands.SetItem(1, operands[1]! with { Number = slots }) : operands;

    private static bool IsAllowed(ImmutableArray<Operand?> before, OperandRow row) =>
        row.OnlyForKind.Length == 0 || before.Any(other => other is { Form: OperandForm.Type } type && Types[(int)type.Number].Kind == row.OnlyForKind);

    /// <summary>What stands for an operand of a row: nothing (null), one, or several.</summary>
    private static Gen<Operand?[]> Operands(OperandRow row, bool isScript)
    {
        var operand = Operand(row, isScript).Select(operand => (Operand?)operand);
        if (row.IsRepeated)
            return operand.Array[1, 5];
        return (row.IsOptional ? Gen.OneOf(Gen.Const((Operand?)null), operand) : operand).Select(one => new[] { one });
    }

    private static Gen<Operand> Operand(OperandRow row, bool isScript) => row.Form switch
    {
        OperandForm.Root when row.IsPlace => Root,
        OperandForm.Root when isScript => Gen.OneOf(Root, Prebuilt, Gen.Const(new Operand(OperandForm.Root, 0, Root: RootKind.Self))),
        OperandForm.Root => Gen.OneOf(Root, Prebuilt),
        OperandForm.Number => Gen.Long[0, row.Max].Select(number => new Operand(OperandForm.Number, number)),
        OperandForm.Decimal => Gen.Double[-1e14, 1e14].Select(value => new Operand(OperandForm.Decimal, BitConverter.DoubleToInt64Bits(value))),
        OperandForm.Type => Gen.Int[0, NewTypes.Length - 1].Select(pick => new Operand(OperandForm.Type, NewTypes[pick])),
        OperandForm.Text => Gen.String.Select(text => new Operand(OperandForm.Text, 0, text)),
        OperandForm.Interpreter => Gen.Int[0, Interpreters.Length - 1].Select(index => new Operand(OperandForm.Interpreter, index)),
        OperandForm.Thread => Gen.Int[0, ThreadNames.Length - 1].Select(index => new Operand(OperandForm.Thread, index)),
        OperandForm.Script => Gen.Int[0, ScriptNames.Length - 1].Select(index => new Operand(OperandForm.Script, index)),
        OperandForm.Extent => Gen.Int[-3, 2].Select(extent => new Operand(OperandForm.Extent, extent)),
        OperandForm.Word => Gen.Int[0, row.Words.Length - 1].Select(place => new Operand(OperandForm.Word, place)),
        _ => throw new NotSupportedException(row.Form.ToString()),
    };

    private static Gen<ImmutableArray<Node>> Body(int depth, bool isScript)
    {
        var statements = Statements(isScript);
        if (depth == 3)
            return statements.Array[0, 3].Select(nodes => nodes.ToImmutableArray());
        var inner = Body(depth + 1, isScript);
        var loop = Gen.Select(Gen.Int[0, 1000], inner, (count, body) => (Node)new Loop("", count, body, 0));
        var choose = inner.Array[1, 3].Select(alternatives => (Node)new Choose("", [.. alternatives], 0));
        return Gen.Frequency((6, statements), (1, loop), (1, choose)).Array[0, 6].Select(nodes => nodes.ToImmutableArray());
    }

    private static ImmutableArray<Block> Labelled(ImmutableArray<ImmutableArray<Node>> bodies, ImmutableArray<string> names) =>
        [.. bodies.Select((body, i) => new Block(names[i], Labelled(body, names[i] + "/"), 0))];

    private static ImmutableArray<Node> Labelled(ImmutableArray<Node> nodes, string prefix) =>
        [.. nodes.Select((node, i) => Labelled(node, $"{prefix}{i + 1}"))];

    private static Node Labelled(Node node, string label) => node switch
    {
        Loop loop => loop with { Label = label, Body = Labelled(loop.Body, label + ".") },
        Choose choose => choose with
        {
            Label = label,
            Alternatives = [.. choose.Alternatives.Select((nodes, i) => Labelled(nodes, $"{label}.{i + 1}."))],
        },
        _ => node with { Label = label },
    };
}
