using System.Collections.Immutable;
using GcReplay.Heaps.Layouts;

namespace GcReplay.Simulation.Collectors.CPython39;

/// <summary>What the words of objects mean, kind by kind.</summary>
internal static class ObjectStructs
{
    private const string Plain = "PyObject";
    private const string WithFinalizer = "PyObject with tp_finalize";
    private const string WithoutGc = "PyObject without GC";
    private const string Weakref = "PyWeakReference";
    private const string Tuple = "PyTupleObject";
    private const string Dict = "PyDictObject";

    /// <param name="firstPass">Phases of the pass over the generation.</param>
    /// <param name="secondPass">Phases of the pass over what finalizers may have brought back.</param>
    public static ImmutableArray<StructLayout> All(string[] firstPass, string[] secondPass)
    {
        var head = Head(firstPass, secondPass);
        var size = Field.Word("ob_size", ObjectWords.Size, FieldRole.Integer);
        var weakList = Field.Word("weaklist", ObjectWords.WeakList, FieldRole.Borrowed);
        return
        [
            Object(Plain, [.. head, .. Header, size, weakList], Slots(Kind.Plain)),
            Object(
                WithFinalizer, [.. head, .. Header, size, weakList, Field.Word("finalizer", ObjectWords.Finalizer, FieldRole.Script)],
                Slots(Kind.Finalizer)),
            Object(WithoutGc, [.. Header, size, weakList], Slots(Kind.Leaf)),
            Object(
                Weakref,
                [
                    .. head, .. Header,
                    Field.Word("wr_object", WeakrefWords.Target, FieldRole.Borrowed),
                    Field.Word("wr_callback", WeakrefWords.Callback, FieldRole.Script),
                    Field.Word("wr_prev", WeakrefWords.Previous, FieldRole.Borrowed),
                    Field.Word("wr_next", WeakrefWords.Next, FieldRole.Borrowed),
                ]),
            Object(Tuple, [.. head, .. Header, size], new Vector("item", TupleWords.Items, false, "ob_size", 0, FieldRole.Owned)),
            Object(
                Dict,
                [
                    .. head, .. Header,
                    Field.Word("ma_used", DictWords.Used, FieldRole.Integer),
                    Field.Word("dk_nentries", DictWords.Entries, FieldRole.Integer),
                    Field.Word("dk_size", DictWords.Capacity, FieldRole.Integer),
                ],
                new Vector("key", DictWords.Keys, true, "dk_nentries", 0, FieldRole.Integer),
                new Vector("value", DictWords.Values, true, "dk_nentries", 0, FieldRole.Owned)),
        ];
    }

    public static ObjectType TypeOf(Kind kind, string name) =>
        new(name, StructOf(kind), kind.IsCollected() ? ObjectWords.HeadBytes / 8 : 0, kind.IsCollected());

    private static readonly Field[] Header =
    [
        Field.Word("ob_refcnt", ObjectWords.RefCount, FieldRole.ReferenceCount),
        Field.Word("ob_type", ObjectWords.TypeWord, FieldRole.TypeId),
    ];

    private static string StructOf(Kind kind) => kind switch
    {
        Kind.Leaf => WithoutGc,
        Kind.Finalizer => WithFinalizer,
        Kind.Weakref => Weakref,
        Kind.Tuple => Tuple,
        Kind.Dict => Dict,
        _ => Plain,
    };

    private static Vector Slots(Kind kind) => new("slot", kind.SlotsAt(), false, "ob_size", 0, FieldRole.Owned);

    private static StructLayout Object(string name, ImmutableArray<Field> fields, params ImmutableArray<Container> containers) =>
        new(name, StructRole.Object, 0, fields, containers);

    private static Field[] Head(string[] firstPass, string[] secondPass) =>
    [
        new("_gc_next", ObjectWords.GcNext, 1, 63, [new Meaning(FieldRole.Link, Condition.Always)]),
        Field.Flag("UNREACHABLE", ObjectWords.GcNext, 0),
        Field.Flag("FINALIZED", ObjectWords.GcPrev, 0),
        Field.Flag("COLLECTING", ObjectWords.GcPrev, 1),
        new("_gc_prev", ObjectWords.GcPrev, ObjectWords.RefsShift, 62,
        [
            // Untracked: nothing, or the trashcan's chain.
            new Meaning(FieldRole.Chain, Condition.Always with { FlagsClear = ["_gc_next"] }),
            new Meaning(FieldRole.CollectorCount, Condition.WhenOn("young") with { FlagsSet = ["COLLECTING"], Phases = [.. firstPass] }),
            new Meaning(FieldRole.CollectorCount, Condition.WhenOn("resurrecting") with { FlagsSet = ["COLLECTING"], Phases = [.. secondPass] }),
            new Meaning(FieldRole.Link, Condition.Always),
        ]),
    ];
}
