using System.Collections.Immutable;
using System.Text;

namespace GcReplay.Simulation.Programs;

/// <summary>What can stand in an operand's place.</summary>
public enum OperandForm
{
    /// <summary><c>gN</c>, a declared global's name, or <c>fN</c> (frame); in a script also <c>self</c>.</summary>
    Root,

    /// <summary>A number from 0 to the operand's highest.</summary>
    Number,

    /// <summary>A number with or without a point, as a double.</summary>
    Decimal,

    /// <summary>A declared type or a kind.</summary>
    Type,

    /// <summary>Text in double quotes.</summary>
    Text,

    /// <summary>Name of an interpreter.</summary>
    Interpreter,

    /// <summary>Name of a thread of the program.</summary>
    Thread,

    /// <summary>Name of a script of the program.</summary>
    Script,

    /// <summary><c>full</c> (-1), <c>minor</c> (-2), <c>increment</c> (-3), or a generation's number.</summary>
    Extent,

    /// <summary>One of the row's words, as its place among them.</summary>
    Word,
}

/// <summary>What an operation gives.</summary>
public enum ResultForm
{
    /// <summary>Only done (1) or skipped (0).</summary>
    None,

    /// <summary>A reference; the statement may have a destination.</summary>
    Reference,

    Number,
}

/// <param name="IsOptional">Can be left out: the last of a row, or quoted text, which nothing else looks like.</param>
/// <param name="Max">The highest number allowed, where the form is a number.</param>
/// <param name="IsRepeated">Stands once or more; only the last operand of a row does.</param>
/// <param name="IsPlace">A root that is written or emptied, so not <c>self</c>.</param>
/// <param name="OnlyForKind">Only allowed when the type that stands before it is of this kind; empty for any.</param>
/// <param name="Words">Those that it can be, where the form is a word.</param>
public sealed record OperandRow(
    string Name, OperandForm Form, bool IsOptional = false, long Max = ProgramLimits.NumberMax, bool IsRepeated = false,
    bool IsPlace = false, string OnlyForKind = "", ImmutableArray<string> Words = default);

/// <summary>An operation: its name, operands, result. Everything that handles programs reads only these rows.</summary>
/// <param name="Collectors">The collectors that have it; none named for all.</param>
/// <param name="SkippedWhen">In words: when it does nothing and its result is 0.</param>
/// <param name="Kind">The kind of object it makes or works on, when only one: a collector that does not know the kind lacks the operation.</param>
/// <param name="Undoes">Name of the operation that it takes back; empty for none.</param>
public sealed record OperationRow(
    string Name, ImmutableArray<OperandRow> Operands, ResultForm Result, string Summary, string SkippedWhen = "never",
    ImmutableArray<string> Collectors = default, string Kind = "", string Undoes = "")
{
    /// <summary>Whether a collector has it, as far as names tell.</summary>
    public bool IsOf(string collector) => Collectors.IsDefaultOrEmpty || Collectors.Contains(collector);

    /// <summary>How it is written: <c>[ROOT =] load OBJECT INDEX</c>; brackets hold what can be left out.</summary>
    public string Usage => string.Join(' ', (string[])[.. Result == ResultForm.Reference ? ["[ROOT =]"] : (string[])[], Name, .. Operands.Select(Placeholder)]);

    private static string Placeholder(OperandRow operand)
    {
        var name = operand.Name.ToUpperInvariant();
        var written = operand.Form == OperandForm.Text ? $"\"{name}\"" : name;
        return operand.IsOptional ? $"[{written}]" : operand.IsRepeated ? written + "…" : written;
    }
}

/// <summary>The one table of operations.</summary>
public static class OperationTable
{
    private static readonly ImmutableArray<string> CPython = ["cpython39"];

    public static readonly OperationRow New = new(
        "new",
        [
            new("type", OperandForm.Type),
            new("slots", OperandForm.Number),
            new("name", OperandForm.Text, true),
            new("script", OperandForm.Script, true, OnlyForKind: ObjectKinds.Fin),
        ],
        ResultForm.Reference, "allocates an object with empty slots; the script is its finalizer, for kind `fin`");

