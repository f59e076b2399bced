using System.Collections.Immutable;
using GcReplay.Heaps.Layouts;
using GcReplay.Heaps.Memory;
using GcReplay.Simulation.Chaos.Faults;
using GcReplay.Simulation.Interpreters;

namespace GcReplay.Simulation.Collectors.Semispace;

/// <summary>Cheney's copying collector.</summary>
/// <remarks>Source: GC Handbook, 4.1, algorithms 4.1 to 4.3. A colour rule is data and can not compare addresses, so each object says
/// itself what the scan pointer says of it: it has the space's number, and is grey until it is scanned.</remarks>
public sealed class SemispaceFamily : CollectorFamily
{
    public override string Name => "semispace";

    public override string Summary => "Cheney's copying collector: every collection moves every object";

    public override ImmutableArray<string> Revisions => ["1"];

    public override ImmutableArray<Parameter> Parameters =>
    [
        new("gc.enabled", "automatic collection: on or off", "on"),
        new("gc.space", "words of each space at the start, rounded up to pages", "4096", Min: 1, Max: 1 << 27) { Tries = ["1", "512", "4096"] },
    ];

    public override ImmutableArray<string> Kinds => ["plain", "leaf"];

    public override ImmutableArray<Site> Sites =>
    [
        new("gc.collect-here", "chaos asks at each allocation whether to collect now"),
        new("gc.space", "chaos asks at the start for smaller spaces"),
        new("root", "a root is looked at"),
        new("copied-before", "the object is in the other space already: the slot gets its new address"),
        new("copy", "the first reference to the object: it moves"),
        new("space-grows", "less than half of the space would be free: both spaces get more pages"),
        new("space-exhausted", "the spaces can not grow further"),
    ];

    public override ImmutableArray<PlantedFault> Faults =>
    [
        new("root-not-visited", "a collection does not look at a root"),
        new("slot-not-updated", "a slot that names an object which was copied before keeps the old place"),
        new("last-slot-not-visited", "scanning does not look at the last slot of an object"),
        new("scan-skips-one", "the scan pointer goes past an object that was not scanned"),
    ];

    public override ImmutableArray<string> Phases => ["idle", "copying"];

    public override ImmutableArray<ColourRule> Colours =>
    [
        new(Colour.Grey, Condition.WhenSet("GREY")),
        new(Colour.Black, Condition.InPhase("copying") with { Epoch = "space", EpochField = "SPACE" }),
        new(Colour.White, Condition.InPhase("copying")),
    ];

    public override ImmutableArray<Region> Regions => [SpaceRegion(0), SpaceRegion(1)];

    public override TracingRules Tracing => new() { Forwarded = Condition.WhenSet("FORWARDED") };

    public override string StaticsStruct(string revision) => "heap";

    public override string RecordStruct => "";

    public override ulong StaticBytes(string revision) => SemispaceWords.StateBytes;

    public override ImmutableArray<StructLayout> Structs(string revision, Address statics) =>
    [
        PlainInterpreter,
        new(
            "heap", StructRole.CollectionRecord, SemispaceWords.StateBytes,
            [
                Field.Word("phase", SemispaceWords.Phase, FieldRole.Phase),
                Field.Word("enabled", SemispaceWords.Enabled, FieldRole.Integer),
                Field.Word("space_bytes", SemispaceWords.SpaceBytes, FieldRole.Integer),
                Field.Word("space", SemispaceWords.Space, FieldRole.Integer),
                Field.Word("free", SemispaceWords.Free, FieldRole.Address),
                Field.Word("scan", SemispaceWords.Scan, FieldRole.Address),
                Field.Word("collections", SemispaceWords.Collections, FieldRole.Integer),
                Field.Word("freed", SemispaceWords.FreedObjects, FieldRole.Integer),
            ],
            []),
        new(
            "object", StructRole.Object, 0,
            [
                Field.Bits("type", SemispaceWords.Header, 0, 32, FieldRole.TypeId),
                Field.Flag("GREY", SemispaceWords.Header, 48),
                Field.Bits("SPACE", SemispaceWords.Header, SemispaceWords.SpaceShift, 1),
                Field.Flag("FORWARDED", SemispaceWords.Header, 63),
                Field.Word("size", SemispaceWords.Size, FieldRole.Integer),
            ],
            [new Vector("slot", SemispaceWords.Slots, false, "size", 0, FieldRole.Owned)]),
    ];

    public override ObjectType TypeOf(string kind, string name) => new(name, "object", 0, true);

    public override Collector Create(
        Process process, string revision, Address statics, ImmutableArray<int> typeKinds, IReadOnlyDictionary<string, string> parameters) =>
        new SemispaceCollector(process, statics, parameters);

    private static Region SpaceRegion(ulong space) =>
        new($"space {space}", SemispaceWords.Start(space), SemispaceWords.Start(space) + (long)SemispaceWords.SpaceBytesMax);
}
