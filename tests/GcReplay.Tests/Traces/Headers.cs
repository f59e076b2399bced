using System.Collections.Immutable;
using GcReplay.Heaps.Layouts;
using GcReplay.Heaps.Memory;
using GcReplay.Traces;

namespace GcReplay.Tests.Traces;

/// <summary>Headers to write traces with.</summary>
internal static class Headers
{
    private static readonly Condition Picky = new(["SET"], ["CLEAR", "UNSET"], ["mark"], ["young", "old"], ["arena"], "epoch", "mark_bit");

    /// <summary>Something in every part, every container, every kind of text.</summary>
    public static TraceHeader Full { get; } = new()
    {
        ToolVersion = "0.1.0",
        ProgramName = "bpo-46070.heap",
        ProgramText = "thread main:\n  a = new dict 'caché'\n",
        Collector = "cpython39",
        Revision = "7247407",
        Allocator = "glibc",
        Seed = ulong.MaxValue,
        IsChaos = true,
        Parameters = ImmutableSortedDictionary<string, string>.Empty.Add("threshold0", "700").Add("Threshold", ""),
        Layout = FullLayout(),
        Operations = [new OperationText("main.1", "main", 2, "a = new dict"), new OperationText("", "", 0, "")],
        Threads = ["main", "worker", "other"],
    };

    /// <summary>Nothing that can be left out, and room for any thread and site.</summary>
    public static TraceHeader Plain { get; } = Full with
    {
        Parameters = ImmutableSortedDictionary<string, string>.Empty,
        Operations = [],
        Threads = [.. Enumerable.Repeat("", ushort.MaxValue + 1)],
        Layout = Full.Layout with
        {
            Structs = [], Types = [], Colours = [], Phases = [], Names = [""], Regions = [], Interpreters = [],
            Sites = [.. Enumerable.Repeat(new Site("", ""), ushort.MaxValue + 1)],
        },
    };

    private static Layout FullLayout() => new()
    {
        Collector = "cpython39",
        Revision = "7247407",
        Structs =
        [
            new StructLayout("PyInterpreterState", StructRole.Interpreter, 5656, Fields(), Containers()),
            new StructLayout("object", StructRole.Object, 0, [], []),
        ],
        Types = [new ObjectType("dict", "object", 2, true), new ObjectType("str", "object", 0, false)],
        Root = new Address(0x7F00_0000_1000),
        RootStruct = "_PyRuntimeState",
        Colours = [new ColourRule(Colour.Black, Condition.WhenSet("VISITED")), new ColourRule(Colour.White, Picky)],
        Phases = ["", "update_refs", "subtract_refs"],
        Sites = [new Site("", ""), new Site("gc_list_append", "the object survived")],
        Names = ["", "compile"],
        Regions = [new Region("arena", new Address(4096), new Address(ulong.MaxValue))],
        Interpreters = ["main", "sub"],
        Scripts = ["close"],
        Tracing = new TracingRules
        {
            MarkingPhases = ["update_refs"],
            SweepingPhases = ["subtract_refs", ""],
            UnmarkedPhases = [""],
            Marked = Condition.WhenSet("VISITED"),
            Immortal = [Condition.InRegion("arena"), Picky],
            StrongLists = ["old_objects"],
            LiveLists = ["ring", "objects_to_trace"],
            Young = [Picky],
            Remembered = ["ring"],
            CardList = "frame",
            Forwarded = Picky,
            Shadows = "nursery_surviving_size",
            HasShadow = Condition.Always,
        },
    };

    private static ImmutableArray<Field> Fields() =>
    [
        Field.Word("_gc_prev", -8, FieldRole.Link),
        new Field("gc_refs", -8, 2, 62, [new Meaning(FieldRole.CollectorCount, Picky), new Meaning(FieldRole.Borrowed, Condition.Always, "object")]),
        Field.Flag("FINALIZED", -8, 63),
    ];

    private static ImmutableArray<Container> Containers() =>
    [
        new LinkedList("generation0", 24, 0, 8, 16, 3, true, ["update_refs"]) { GarbageAt = ["update_refs"] },
        new LinkedList("free", 48, 0, -1, 0, ulong.MaxValue, false, []),
        new Vector("frame", 64, true, "size", 0, FieldRole.Owned, "object"),
        new ChunkedStack("objects_to_trace", 72, "used", 1019),
        new ChunkedDeque("old_objects", 80, "first", "end", 1018),
        new Ring("ring", 96, "start", "count", "capacity"),
        new Map("nursery_surviving_size", 104, "capacity", FieldRole.Borrowed, FieldRole.Integer),
        new Bitmap("marks", 112, "base", "bytes", 16),
        new ObjectBits("page_marks", 120, 64, "size", "count"),
        new CardBits("cards", -8, "length", 128, true, Picky),
        new RawWords("ceval", 128, 4),
    ];
}
