using GcReplay.Heaps.Layouts;

namespace GcReplay.Tests.Heaps;

/// <summary>Layouts for hand-built heaps.</summary>
internal static class TestLayouts
{
    public const int InterpreterType = 1;
    public const ulong InterpreterBytes = 5656;

    private static readonly string[] CountPhases = ["update_refs", "subtract_refs", "move_unreachable"];

    public static readonly StructLayout Node = new("PyObject node", StructRole.Object, 0,
    [
        Field.Word("_gc_next", -16, FieldRole.Link),
        new Field("_gc_prev", -8, 2, 62,
        [
            new Meaning(FieldRole.CollectorCount, Condition.Always with { Phases = [.. CountPhases], Lists = ["young"] }),
            new Meaning(FieldRole.Link, Condition.Always),
        ]),
        Field.Flag("FINALIZED", -8, 0),
        Field.Flag("COLLECTING", -8, 1),
        Field.Word("ob_refcnt", 0, FieldRole.ReferenceCount),
        Field.Word("ob_type", 8, FieldRole.TypeId),
        Field.Word("ob_size", 16, FieldRole.Integer),
    ],
    [new Vector("slots", 24, false, "ob_size", 0, FieldRole.Owned)]);

    public static readonly StructLayout Leaf = Node with
    {
        Name = "PyObject leaf",
        Fields = [.. Node.Fields.Where(f => f.Offset >= 0)],
    };

    /// <summary>A collection record lies at <see cref="TestHeap.Stack"/> while main's word 24 names it.</summary>
    public static readonly Layout CPython = new()
    {
        Collector = "test",
        Revision = "hand-built",
        Structs =
        [
            new StructLayout("_PyRuntime", StructRole.Root, 64,
                [Field.Word("interpreters", 0, FieldRole.Pointer, "PyInterpreterState")],
                [new Vector("g", 32, false, "", 4, FieldRole.Owned)]),
            new StructLayout("PyInterpreterState", StructRole.Interpreter, (int)InterpreterBytes,
                [
                    Field.Word("next", 0, FieldRole.Pointer, "PyInterpreterState"),
                    Field.Word("id", 8, FieldRole.InterpreterId),
                    Field.Word("frame_count", 16, FieldRole.Integer),
                    Field.Word("collection", 24, FieldRole.Pointer, "collection"),
                ],
                [
                    Generation(0), Generation(1), Generation(2),
                    new Vector("frame", 96, false, "frame_count", 0, FieldRole.Owned),
                ]),
            new StructLayout("collection", StructRole.CollectionRecord, 64,
                [
                    Field.Word("phase", 0, FieldRole.Phase),
                    Field.Word("interpreter", 8, FieldRole.InterpreterId),
                    Field.Word("young", 16, FieldRole.HeldList),
                ],
                [new LinkedList("unreachable", 32, 0, 8, 16, 3, true, []) { GarbageAt = ["finalizers"] }]),
            Node,
            Leaf,
        ],
        Types =
        [
            new ObjectType("none", "PyObject leaf", 0, false),
            new ObjectType("interpreter", "PyInterpreterState", 0, false),
            new ObjectType("node", "PyObject node", 2, true),
            new ObjectType("method", "PyObject node", 2, true),
            new ObjectType("leaf", "PyObject leaf", 0, false),
        ],
        Root = TestHeap.Root,
        RootStruct = "_PyRuntime",
        Colours =
        [
            new ColourRule(Colour.White, Condition.WhenOn("unreachable")),
            new ColourRule(Colour.Grey, Condition.WhenSet("COLLECTING")),
            new ColourRule(Colour.Grey, Condition.Always with { Phases = ["update_refs"], Lists = ["young"] }),
            new ColourRule(Colour.Black, Condition.Always with { Phases = [.. CountPhases], Lists = ["young"] }),
        ],
        Phases = ["", "update_refs", "subtract_refs", "move_unreachable", "finalizers"],
        Sites = [new Site("", "")],
        Names = ["", "main", "sub", "compile", "a", "b"],
        Regions = [new Region("stack", TestHeap.Stack, TestHeap.Stack + 0x8000)],
        Interpreters = ["main", "sub"],
    };

    private static LinkedList Generation(int g) => new($"generation{g}", 32 + g * 16, 0, 8, 16, 3, true, [.. CountPhases]);
}
