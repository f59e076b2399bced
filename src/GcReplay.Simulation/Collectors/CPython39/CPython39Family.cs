using System.Collections.Immutable;
using GcReplay.Heaps.Layouts;
using GcReplay.Heaps.Memory;
using GcReplay.Simulation.Chaos.Faults;
using GcReplay.Simulation.Interpreters;
using GcReplay.Simulation.Programs;

namespace GcReplay.Simulation.Collectors.CPython39;

/// <summary>CPython 3.9's reference counting and cyclic collector, at the states of its code that bpo-46070 went through.</summary>
/// <remarks>Source: CPython Modules/gcmodule.c and Include/internal/pycore_gc.h of 3.9.</remarks>
public sealed class CPython39Family : CollectorFamily
{
    internal static readonly ImmutableArray<string> PhaseNames =
    [
        "none", "merge_younger", "update_refs", "subtract_refs", "move_unreachable", "untrack_containers", "move_legacy_finalizers",
        "handle_weakrefs", "finalize_garbage", "update_refs_again", "subtract_refs_again", "move_unreachable_again", "delete_garbage",
        "handle_legacy_finalizers",
    ];

    /// <summary>By the numbers of <see cref="Kind"/>.</summary>
    internal static readonly ImmutableArray<string> KindNames =
    [
        ObjectKinds.Plain, ObjectKinds.Leaf, ObjectKinds.Fin, ObjectKinds.NoClear, ObjectKinds.Legacy, ObjectKinds.Opaque, ObjectKinds.Tc,
        ObjectKinds.Function, ObjectKinds.WeakRef, ObjectKinds.Tuple, ObjectKinds.Dict,
    ];

    private const string Statics = "cpython_statics";
    private static readonly string[] FirstPass = ["update_refs", "subtract_refs", "move_unreachable"];
    private static readonly string[] SecondPass = ["update_refs_again", "subtract_refs_again", "move_unreachable_again"];

    public override string Name => "cpython39";

    public override string Summary => "CPython 3.9: reference counts, three generations, sub-interpreters";

    public override ImmutableArray<string> Revisions => [.. CPython39Revision.All.Select(r => r.Name)];

    public override ImmutableArray<Parameter> Parameters =>
    [
        new("gc.enabled", "automatic collection: on or off", "on"),
        new("gc.threshold0", "gc.set_threshold's first number", "700") { Tries = ["1", "2", "5", "20", "700"] },
        new("gc.threshold1", "gc.set_threshold's second number", "10") { Tries = ["0", "1", "3", "10"] },
        new("gc.threshold2", "gc.set_threshold's third number", "10") { Tries = ["0", "1", "3", "10"] },
    ];

    public override ImmutableArray<string> Kinds => KindNames;

