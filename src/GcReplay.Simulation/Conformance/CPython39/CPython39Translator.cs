using System.Collections.Immutable;
using System.Text.Json;
using GcReplay.Simulation.Collectors.CPython39;
using GcReplay.Simulation.Programs;
using static GcReplay.Simulation.Conformance.ProgramBuilder;

namespace GcReplay.Simulation.Conformance.CPython39;

/// <summary>What <c>r</c> of an operation is, by the result of its statement.</summary>
internal enum ResultRule
{
    /// <summary>1 when done, 0 when skipped.</summary>
    Done,

    /// <summary>The result itself.</summary>
    Number,

    /// <summary>1 for a living target, 2 for a dead weak reference, 0 when skipped.</summary>
    Deref,

    /// <summary>1: a repetition shows no inner results.</summary>
    Repetition,
}

/// <summary>Turns the operations of a program into statements. Root k is global k.</summary>
internal sealed class CPython39Translator(string id)
{
    private const int Roots = 64;
    private const int Generations = 3;

    private static readonly ImmutableArray<string> Nodes = [.. ObjectKinds.Nodes.Where(CPython39Family.KindNames.Contains)];

    private readonly ProgramBuilder builder = new(id);
    private readonly Dictionary<string, string> scripts = new(StringComparer.Ordinal);
    private readonly List<ResultRule> results = [];

    /// <summary>How the results of the operations so far are read.</summary>
    public ImmutableArray<ResultRule> Results => [.. results];

    public (HeapProgram Tree, ImmutableArray<PlannedOperation> Operations) Build() => builder.Build();

    public void Operation(JsonPlace place, JsonElement operation)
    {
        var items = Named(place, operation, "an operation");
        if (items[0].GetString() == "repeat")
            Repeat(place, items);
        else
            Single(place, items);
        results.Add(items[0].GetString() switch
        {
            "collect" => ResultRule.Number,
            "deref" => ResultRule.Deref,
            "repeat" => ResultRule.Repetition,
            _ => ResultRule.Done,
        });
        builder.EndOperation();
    }

    private static JsonElement[] Named(JsonPlace place, JsonElement element, string what)
    {
        var items = place.Items(element, what);
        return items.Length > 0 && items[0].ValueKind == JsonValueKind.String
            ? items
            : throw place.Error($"{what} (an array that begins with its name)", element);
    }

    private static void RequireLength(JsonPlace place, JsonElement[] items, int least, int most)
    {
        if (items.Length < least || items.Length > most)
            throw place.Error($"'{items[0].GetString()}' with {least - 1}{(most > least ? $" to {most - 1}" : "")} operands, found {items.Length - 1}");
    }

    private static int Root(JsonPlace place, JsonElement element) => (int)place.Number(element, "a root", 0, Roots - 1);

    private static Operand Index(JsonPlace place, JsonElement element) => Number(place.Number(element, "an index", 0, ProgramLimits.NumberMax));

    private static Operand Generation(JsonPlace place, JsonElement element) => Extent(place.Number(element, "a generation", 0, Generations - 1));

    private Operand At(JsonPlace place, JsonElement element) => builder.Global(Root(place, element));

    private void Repeat(JsonPlace place, JsonElement[] items)
    {
        RequireLength(place, items, 3, 3);
        var inner = place.Items(items[2], "the operations to repeat");
        builder.Loop((int)place.Number(items[1], "how often to repeat", 0, ProgramLimits.LoopCountMax), () =>
        {
            foreach (var operation in inner)
                Single(place, Named(place, operation, "an operation"));
        });
    }

    private void Single(JsonPlace place, JsonElement[] items)
    {
        var name = items[0].GetString();
        var (least, most) = Operands(place, name);
        RequireLength(place, items, least, most);
        switch (name)
        {
            case "new":
                New(place, items);
                break;
            case "store":
                builder.Add(OperationTable.Store, At(place, items[1]), Index(place, items[2]), At(place, items[3]));
                break;
            case "clearslot":
                builder.Add(OperationTable.Clear, At(place, items[1]), Index(place, items[2]));
                break;
            case "load":
                builder.Assign(Root(place, items[1]), OperationTable.Load, At(place, items[2]), Index(place, items[3]));
                break;
            case "copy":
                builder.Assign(Root(place, items[1]), OperationTable.Copy, At(place, items[2]));
                break;
            case "drop":
                builder.Add(OperationTable.Drop, At(place, items[1]));
                break;
            case "wref":
                builder.Assign(Root(place, items[1]), OperationTable.WeakRef, At(place, items[2]), null, ScriptOf(place, items, 3));
                break;
            case "deref":
                builder.Assign(Root(place, items[1]), OperationTable.Deref, At(place, items[2]));
                break;
            case "collect":
                builder.Add(OperationTable.Collect, Generation(place, items[1]));
                break;
            case "threshold":
                Threshold(place, items);
                break;
            case "track":
                builder.Add(OperationTable.Track, At(place, items[1]));
                break;
            case "untrack":
                builder.Add(OperationTable.Untrack, At(place, items[1]));
                break;
            case "tuple":
                Tuple(place, items);
                break;
            case "titem":
                builder.Assign(Root(place, items[1]), OperationTable.TupleItem, At(place, items[2]), Index(place, items[3]));
                break;
            case "dict":
                builder.Assign(Root(place, items[1]), OperationTable.Dict, [null]);
                break;
            case "dset":
                builder.Add(OperationTable.DictSet, At(place, items[1]), Key(place, items[2]), At(place, items[3]));
                break;
            case "ddel":
                builder.Add(OperationTable.DictDel, At(place, items[1]), Key(place, items[2]));
                break;
            case "dget":
                builder.Assign(Root(place, items[1]), OperationTable.DictGet, At(place, items[2]), Key(place, items[3]));
                break;
            default:
                builder.Add(OperationTable.Find(name!)!);
                break;
        }
    }

