using System.Collections.Immutable;
using GcReplay.Heaps.Layouts;
using GcReplay.Traces;

namespace GcReplay.Tests.Debugging;

/// <summary>What the words of a hand-made trace mean: objects with a reference count and four slots.</summary>
internal static class HandMadeLayout
{
    public const ulong ObjectBytes = 40;

    public static TraceHeader Header() => new()
    {
        ToolVersion = "0.1.0",
        ProgramName = "hand.heap",
        ProgramText = "",
        Collector = "hand",
        Revision = "made",
        Allocator = "bump",
        Seed = 7,
        IsChaos = false,
        Parameters = ImmutableSortedDictionary<string, string>.Empty,
        Layout = Layout(),
        Operations =
        [
            new OperationText("m1", "main", 1, "f0 = new dict 4 \"cache\""),
            new OperationText("m2", "main", 2, "store f0 0 f1"),
            new OperationText("m3", "main", 3, "collect"),
            new OperationText("w1", "worker", 7, "drop f0"),
        ],
        Threads = ["main", "worker"],
    };

    private static Layout Layout() => new()
    {
        Collector = "hand",
        Revision = "made",
        Root = new(0x40000),
        RootStruct = "runtime",
        Structs =
        [
            new StructLayout("runtime", StructRole.Root, 8, [], []),
            new StructLayout(
                "object", StructRole.Object, 40,
                [
                    Field.Word("ob_refcnt", 0, FieldRole.ReferenceCount),
                    Field.Word("slot0", 8, FieldRole.Owned),
                    Field.Word("slot1", 16, FieldRole.Owned),
                    Field.Word("slot2", 24, FieldRole.Owned),
                    Field.Word("slot3", 32, FieldRole.Owned),
                ],
                []),
        ],
        Types = [new ObjectType("dict", "object", 0, true)],
        Colours = [],
        Phases = ["none", "mark", "sweep"],
        Sites = [new Site("", "")],
        Names = ["", "cache", "key", "value"],
        Regions = [new Region("arena", HandMadeTrace.Arena, HandMadeTrace.Arena + 0x40000)],
        Interpreters = ["main"],
    };
}