    public static readonly OperationRow Load = new(
        "load", [new("object", OperandForm.Root), new("index", OperandForm.Number)], ResultForm.Reference,
        "reads a slot", "the root is empty, has no such slot, or the slot is empty");

    public static readonly OperationRow Store = new(
        "store", [new("object", OperandForm.Root), new("index", OperandForm.Number), new("value", OperandForm.Root)], ResultForm.None,
        "writes a slot", "a root is empty, or there is no such slot");

    public static readonly OperationRow Clear = new(
        "clear", [new("object", OperandForm.Root), new("index", OperandForm.Number)], ResultForm.None,
        "empties a slot", "the root is empty, or there is no such slot");

    public static readonly OperationRow ArrayCopy = new(
        "arraycopy",
        [new("source", OperandForm.Root), new("from", OperandForm.Number), new("target", OperandForm.Root), new("to", OperandForm.Number), new("count", OperandForm.Number)],
        ResultForm.None, "copies slots from one object to another, or within one", "a root is empty, or a range is outside its object");

    public static readonly OperationRow Copy = new(
        "copy", [new("root", OperandForm.Root)], ResultForm.Reference,
        "copies a reference to another root; with the roots of another interpreter, shares it", "the root is empty");

    public static readonly OperationRow Drop = new(
        "drop", [new("root", OperandForm.Root, IsPlace: true)], ResultForm.None,
        "empties a global, or removes a place of the frame and shifts those above down", "there is no such place in the frame");

    public static readonly OperationRow Collect = new(
        "collect", [new("extent", OperandForm.Extent, true)], ResultForm.Number,
        "collects: full (as when left out), minor, one increment, or a generation");

    public static readonly OperationRow Enable = new("enable", [], ResultForm.None, "turns automatic collection on", Undoes: "disable");

    public static readonly OperationRow Disable = new("disable", [], ResultForm.None, "turns automatic collection off");

    public static readonly OperationRow Interpreter = new(
        "interpreter", [new("interpreter", OperandForm.Interpreter)], ResultForm.None,
        "creates a sub-interpreter; the thread stays where it is", "it exists");

    public static readonly OperationRow Enter = new(
        "enter", [new("interpreter", OperandForm.Interpreter)], ResultForm.None,
        "the thread goes on in another interpreter", "it does not exist");

    public static readonly OperationRow End = new(
        "end", [new("interpreter", OperandForm.Interpreter)], ResultForm.None,
        "waits for the threads of a sub-interpreter, then ends it; the thread, if it was in it, goes on in main", "it does not exist, or is main");

    public static readonly OperationRow Spawn = new(
        "spawn", [new("thread", OperandForm.Thread)], ResultForm.None,
        "starts a thread of the program in the interpreter of this one", "it runs already");

    public static readonly OperationRow Daemon = new(
        "daemon", [new("thread", OperandForm.Thread)], ResultForm.None,
        "starts a thread as spawn does, as a daemon thread: nobody waits for it at the end", "it runs already");

    public static readonly OperationRow Join = new(
        "join", [new("thread", OperandForm.Thread)], ResultForm.None,
        "waits until a thread has ended", "it was never started");

    /// <summary>Rows that every collector has, in the order of the help.</summary>
    public static readonly ImmutableArray<OperationRow> Core =
        [New, Load, Store, Clear, ArrayCopy, Copy, Drop, Collect, Enable, Disable, Interpreter, Enter, End, Spawn, Daemon, Join];

    public static readonly OperationRow Track = new(
        "track", [new("object", OperandForm.Root)], ResultForm.None,
        "PyObject_GC_Track", "the root holds no node, a leaf, or a tracked one", CPython, Undoes: "untrack");

    public static readonly OperationRow Untrack = new(
        "untrack", [new("object", OperandForm.Root)], ResultForm.None,
        "PyObject_GC_UnTrack", "the root holds no node, a leaf, or an untracked one", CPython);

