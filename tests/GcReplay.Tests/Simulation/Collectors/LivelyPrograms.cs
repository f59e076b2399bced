using System.Collections.Immutable;
using CsCheck;
using GcReplay.Simulation.Collectors;
using GcReplay.Simulation.Programs;

namespace GcReplay.Tests.Simulation.Collectors;

/// <summary>What a generated program may do.</summary>
/// <param name="Interpreters">Sub-interpreters that it may create, enter and end.</param>
/// <param name="HasThreads">Whether it spawns threads, from scripts too.</param>
/// <param name="Untracks">Whether it untracks and tracks objects itself. Then it has no kinds whose deallocator expects them tracked: they
/// would crash, as in life.</param>
/// <param name="Freezes">Whether it freezes objects.</param>
/// <param name="HasFunctions">Whether it has functions, whose deallocator does not look whether they are tracked.</param>
public sealed record Liveliness(ImmutableArray<string> Interpreters, bool HasThreads, bool Untracks, bool Freezes, bool HasFunctions);

/// <summary>Programs over the whole operation table that do much in few statements: few roots, few slots, many finalizers and callbacks. A
/// new row of the table takes part without a change here.</summary>
/// <remarks>They end: a script makes only objects with scripts of lower numbers, and a script spawns only <c>helper</c>, which has no
/// scripts in it and spawns nothing. Callbacks do not mention <c>self</c>: an only weak reference may die within its callback.</remarks>
internal sealed class LivelyPrograms
{
    /// <summary>Full collections at the end: more than scripts can take turns.</summary>
    private const int LastCollections = 12;
    private const string Collector = "cpython39";
    private const int Globals = 6;
    private const int FramePlaces = 3;
    private const int Scripts = 4;

    private readonly Liveliness liveliness;
    private readonly ImmutableArray<string> kinds;

    private LivelyPrograms(Liveliness liveliness)
    {
        this.liveliness = liveliness;
        kinds =
        [
            .. ObjectKinds.Nodes.Where(kind => Families.Find(Collector).Family.Kinds.Contains(kind) && !(liveliness.Untracks && kind is "fin" or "legacy" or "function") && (liveliness.HasFunctions || kind != "function")),
            // Cycles of plain objects and finalizers are what it is about.
            "plain", "plain", .. liveliness.Untracks ? [] : (string[])["fin", "fin", "fin"],
        ];
    }

    /// <summary>Texts of programs.</summary>
    public static Gen<string> Of(Liveliness liveliness) => new LivelyPrograms(liveliness).Programs();

    private Gen<string> Programs()
    {
        var threads = liveliness.HasThreads ? (string[])["main", "worker", "other", "helper"] : ["main"];
        var blocks = new List<Gen<string>>();
        foreach (var name in threads)
        {
            var context = new Context(name, false, false, name == "helper" ? 0 : Scripts, name switch
            {
                _ when !liveliness.HasThreads => [],
                "main" => ["worker", "other", "helper"],
                "helper" => [],
                _ => ["helper"],
            });
            var body = name == "main" ? Gen.Select(Beginning(context), Body(context, 0).Array[5, 40], (first, next) => first.Concat(next).ToArray()) : Body(context, 0).Array[1, 10];
            blocks.Add(body.Select(lines => Block("thread", name, lines, name == "main" ? Ending() : "")));
        }

        for (var i = 0; i < Scripts; i++)
        {
            foreach (var isFinalizer in (bool[])[true, false])
            {
                var name = ScriptName(isFinalizer, i);
                var context = new Context(name, true, isFinalizer, i, liveliness.HasThreads ? ["helper"] : []);
                blocks.Add(Body(context, 2).Array[1, 5].Select(lines => Block("script", name, lines, "")));
            }
        }

        return blocks.Aggregate(Gen.Const(""), (before, block) => Gen.Select(before, block, (text, next) => text + next));
    }

    private string Ending()
    {
        var joins = liveliness.HasThreads ? "  join worker\n  join other\n" : "";
        var help = liveliness.HasThreads ? "    join helper\n" : "";
        return $"{joins}  loop {LastCollections} {{\n    enter main\n{help}    collect full\n  }}\n";
    }

    private static string Block(string word, string name, string[] lines, string ending) =>
        $"{word} {name} {{\n{string.Concat(lines.Select(line => $"  {line}\n"))}{ending}}}\n";

