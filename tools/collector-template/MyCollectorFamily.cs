using System.Collections.Immutable;
using GcReplay.Heaps.Layouts;
using GcReplay.Heaps.Memory;
using GcReplay.Simulation.Collectors;
using GcReplay.Simulation.Interpreters;

namespace MyCollector;

/// <summary>What is known of the collector before a run: its name, what can be set, where it decides, and what its words mean.</summary>
public sealed class MyCollectorFamily : CollectorFamily
{
    // The static words: offsets from an address that the runtime gives.
    internal const int Phase = 0;
    internal const int Enabled = 8;
    internal const int Trigger = 16;
    internal const int Allocated = 24;
    internal const int Freed = 32;
    internal const int MarkStack = 40;
    internal const int MarkStackCount = 48;
    internal const int Objects = 56;
    internal const int StateBytes = 64;

    // The words of an object: offsets from its address.
    internal const int Header = 0;
    internal const int NextObject = 8;
    internal const int Size = 16;
    internal const int Slots = 24;
    internal const ulong MarkedBit = 1UL << 32;

    // Memory of the collector's own. An object is pushed once in a collection, so the size bounds the number of objects.
    internal static readonly Address MarkStackStart = new(0x6A00_0000_0000);
    internal const ulong MarkStackBytes = 0x100_0000;

    internal const ulong Idle = 0;
    internal const ulong Marking = 1;
    internal const ulong Sweeping = 2;

    public override string Name => "mycollector";

    public override string Summary => "marks and sweeps in one stop";

    public override ImmutableArray<string> Revisions => ["1"];

    public override ImmutableArray<Parameter> Parameters =>
    [
        new("gc.enabled", "automatic collection: on or off", "on"),
        new("gc.trigger", "allocations between two collections", "100"),
    ];

    public override ImmutableArray<string> Kinds => ["plain", "leaf"];

    // A site is a place where the collector decides, and the reason in words: the debugger shows it behind the event.
    public override ImmutableArray<Site> Sites =>
    [
        new("gc.collect-here", "chaos asks at each allocation whether to collect now"),
        new("barrier-idle", "a collection is never interrupted, so a store can hide nothing from it"),
        new("root", "marking visits a root"),
        new("mark", "the first reference to the object"),
        new("marked-before", "MARKED is set"),
        new("mark-stack-overflow", "more objects than the mark stack can hold"),
    ];

    public override ImmutableArray<string> Phases => ["idle", "marking", "sweeping"];

    // The first rule that holds gives an object's colour.
    public override ImmutableArray<ColourRule> Colours =>
    [
        new(Colour.Grey, Condition.WhenOn("mark_stack")),
        new(Colour.Black, Condition.WhenSet("MARKED")),
        new(Colour.White, Condition.InPhase("marking", "sweeping")),
    ];

    public override ImmutableArray<Region> Regions => [new("mark stack", MarkStackStart, MarkStackStart + (long)MarkStackBytes)];

    public override string StaticsStruct(string revision) => "heap";

    public override string RecordStruct => "";

    public override ulong StaticBytes(string revision) => StateBytes;

    public override ImmutableArray<StructLayout> Structs(string revision, Address statics) =>
    [
        PlainInterpreter,
        new(
            "heap", StructRole.CollectionRecord, StateBytes,
            [
                Field.Word("phase", Phase, FieldRole.Phase),
                Field.Word("enabled", Enabled, FieldRole.Integer),
                Field.Word("trigger", Trigger, FieldRole.Integer),
                Field.Word("allocated", Allocated, FieldRole.Integer),
                Field.Word("freed", Freed, FieldRole.Integer),
                Field.Word("mark_stack_count", MarkStackCount, FieldRole.Integer),
            ],
            [
                new Vector("mark_stack", MarkStack, true, "mark_stack_count", 0, FieldRole.Borrowed),
                // Singly linked through the objects, ended by 0. The head is placed so that its next word is the word at Objects.
                new LinkedList("objects", Objects - NextObject, NextObject, -1, 0, 0, false, []),
            ]),
        new(
            "object", StructRole.Object, 0,
            [
                Field.Bits("type", Header, 0, 32, FieldRole.TypeId),
                Field.Flag("MARKED", Header, 32),
                Field.Word("next_object", NextObject, FieldRole.Link),
                Field.Word("size", Size, FieldRole.Integer),
            ],
            [new Vector("slot", Slots, false, "size", 0, FieldRole.Owned)]),
    ];

    public override ObjectType TypeOf(string kind, string name) => new(name, "object", 0, true);

    public override Collector Create(
        Process process, string revision, Address statics, ImmutableArray<int> typeKinds, IReadOnlyDictionary<string, string> parameters) =>
        new MyCollectorHeap(process, statics, parameters);
}
