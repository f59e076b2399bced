using System.Collections.Immutable;
using GcReplay.Heaps.Layouts;
using GcReplay.Heaps.Memory;
using GcReplay.Simulation.Interpreters;

namespace GcReplay.Simulation.Collectors.CPython39;

/// <summary>CPython 3.9's reference counting and cyclic collector, at the states of its code that bpo-46070 went through.</summary>
/// <remarks>Source: CPython Modules/gcmodule.c and Include/internal/pycore_gc.h of 3.9.</remarks>
public sealed class CPython39Family : CollectorFamily
{
    internal static readonly ImmutableArray<string> PhaseNames =
    [
        "none", "merge_younger", "update_refs", "subtract_refs", "move_unreachable", "move_legacy_finalizers",
        "update_refs_again", "subtract_refs_again", "move_unreachable_again", "delete_garbage",
    ];

    private static readonly string[] FirstPass = ["update_refs", "subtract_refs", "move_unreachable"];
    private static readonly string[] SecondPass = ["update_refs_again", "subtract_refs_again", "move_unreachable_again"];

    public override string Name => "cpython39";

    public override string Summary => "CPython 3.9: reference counts, three generations, sub-interpreters";

    public override ImmutableArray<string> Revisions => [.. CPython39Revision.All.Select(r => r.Name)];

    public override ImmutableArray<Parameter> Parameters =>
    [
        new("gc.enabled", "automatic collection: on or off", "on"),
        new("gc.threshold0", "gc.set_threshold's first number", "700"),
        new("gc.threshold1", "gc.set_threshold's second number", "10"),
        new("gc.threshold2", "gc.set_threshold's third number", "10"),
    ];

    public override ImmutableArray<string> Kinds => ["plain", "leaf"];

    public override ImmutableArray<Site> Sites =>
    [
        new("gc.collect-here", "chaos asks at each allocation of a GC object whether to collect generation 0 now"),
        new("gc.threshold0", "chaos asks at each new interpreter for another first threshold"),
        new("generation-over-threshold", "count above threshold: collect_generations picked this generation"),
        new("refs-left", "gc_refs is above 0: something outside the generation refers to it, it is reachable"),
        new("no-refs-left", "gc_refs is 0: tentatively unreachable"),
        new("back-to-reachable", "visit_reachable: a reachable object refers to it, so it leaves the unreachable list"),
        new("not-collecting", "the visited object is not in the generation that is being collected"),
        new("untrack-at-end", "_PyGC_Fini: survivors of an ending interpreter leave its lists"),
        new("track-at-birth", "a new object joins generation 0 of the interpreter of the present thread"),
        new("already-collecting", "a collection is running: gc.collect returns 0"),
    ];

    public override ImmutableArray<string> Phases => PhaseNames;

    // None outside a collection; undecided is grey (in update_refs also what is not yet marked); unreachable is white; COLLECTING
    // cleared is black. The second pass runs on the unreachable list, held as resurrecting, with final_unreachable beside it.
    public override ImmutableArray<ColourRule> Colours =>
    [
        new(Colour.White, Condition.WhenOn("final_unreachable")),
        new(Colour.Grey, Condition.WhenOn("young") with { Phases = ["merge_younger", "update_refs"] }),
        new(Colour.Grey, Condition.WhenOn("young") with { FlagsSet = ["COLLECTING"], Phases = [.. FirstPass] }),
        new(Colour.Grey, Condition.WhenOn("resurrecting") with { Phases = ["update_refs_again"] }),
        new(Colour.Grey, Condition.WhenOn("resurrecting") with { FlagsSet = ["COLLECTING"], Phases = [.. SecondPass] }),
        new(Colour.Black, Condition.WhenOn("resurrecting") with { Phases = [.. SecondPass] }),
        new(Colour.White, Condition.WhenOn("unreachable")),
        new(Colour.Black, Condition.WhenOn("young")),
        new(Colour.Black, Condition.WhenOn("finalizers")),
    ];

    public override string StaticsStruct(string revision) => Revision(revision).KeepsStatePerInterpreter ? "" : "shared_gc_state";

    public override string RecordStruct => "collection";

    public override ulong StaticBytes(string revision) => Revision(revision).KeepsStatePerInterpreter ? 0UL : GcState.Before + GcState.Bytes;

    public override ImmutableArray<StructLayout> Structs(string revision, Address statics)
    {
        var r = Revision(revision);
        var interpreter = new StructLayout(
            "PyInterpreterState", StructRole.Interpreter, r.InterpreterBytes,
            [
                Field.Word("next", RuntimeWords.Interpreter.Next, FieldRole.Pointer, "PyInterpreterState"),
                Field.Word("id", RuntimeWords.Interpreter.Id, FieldRole.InterpreterId),
                .. r.KeepsStatePerInterpreter ? StateFields(r.StateOffset) : [],
            ],
            r.KeepsStatePerInterpreter ? StateLists(r.StateOffset) : []);
        return
        [
            interpreter,
            new("shared_gc_state", StructRole.Plain, GcState.Before + GcState.Bytes, StateFields(GcState.Before), StateLists(GcState.Before)),
            Record(),
            Node("PyObject", true),
            Node("PyObject without GC", false),
        ];
    }