    private static string ScriptName(bool isFinalizer, int index) => $"{(isFinalizer ? "fin" : "call")}{index}";

    private Gen<string> Body(Context context, int depth)
    {
        var rows = OperationTable.All.Where(row => row.IsOf(Collector) && Weight(row, context) > 0);
        var statements = Gen.Frequency([.. rows.Select(row => (Weight(row, context), (IGen<string>)Statement(row, context)))]);
        if (depth == 2)
            return Gen.Frequency((5, statements), (1, Idiom(context)));
        var inner = Body(context, depth + 1).Array[1, 3];
        var loop = Gen.Select(Gen.Int[2, 3], inner, (count, body) => $"loop {count} {{\n{string.Join('\n', body)}\n}}");
        var choose = inner.Array[2, 3].Select(blocks => $"choose {string.Join(" or ", blocks.Select(block => $"{{\n{string.Join('\n', block)}\n}}"))}");
        return Gen.Frequency((30, statements), (12, Idiom(context)), (1, loop), (1, choose));
    }

    /// <summary>An object in every global, some of them linked: what follows finds something to work on.</summary>
    private Gen<string[]> Beginning(Context context)
    {
        var links = Gen.Select(Root(context, true), Gen.Int[0, 2], Root(context, true)).Select(link => $"store {link.Item1} {link.Item2} {link.Item3}");
        var objects = Enumerable.Range(0, Globals).Select(index => Node(context).Select(node => $"g{index} = {node}"))
            .Aggregate(Gen.Const(Array.Empty<string>()), (before, next) => Gen.Select(before, next, (list, line) => (string[])[.. list, line]));
        return Gen.Select(objects, links.Array[4, 8], (first, next) => (string[])[.. first, .. next]);
    }

    /// <summary>Several statements that only together bring something about: garbage in a cycle, a weak reference to garbage.</summary>
    private Gen<string> Idiom(Context context)
    {
        var globals = Gen.Select(Gen.Int[0, Globals - 1], Gen.Int[0, Globals - 1], Gen.Int[0, Globals - 1], Node(context), Node(context));
        var callback = context.ScriptsBelow == 0 ? Gen.Const("") : Gen.Int[0, context.ScriptsBelow - 1].Select(index => ScriptName(false, index));
        return Gen.Select(globals, Gen.Int[0, context.IsScript ? 5 : 6], callback).Select(pick =>
        {
            var ((a, b, c, first, second), shape, call) = pick;
            return shape switch
            {
                0 => $"g{a} = {first}\nstore g{a} 0 g{a}\ndrop g{a}",
                1 => $"g{a} = {first}\ng{b} = {second}\nstore g{a} 0 g{b}\nstore g{b} 0 g{a}\nstore g{b} 1 g{c}\ndrop g{a}\ndrop g{b}",
                2 => $"g{a} = {first}\nstore g{a} 0 g{a}\ng{b} = weakref g{a} {call}\nstore g{c} 1 g{b}\ndrop g{a}",
                3 => $"g{a} = {first}\ng{b} = tuple g{a} g{c}\nstore g{a} 0 g{b}\ndrop g{a}\ndrop g{b}",
                4 => $"g{a} = {first}\ng{b} = dict\ndictset g{b} 0 g{a}\ndictset g{b} 1 g{c}\nstore g{a} 0 g{b}\ndrop g{a}\ndrop g{b}",
                // Deeper than the trashcan lets deallocations nest, with something to call on the way out.
                6 => $"g{a} = new tc 3\ng{b} = weakref g{a} {call}\nloop 52 {{\ng{c} = new tc 3\nstore g{c} 0 g{a}\ng{a} = copy g{c}\n}}\n"
                    + $"g{a} = {first}\nstore g{c} 1 g{a}\ng{a} = {second}\nstore g{c} 2 g{a}\ndrop g{a}\ndrop g{c}",
                _ => $"g{a} = {first}\ng{b} = weakref g{a} {call}\ng{c} = weakref g{a} {call}\npush = weakref g{a} {call}\ndrop g{a}",
            };
        });
    }

    /// <summary>An allocation of a node with three slots.</summary>
    private Gen<string> Node(Context context) => Gen.Select(Gen.Int[0, kinds.Length - 1], Gen.Int[0, Scripts - 1], (kind, script) =>
        $"new {kinds[kind]} 3{(kinds[kind] == ObjectKinds.Fin && context.ScriptsBelow > 0 ? " " + ScriptName(true, script % context.ScriptsBelow) : "")}");