    public static readonly OperationRow Threshold = new(
        "threshold",
        [
            new("first", OperandForm.Number, Max: int.MaxValue),
            new("second", OperandForm.Number, Max: int.MaxValue),
            new("third", OperandForm.Number, Max: int.MaxValue),
        ],
        ResultForm.None,
        "gc.set_threshold for the interpreter of this thread", "never", CPython);

    public static readonly OperationRow Freeze = new("freeze", [], ResultForm.None, "gc.freeze", "never", CPython);

    public static readonly OperationRow Unfreeze = new("unfreeze", [], ResultForm.None, "gc.unfreeze", "never", CPython, Undoes: "freeze");

    public static readonly OperationRow WeakRef = new(
        "weakref", [new("object", OperandForm.Root), new("name", OperandForm.Text, true), new("script", OperandForm.Script, true)],
        ResultForm.Reference, "makes a weak reference; the script is its callback",
        "the root is empty; on cpython39 also when it holds no node", [.. CPython, IncminimarkOperations.Collector], ObjectKinds.WeakRef);

    public static readonly OperationRow Deref = new(
        "deref", [new("weakref", OperandForm.Root)], ResultForm.Reference,
        "reads a weak reference; a dead one empties the destination, and the result is 0", "the root holds no weak reference",
        CPython, ObjectKinds.WeakRef);

    public static readonly OperationRow Tuple = new(
        "tuple", [new("name", OperandForm.Text, true), new("item", OperandForm.Root, IsRepeated: true)], ResultForm.Reference,
        "makes a tuple of what the roots hold", "an item's root is empty", CPython, ObjectKinds.Tuple);

    public static readonly OperationRow TupleItem = new(
        "tupleitem", [new("tuple", OperandForm.Root), new("index", OperandForm.Number)], ResultForm.Reference,
        "reads an item of a tuple", "the root holds no tuple, or it has no such item", CPython, ObjectKinds.Tuple);

    public static readonly OperationRow Dict = new(
        "dict", [new("name", OperandForm.Text, true)], ResultForm.Reference, "makes an empty dict", "never", CPython, ObjectKinds.Dict);

    public static readonly OperationRow DictSet = new(
        "dictset", [new("dict", OperandForm.Root), new("key", OperandForm.Number), new("value", OperandForm.Root)], ResultForm.None,
        "sets a key of a dict", "the root holds no dict, or the value's root is empty", CPython, ObjectKinds.Dict);

    public static readonly OperationRow DictDel = new(
        "dictdel", [new("dict", OperandForm.Root), new("key", OperandForm.Number)], ResultForm.None,
        "removes a key of a dict", "the root holds no dict, or it has no such key", CPython, ObjectKinds.Dict);

    public static readonly OperationRow DictGet = new(
        "dictget", [new("dict", OperandForm.Root), new("key", OperandForm.Number)], ResultForm.Reference,
        "reads the value of a key", "the root holds no dict, or it has no such key", CPython, ObjectKinds.Dict);

    /// <summary>All rows: those of every collector, then those that collectors add.</summary>
    public static readonly ImmutableArray<OperationRow> All =
    [
        .. Core, Track, Untrack, Threshold, Freeze, Unfreeze,
        WeakRef, Deref, Tuple, TupleItem, Dict, DictSet, DictDel, DictGet,
        .. IncminimarkOperations.All,
    ];

    public static OperationRow? Find(string name) => All.FirstOrDefault(row => row.Name == name);

    /// <summary>The table as Markdown; GRAMMAR.md holds a copy, and a test compares them.</summary>
    public static string ToMarkdown()
    {
        var table = new StringBuilder("| operation | does | skipped when | collector |\n|---|---|---|---|\n");
        foreach (var row in All)
            table.Append($"| `{row.Usage}` | {row.Summary} | {row.SkippedWhen} | {(row.Collectors.IsDefaultOrEmpty ? "all" : string.Join(", ", row.Collectors))} |\n");
        return table.ToString();
    }
}