    /// <summary>The least and the highest number of items, the name included.</summary>
    private static (int Least, int Most) Operands(JsonPlace place, string? name) => name switch
    {
        "new" => (4, 5),
        "wref" => (3, 4),
        "store" or "load" or "titem" or "dset" or "dget" or "threshold" => (4, 4),
        "clearslot" or "copy" or "deref" or "tuple" or "ddel" => (3, 3),
        "drop" or "collect" or "track" or "untrack" or "dict" => (2, 2),
        "freeze" or "unfreeze" or "enable" or "disable" => (1, 1),
        "repeat" => throw place.Error("a repetition within a repetition; expected other operations"),
        _ => throw place.Error($"unknown operation '{name}'"),
    };

    private static Operand Key(JsonPlace place, JsonElement element) => Number(place.Number(element, "a key", 0, ProgramLimits.NumberMax));

    private void New(JsonPlace place, JsonElement[] items)
    {
        var kind = place.Text(items[2], "a kind");
        if (!Nodes.Contains(kind))
            throw place.Error($"unknown kind '{kind}'; kinds: {string.Join(", ", Nodes)}");
        if (items.Length > 4 && kind != ObjectKinds.Fin)
            throw place.Error($"a script for kind '{kind}'; only '{ObjectKinds.Fin}' has one");
        builder.Assign(Root(place, items[1]), OperationTable.New, Kind(kind), Index(place, items[3]), null, ScriptOf(place, items, 4));
    }

    private void Threshold(JsonPlace place, JsonElement[] items) => builder.Add(
        OperationTable.Threshold, [.. items.Skip(1).Select(item => Number(place.Number(item, "a threshold", 0, int.MaxValue)))]);

    /// <summary>A tuple of nothing is always skipped: it has no statement.</summary>
    private void Tuple(JsonPlace place, JsonElement[] items)
    {
        var members = place.Items(items[2], "the roots of the items");
        if (members.Length > 0)
            builder.Assign(Root(place, items[1]), OperationTable.Tuple, [null, .. members.Select(root => At(place, root))]);
    }

    /// <summary>The script that stands at a place of an operation; null when none does. Equal scripts are one.</summary>
    private Operand? ScriptOf(JsonPlace place, JsonElement[] items, int at)
    {
        if (items.Length <= at)
            return null;
        var actions = place.Items(items[at], "a script");
        var text = JsonSerializer.Serialize(items[at]);
        if (!scripts.TryGetValue(text, out var name))
            scripts.Add(text, name = $"s{scripts.Count}");
        return Script(builder.Script(name, () =>
        {
            foreach (var action in actions)
                Action(place, Named(place, action, "an action of a script"));
        }));
    }

    private void Action(JsonPlace place, JsonElement[] items)
    {
        var name = items[0].GetString();
        RequireLength(place, items, name is "rootslot" or "sets" or "new" ? 3 : 2, name is "rootslot" or "sets" or "new" ? 3 : 2);
        switch (name)
        {
            case "root":
                builder.Assign(Root(place, items[1]), OperationTable.Copy, Self);
                break;
            case "rootslot":
                builder.Assign(Root(place, items[1]), OperationTable.Load, Self, Index(place, items[2]));
                break;
            case "clr":
                builder.Add(OperationTable.Clear, Self, Index(place, items[1]));
                break;
            case "sets":
                builder.Add(OperationTable.Store, Self, Index(place, items[1]), At(place, items[2]));
                break;
            case "new":
                builder.Assign(Root(place, items[1]), OperationTable.New, Kind(ObjectKinds.Plain), Index(place, items[2]), null, null);
                break;
            case "drop":
                builder.Add(OperationTable.Drop, At(place, items[1]));
                break;
            case "collect":
                builder.Add(OperationTable.Collect, Generation(place, items[1]));
                break;
            default:
                throw place.Error($"unknown action '{name}' of a script");
        }
    }
}
