using System.Collections.Immutable;
using GcReplay.Heaps.Layouts;
using GcReplay.Heaps.Memory;
using GcReplay.Simulation.Chaos.Faults;
using GcReplay.Simulation.Interpreters;

namespace GcReplay.Simulation.Collectors.StoreBuffer;

/// <summary>Two generations: a nursery that is copied out of, and old objects that are marked and swept where they are.</summary>
public sealed class GenerationalFamily : CollectorFamily
{
    public override string Name => "generational";

    public override string Summary => "nursery and mark-sweep, with a sequential store buffer";

    public override ImmutableArray<string> Revisions => ["1"];

    public override ImmutableArray<Parameter> Parameters =>
    [
        new("gc.enabled", "automatic collection: on or off", "on"),
        new("gc.nursery", "words of the nursery, rounded up to pages", "4096", Min: 1, Max: 1 << 27) { Tries = ["1", "512", "4096"] },
        new("gc.buffer", "objects that the store buffer holds until it is drained", "256", Min: 1, Max: 1 << 27) { Tries = ["1", "2", "8", "256"] },
        new("gc.threshold", "words of old objects that are worth a major collection, at least", "16384") { Tries = ["16", "64", "256", "16384"] },
    ];

    public override ImmutableArray<string> Kinds => ["plain", "leaf"];

    public override ImmutableArray<Site> Sites =>
    [
        new("gc.collect-here", "chaos asks at each allocation whether to collect now: 1 the nursery, 2 everything"),
        new("gc.nursery", "chaos asks at the start for a smaller nursery"),
        new("gc.buffer", "chaos asks at the start for a shorter store buffer"),
        new("barrier-source-young", "the object stored into is in the nursery, which a minor collection looks at anyway"),
        new("barrier-target-old", "nothing young is stored"),
        new("barrier-remembered", "REMEMBERED is set: a minor collection will look at the object stored into"),
        new("barrier-records", "an old object will name a young one: it is appended to the store buffer"),
        new("buffer-full", "the store buffer is drained into the remembered set"),
        new("buffer-drained", "a minor collection begins: the store buffer is drained into the remembered set"),
        new("remembered-twice", "REMEMBERED is set: the remembered set has the object already"),
        new("remember", "the remembered set takes the object, and REMEMBERED is set"),
        new("root", "a root is looked at"),
        new("promote", "the first reference to a young object: it moves to the old generation"),
        new("promoted-before", "the young object has moved: the slot gets its new address"),
        new("old-already", "a minor collection has no business with old objects"),
        new("marked-before", "the object is marked"),
        new("mark", "the first reference to the object: it is marked"),
        new("container-overflow", "more objects than the mark stack or the remembered set can hold"),
        new("born-old", "too large for the nursery, or the nursery is full and automatic collection is off"),
    ];

    public override ImmutableArray<PlantedFault> Faults =>
    [
        new("barrier-left-out", "the write barrier does not put the object into the store buffer"),
        new("remember-lost", "an object that comes from the store buffer is not put into the remembered set"),
        new("remembered-not-cleared", "REMEMBERED stays set in an object that leaves the remembered set"),
        new("root-not-visited", "a minor collection does not look at a root"),
        new("promoted-not-scanned", "a promoted object is not put on the mark stack"),
        new("slot-not-updated", "a slot that names an object which was promoted before keeps the old place"),
        new("last-slot-not-visited", "a minor collection does not look at the last slot of an object"),
        new("mark-not-pushed", "a major collection marks an object and does not put it on the mark stack"),
        new("marked-swept", "sweeping frees a marked object"),
        new("mark-not-cleared", "sweeping leaves MARKED set in an object that survives"),
    ];

    public override ImmutableArray<string> Phases => ["idle", "minor", "marking", "sweeping"];

    public override ImmutableArray<ColourRule> Colours =>
    [
        new(Colour.Grey, Condition.WhenOn("mark_stack")),
        new(Colour.White, Condition.InPhase("minor") with { Regions = ["nursery"] }),
        new(Colour.Grey, Condition.InPhase("minor") with { FlagsSet = ["REMEMBERED"] }),
        new(Colour.Black, Condition.InPhase("minor")),
        new(Colour.Black, Condition.WhenSet("MARKED")),
        new(Colour.White, Condition.InPhase("marking", "sweeping")),
    ];

