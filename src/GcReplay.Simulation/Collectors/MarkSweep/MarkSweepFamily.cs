using System.Collections.Immutable;
using GcReplay.Heaps.Layouts;
using GcReplay.Heaps.Memory;
using GcReplay.Simulation.Chaos.Faults;
using GcReplay.Simulation.Interpreters;

namespace GcReplay.Simulation.Collectors.MarkSweep;

/// <summary>A plain tri-colour mark-sweep collector with a write barrier and increments: the shortest one to read, and the
/// example for writing your own.</summary>
/// <remarks>Source: GC Handbook, 2.2 (tri-colour abstraction), 15.2 (Dijkstra's insertion barrier), 2.5 (lazy sweeping).</remarks>
public sealed class MarkSweepFamily : CollectorFamily
{
    public override string Name => "marksweep";

    public override string Summary => "tri-colour mark-sweep with a write barrier and increments: the teaching example";

    public override ImmutableArray<string> Revisions => ["1"];

    public override ImmutableArray<Parameter> Parameters =>
    [
        new("gc.enabled", "automatic collection: on or off", "on"),
        new("gc.trigger", "allocations between two increments", "200") { Tries = ["1", "5", "20", "200"] },
        new("gc.budget", "objects marked or swept in one increment", "400") { Tries = ["1", "2", "5", "400"] },
    ];

    public override ImmutableArray<string> Kinds => ["plain", "leaf"];

    public override ImmutableArray<Site> Sites =>
    [
        new("gc.increment-here", "chaos asks at each allocation whether to run an increment now"),
        new("gc.trigger", "chaos asks at the start for another number of allocations between increments"),
        new("barrier-idle", "no marking is under way: the barrier does nothing"),
        new("barrier-source-not-black", "the object stored into will still be scanned"),
        new("barrier-target-not-white", "the object stored is marked already"),
        new("barrier-greys-target", "a black object would point at a white one: the white one is made grey (Dijkstra)"),
        new("root", "marking visits a root"),
        new("born-black", "born while marking: black, since nobody will scan it again"),
        new("born-white", "born outside marking: white"),
        new("mark-stack-overflow", "more objects than the mark stack can hold"),
    ];

    public override ImmutableArray<PlantedFault> Faults =>
    [
        new("barrier-left-out", "the write barrier does not make the target grey"),
        new("born-white", "an object that is born while marking is white")
            { Unseen = "the barrier makes it grey when it is stored into a black object, and roots are visited once more at the end" },
        new("root-not-visited", "marking does not look at a root"),
        new("last-slot-not-visited", "marking does not look at the last slot of an object"),
        new("push-lost", "a white object becomes grey and is not pushed on the mark stack"),
        new("black-swept", "sweeping frees a black object"),
        new("black-not-cleared", "sweeping leaves BLACK set in an object that survives"),
        new("sweep-link-not-restored", "the object in front still leads to one that sweeping frees"),
    ];

    public override ImmutableArray<string> Phases => ["idle", "marking", "sweeping"];

    public override ImmutableArray<ColourRule> Colours =>
    [
        new(Colour.Black, Condition.WhenSet("BLACK")),
        new(Colour.Grey, Condition.WhenSet("GREY")),
        new(Colour.White, Condition.Always with { FlagsClear = ["BLACK", "GREY"], Phases = ["marking", "sweeping"] }),
    ];

    public override ImmutableArray<Region> Regions =>
        [new("mark stack", new Address(MarkSweepWords.MarkStackStart), new Address(MarkSweepWords.MarkStackStart + MarkSweepWords.MarkStackBytes))];

    public override string StaticsStruct(string revision) => "heap";

    public override string RecordStruct => "";

    public override ulong StaticBytes(string revision) => MarkSweepWords.StateBytes;

    public override ImmutableArray<StructLayout> Structs(string revision, Address statics) =>
    [
        PlainInterpreter,
        new(
            "heap", StructRole.CollectionRecord, MarkSweepWords.StateBytes,
            [
                Field.Word("phase", MarkSweepWords.Phase, FieldRole.Phase),
                Field.Word("enabled", MarkSweepWords.Enabled, FieldRole.Integer),
                Field.Word("trigger", MarkSweepWords.Trigger, FieldRole.Integer),
                Field.Word("budget", MarkSweepWords.Budget, FieldRole.Integer),
                Field.Word("allocated", MarkSweepWords.Allocated, FieldRole.Integer),
                Field.Word("cycles", MarkSweepWords.Cycles, FieldRole.Integer),
                Field.Word("mark_stack_count", MarkSweepWords.MarkStackCount, FieldRole.Integer),
                Field.Word("freed", MarkSweepWords.FreedObjects, FieldRole.Integer),
            ],
            [
                List("objects", MarkSweepWords.Objects),
                List("to_sweep", MarkSweepWords.ToSweep),
                new Vector("mark_stack", MarkSweepWords.MarkStack, true, "mark_stack_count", 0, FieldRole.Borrowed),
            ]),
        new(
            "object", StructRole.Object, 0,
            [
                Field.Bits("type", MarkSweepWords.Header, 0, 32, FieldRole.TypeId),
                Field.Flag("GREY", MarkSweepWords.Header, 32),
                Field.Flag("BLACK", MarkSweepWords.Header, 33),
                Field.Word("next_object", MarkSweepWords.NextObject, FieldRole.Link),
                Field.Word("size", MarkSweepWords.Size, FieldRole.Integer),
            ],
            [new Vector("slot", MarkSweepWords.Slots, false, "size", 0, FieldRole.Owned)]),
    ];

    public override ObjectType TypeOf(string kind, string name) => new(name, "object", 0, true);

    public override Collector Create(
        Process process, string revision, Address statics, ImmutableArray<int> typeKinds, IReadOnlyDictionary<string, string> parameters) =>
        new MarkSweepCollector(process, statics, parameters);

    // Singly linked through the objects, ended by 0. The head is placed so that its next word is the word at the offset.
    private static LinkedList List(string name, int offset) =>
        new(name, offset - MarkSweepWords.NextObject, MarkSweepWords.NextObject, -1, 0, 0, false, []);
}