    public override ObjectType TypeOf(string kind, string name) =>
        kind == "leaf"
            ? new ObjectType(name, "PyObject without GC", 0, false)
            : new ObjectType(name, "PyObject", ObjectWords.HeadBytes / 8, true);

    public override Collector Create(
        Process process, string revision, Address statics, ImmutableArray<int> typeKinds, IReadOnlyDictionary<string, string> parameters) =>
        new CPython39Collector(process, Revision(revision), statics, typeKinds, parameters);

    private static CPython39Revision Revision(string name) => CPython39Revision.All.First(r => r.Name == name);

    private static ImmutableArray<Field> StateFields(int at) =>
    [
        Field.Word("trash_delete_later", at - 24, FieldRole.Borrowed),
        Field.Bits("enabled", at + GcState.NestingAndEnabled, 32, 32),
        .. Enumerable.Range(0, GcState.Generations).SelectMany(i => new[]
        {
            Field.Bits($"threshold{i}", at + i * GcState.GenerationBytes + GcState.ThresholdAndCount, 0, 32),
            Field.Bits($"count{i}", at + i * GcState.GenerationBytes + GcState.ThresholdAndCount, 32, 32),
        }),
        Field.Word("collecting", at + GcState.Collecting, FieldRole.Integer),
        Field.Word("long_lived_total", at + GcState.LongLivedTotal, FieldRole.Integer),
        Field.Word("long_lived_pending", at + GcState.LongLivedPending, FieldRole.Integer),
        .. Enumerable.Range(0, GcState.Generations).SelectMany(i => new[]
        {
            Field.Word($"collections{i}", at + GcState.Statistics + i * GcState.StatisticsBytes, FieldRole.Integer),
            Field.Word($"collected{i}", at + GcState.Statistics + i * GcState.StatisticsBytes + 8, FieldRole.Integer),
            Field.Word($"uncollectable{i}", at + GcState.Statistics + i * GcState.StatisticsBytes + 16, FieldRole.Integer),
        }),
    ];

    private static ImmutableArray<Container> StateLists(int at) =>
    [
        .. Enumerable.Range(0, GcState.Generations).Select(i => List($"generation{i}", at + i * GcState.GenerationBytes, FirstPass)),
        List("permanent", at + GcState.Permanent, []),
    ];

    private static LinkedList List(string name, int offset, string[] prevInvalidIn) =>
        new LinkedList(name, offset, 0, 8, ObjectWords.HeadBytes, 7, true, [.. prevInvalidIn]);

    private static StructLayout Record() => new(
        "collection", StructRole.CollectionRecord, RecordWords.Bytes,
        [
            Field.Word("phase", RecordWords.Phase, FieldRole.Phase),
            Field.Word("interpreter", RecordWords.Interpreter, FieldRole.InterpreterId),
            Field.Word("generation", RecordWords.Generation, FieldRole.Integer),
            Field.Word("outer", RecordWords.Outer, FieldRole.Pointer, "collection"),
            Field.Word("young", RecordWords.Young, FieldRole.HeldList),
            Field.Word("resurrecting", RecordWords.Resurrecting, FieldRole.HeldList),
            Field.Word("old", RecordWords.Old, FieldRole.Address),
            Field.Word("held", RecordWords.Held, FieldRole.Owned),
            Field.Word("cursor", RecordWords.Cursor, FieldRole.Borrowed),
        ],
        [
            List("unreachable", RecordWords.Unreachable, SecondPass),
            List("final_unreachable", RecordWords.FinalUnreachable, []),
            List("finalizers", RecordWords.Finalizers, []),
        ]);

    private static StructLayout Node(string name, bool hasHead)
    {
        Field[] head =
        [
            new("_gc_next", ObjectWords.GcNext, 1, 63, [new Meaning(FieldRole.Link, Condition.Always)]),
            Field.Flag("UNREACHABLE", ObjectWords.GcNext, 0),
            Field.Flag("FINALIZED", ObjectWords.GcPrev, 0),
            Field.Flag("COLLECTING", ObjectWords.GcPrev, 1),
            new("_gc_prev", ObjectWords.GcPrev, ObjectWords.RefsShift, 62,
            [
                new Meaning(FieldRole.CollectorCount, Condition.WhenOn("young") with { FlagsSet = ["COLLECTING"], Phases = [.. FirstPass] }),
                new Meaning(FieldRole.CollectorCount, Condition.WhenOn("resurrecting") with { FlagsSet = ["COLLECTING"], Phases = [.. SecondPass] }),
                new Meaning(FieldRole.Link, Condition.Always),
            ]),
        ];
        return new StructLayout(
            name, StructRole.Object, 0,
            [
                .. hasHead ? head : [],
                Field.Word("ob_refcnt", ObjectWords.RefCount, FieldRole.ReferenceCount),
                Field.Word("ob_type", ObjectWords.TypeWord, FieldRole.TypeId),
                Field.Word("ob_size", ObjectWords.Size, FieldRole.Integer),
            ],
            [new Vector("slot", ObjectWords.Slots, false, "ob_size", 0, FieldRole.Owned)]);
    }
}