    private int Weight(OperationRow row, Context context) => row.Name switch
    {
        "new" or "store" => 12,
        "drop" or "weakref" => 8,
        "clear" or "load" or "tuple" or "dictset" => 5,
        "interpreter" or "enter" or "end" => liveliness.Interpreters.IsEmpty ? 0 : 2,
        "spawn" or "daemon" => context.Spawns.IsEmpty ? 0 : 2,
        // A script that waits for the thread it interrupts is a deadlock: true, and of no use here.
        "join" => liveliness.HasThreads && context.Name == "main" ? 1 : 0,
        "track" or "untrack" => liveliness.Untracks ? 3 : 0,
        "freeze" or "unfreeze" => liveliness.Freezes ? 1 : 0,
        "enable" or "disable" or "threshold" => 1,
        _ => 3,
    };

    private Gen<string> Statement(OperationRow row, Context context)
    {
        var destination = row.Result == ResultForm.Reference
            ? Gen.Frequency((1, Gen.Const("")), (2, Gen.Const("push = ")), (6, Root(context, isPlace: true).Select(root => $"{root} = ")))
            : Gen.Const("");
        var start = Gen.Select(destination, Gen.Const(row.Name), (to, name) => (Text: to + name, Kind: ""));
        return row.Operands.Aggregate(start, (before, operand) => Gen.Select(before, Operand(operand, context), (text, next) =>
            operand.OnlyForKind.Length > 0 && text.Kind != operand.OnlyForKind ? text
            : (text.Text + next, operand.Form == OperandForm.Type ? next.Trim() : text.Kind))).Select(text => text.Text);
    }

    private Gen<string> Operand(OperandRow row, Context context)
    {
        var one = row.Form switch
        {
            OperandForm.Root => Root(context, row.IsPlace),
            OperandForm.Number => Gen.Int[0, 2].Select(number => $"{number}"),
            OperandForm.Decimal => Gen.Int[0, 4000].Select(eighths => $"{eighths / 8}.{eighths % 8 * 125:000}"),
            OperandForm.Type => Gen.Int[0, kinds.Length - 1].Select(index => kinds[index]),
            OperandForm.Text => Gen.Const("\"name\""),
            OperandForm.Interpreter => Gen.Int[-1, liveliness.Interpreters.Length - 1].Select(index => index < 0 ? "main" : liveliness.Interpreters[index]),
            OperandForm.Thread => Gen.Int[0, context.Spawns.Length - 1].Select(index => context.Spawns[index]),
            // A finalizer where a kind asks for it, else a callback.
            OperandForm.Script => context.ScriptsBelow == 0
                ? Gen.Const("")
                : Gen.Int[0, context.ScriptsBelow - 1].Select(index => ScriptName(row.OnlyForKind.Length > 0, index)),
            OperandForm.Extent => Gen.Int[0, 4].Select(index => new[] { "full", "minor", "increment", "0", "1" }[index]),
            OperandForm.Word => Gen.Int[0, row.Words.Length - 1].Select(index => row.Words[index]),
            _ => throw new NotSupportedException(row.Form.ToString()),
        };
        var text = one.Select(operand => operand.Length == 0 ? "" : " " + operand);
        if (row.IsRepeated)
            return text.Array[1, 4].Select(items => string.Concat(items));
        var isLeftOut = row.Form == OperandForm.Text ? 9 : 1;
        return row.IsOptional ? Gen.Frequency((isLeftOut, Gen.Const("")), (3, text)) : text;
    }

    private static Gen<string> Root(Context context, bool isPlace) => Gen.Frequency(
        (6, Gen.Int[0, Globals - 1].Select(index => $"g{index}")),
        (2, Gen.Int[0, FramePlaces - 1].Select(index => $"f{index}")),
        (context.IsFinalizer && !isPlace ? 4 : 0, Gen.Const("self")));

    /// <summary>Where a statement stands.</summary>
    /// <param name="ScriptsBelow">Scripts with lower numbers than this can be given to newborns.</param>
    private sealed record Context(string Name, bool IsScript, bool IsFinalizer, int ScriptsBelow, ImmutableArray<string> Spawns);
}