    public override ImmutableArray<Region> Regions =>
    [
        new("nursery", GenerationalWords.Nursery, GenerationalWords.Nursery + (long)GenerationalWords.NurseryBytesMax),
        Container("store buffer", GenerationalWords.BufferStart),
        Container("remembered set", GenerationalWords.RememberedStart),
        Container("mark stack", GenerationalWords.MarkStackStart),
    ];

    public override TracingRules Tracing => new()
    {
        Young = [Condition.InRegion("nursery")],
        Remembered = ["store_buffer", "remembered"],
        UnmarkedPhases = ["idle"],
        Marked = Condition.WhenSet("MARKED"),
        Forwarded = Condition.WhenSet("FORWARDED"),
    };

    public override string StaticsStruct(string revision) => "heap";

    public override string RecordStruct => "";

    public override ulong StaticBytes(string revision) => GenerationalWords.StateBytes;

    public override ImmutableArray<StructLayout> Structs(string revision, Address statics) =>
    [
        PlainInterpreter,
        new(
            "heap", StructRole.CollectionRecord, GenerationalWords.Lists,
            [
                Field.Word("phase", GenerationalWords.Phase, FieldRole.Phase),
                Field.Word("enabled", GenerationalWords.Enabled, FieldRole.Integer),
                Field.Word("nursery_bytes", GenerationalWords.NurseryBytes, FieldRole.Integer),
                Field.Word("nursery_free", GenerationalWords.NurseryFree, FieldRole.Address),
                Field.Word("old_generation", GenerationalWords.OldGeneration, FieldRole.Pointer, "old_generation"),
                Field.Word("old_bytes", GenerationalWords.OldBytes, FieldRole.Integer),
                Field.Word("threshold", GenerationalWords.Threshold, FieldRole.Integer),
                Field.Word("threshold_min", GenerationalWords.ThresholdMin, FieldRole.Integer),
                Field.Word("store_buffer_count", GenerationalWords.BufferCount, FieldRole.Integer),
                Field.Word("store_buffer_items", GenerationalWords.BufferItems, FieldRole.Integer),
                Field.Word("remembered_count", GenerationalWords.RememberedCount, FieldRole.Integer),
                Field.Word("mark_stack_count", GenerationalWords.MarkStackCount, FieldRole.Integer),
                Field.Word("freed", GenerationalWords.FreedObjects, FieldRole.Integer),
                Field.Word("minors", GenerationalWords.Minors, FieldRole.Integer),
                Field.Word("majors", GenerationalWords.Majors, FieldRole.Integer),
            ],
            [
                new Vector("store_buffer", GenerationalWords.Buffer, true, "store_buffer_count", 0, FieldRole.Borrowed),
                new Vector("remembered", GenerationalWords.Remembered, true, "remembered_count", 0, FieldRole.Borrowed),
                new Vector("mark_stack", GenerationalWords.MarkStack, true, "mark_stack_count", 0, FieldRole.Borrowed),
            ]),
        // A struct of its own: one with a phase and without lists speaks for the whole heap, one with lists for their members only.
        new(
            "old_generation", StructRole.Plain, GenerationalWords.OldGenerationBytes, [],
            [List("objects", GenerationalWords.Objects), List("to_sweep", GenerationalWords.ToSweep)]),
        new(
            "object", StructRole.Object, 0,
            [
                Field.Bits("type", GenerationalWords.Header, 0, 32, FieldRole.TypeId),
                Field.Flag("REMEMBERED", GenerationalWords.Header, GenerationalWords.RememberedShift),
                Field.Flag("MARKED", GenerationalWords.Header, GenerationalWords.MarkedShift),
                Field.Flag("FORWARDED", GenerationalWords.Header, 63),
                Field.Word("next_object", GenerationalWords.NextObject, FieldRole.Link),
                Field.Word("size", GenerationalWords.Size, FieldRole.Integer),
            ],
            [new Vector("slot", GenerationalWords.Slots, false, "size", 0, FieldRole.Owned)]),
    ];

    public override ObjectType TypeOf(string kind, string name) => new(name, "object", 0, true);

    public override Collector Create(
        Process process, string revision, Address statics, ImmutableArray<int> typeKinds, IReadOnlyDictionary<string, string> parameters) =>
        new GenerationalCollector(process, statics, parameters);

    private static Region Container(string name, Address start) => new(name, start, start + (long)GenerationalWords.ContainerBytes);

    // Singly linked through the objects, ended by 0. The head is placed so that its next word is the word at the offset.
    private static LinkedList List(string name, int offset) =>
        new(name, offset - GenerationalWords.Lists - GenerationalWords.NextObject, GenerationalWords.NextObject, -1, 0, 0, false, []);
}