    public override ImmutableArray<string> OwnNames => [CPython39Collector.TemporaryTuple];

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
        new("unlink-head-at-end", "finalize_unlink_gc_head: the head leaves the ring, the survivors stay in it"),
        new("track-at-birth", "a new object joins generation 0 of the interpreter of the present thread"),
        new("track-dict", "insertdict: a value that may be part of a cycle is stored in an untracked dict"),
        new("track-by-program", "PyObject_GC_Track, called by the program"),
        new("track-for-finalizer", "subtype_dealloc: a finalizer or tp_del sees the dying object tracked"),
        new("untrack-by-program", "PyObject_GC_UnTrack, called by the program"),
        new("untrack-at-death", "a deallocator untracks the object if it is tracked"),
        new("untrack-macro", "_PyObject_GC_UNTRACK: a deallocator untracks without asking whether the object is tracked"),
        new("untrack-tuple", "_PyTuple_MaybeUntrack: no item can be part of a cycle"),
        new("untrack-dict", "_PyDict_MaybeUntrack: no value can be part of a cycle"),
        new("new-weakref", "insert_head: the newest weak reference to its target"),
        new("clear-weakref", "clear_weakref: its target dies, it dies, or it is garbage"),
        new("callback-to-call", "handle_weakrefs: the weak reference lives, its callback is to be called"),
        new("called-weakref", "handle_weakrefs: its callback was called"),
        new("has-legacy-finalizer", "move_legacy_finalizers: it has a tp_del"),
        new("reachable-from-legacy", "move_legacy_finalizer_reachable: an object with tp_del leads to it"),
        new("survived-clear", "delete_garbage: it lives after its tp_clear, or has none"),
        new("trashcan", "_PyTrash_thread_deposit_object: 50 deallocations run within each other, this one is put off"),
        new("tp_finalize", "a finalizer (PEP 442)"),
        new("tp_del", "a finalizer of the old style"),
        new("weakref-callback", "the callback of a weak reference"),
        new("already-collecting", "a collection is running: gc.collect returns 0"),
    ];

    public override ImmutableArray<PlantedFault> Faults => CPython39Faults.All;

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
        new(Colour.White, Condition.WhenOn("unreachable", "seen")),
        new(Colour.Black, Condition.WhenOn("young")),
        new(Colour.Black, Condition.WhenOn("finalizers", "wrcb_to_call")),
    ];

    // A deallocator that asserts or needs its object tracked meets one that the program itself untracked.
    public override ImmutableArray<Misuse> Misuses =>
        [new(["untrack"], [ObjectKinds.Fin, ObjectKinds.Legacy, ObjectKinds.Function], "their deallocators expect their objects tracked")];

    public override string StaticsStruct(string revision) => Statics;

    public override string RecordStruct => "collection";

    public override ulong StaticBytes(string revision) =>
        Revision(revision).KeepsStatePerInterpreter ? (ulong)StaticWords.Bytes : StaticWords.SharedState + GcState.Bytes;

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
            StaticData(r),
            new(
                "gc.garbage", StructRole.Plain, 0,
                [
                    Field.Word("garbage_count", GarbageWords.Count, FieldRole.Integer),
                    Field.Word("garbage_capacity", GarbageWords.Capacity, FieldRole.Integer),
                ],
                [new Vector("garbage", GarbageWords.Items, false, "garbage_count", 0, FieldRole.Owned)]),
            Record(),
            .. ObjectStructs.All(FirstPass, SecondPass),
        ];
    }

    public override ObjectType TypeOf(string kind, string name) => ObjectStructs.TypeOf((Kind)Kinds.IndexOf(kind), name);

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
        // Upstream's generation0, which the first of the lists is called here.
        Field.Word("generation0_head", at + GcState.Generation0, FieldRole.Address),
        Field.Word("collecting", at + GcState.Collecting, FieldRole.Integer),
        Field.Word("garbage", at + GcState.Garbage, FieldRole.Pointer, "gc.garbage"),
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
            List("unreachable", RecordWords.Unreachable, SecondPass) with { GarbageAt = ["handle_weakrefs"] },
            List("final_unreachable", RecordWords.FinalUnreachable, []) with { GarbageAt = ["delete_garbage"] },
            List("finalizers", RecordWords.Finalizers, []),
            List("wrcb_to_call", RecordWords.Callbacks, []),
            List("seen", RecordWords.Seen, []),
        ]);

    private static StructLayout StaticData(CPython39Revision revision) => new(
        Statics, StructRole.Plain, revision.KeepsStatePerInterpreter ? StaticWords.Bytes : StaticWords.SharedState + GcState.Bytes,
        [
            Field.Word("dict_numfree", StaticWords.DictCount, FieldRole.Integer),
            .. revision.KeepsStatePerInterpreter ? [] : StateFields(StaticWords.SharedState),
        ],
        [
            new Vector("tuple_free_list", StaticWords.TupleLists, false, "", StaticWords.TupleSizeMax, FieldRole.Address),
            new Vector("tuple_numfree", StaticWords.TupleCounts, false, "", StaticWords.TupleSizeMax, FieldRole.Integer),
            new Vector("dict_free_list", StaticWords.Dicts, false, "dict_numfree", 0, FieldRole.Address),
            .. revision.KeepsStatePerInterpreter ? [] : StateLists(StaticWords.SharedState),
        ]);
}
