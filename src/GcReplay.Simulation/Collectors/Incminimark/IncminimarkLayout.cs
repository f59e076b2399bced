using System.Collections.Immutable;
using GcReplay.Heaps.Layouts;
using GcReplay.Simulation.Collectors.Incminimark.Arenas;

namespace GcReplay.Simulation.Collectors.Incminimark;

/// <summary>What the collector's words mean.</summary>
internal static class IncminimarkLayout
{
    public const string StaticsStruct = "IncrementalMiniMarkGC";

    public static int StaticBytes => GcField.SmallObjects + SmallObjects.BytesMax;

    public static readonly ImmutableArray<string> Phases =
        ["scanning", "marking", "sweeping", "finalizing", "minor-roots", "minor-remembered", "minor-weakrefs", "minor-free"];

    public static ImmutableArray<StructLayout> Structs(IncminimarkSettings settings) =>
    [
        Statics(settings.IsPaged),
        .. SmallObjects.Structs,
        Object("array", "length", Kinds.ArrayLength, [], [
            .. settings.CardPageIndices == 0
                ? (Container[])[]
                : [new CardBits("cards", -1, "length", settings.CardPageIndices, true, Condition.WhenSet("GCFLAG_HAS_CARDS"))],
            new Vector("items", Kinds.FirstReference, false, "length", 0, FieldRole.Owned),
        ]),
        Object("str", "length", Kinds.StrLength, [Field.Word("hash", 8, FieldRole.Integer)], []),
        Object("node", "", 0, [
            Field.Word("x", Kinds.NodeX, FieldRole.Integer),
            Field.Word("prev", Kinds.FirstReference, FieldRole.Owned),
            Field.Word("next", Kinds.FirstReference + 8, FieldRole.Owned),
        ], []),
        Object("weakref", "", 0, [Field.Word("weakptr", Kinds.WeakTarget, FieldRole.Borrowed)], []),
    ];

    public static ObjectType TypeOf(Kind kind, string name) => kind switch
    {
        Kind.Array => new(name, "array", 0, true),
        Kind.Node => new(name, "node", 0, true),
        Kind.Weakref => new(name, "weakref", 0, true),
        _ => new(name, "str", 0, true),
    };

    private static StructLayout Object(
        string name, string length, int lengthAt, ImmutableArray<Field> fields, ImmutableArray<Container> containers) =>
        new(
            name, StructRole.Object, 0,
            [
                Field.Bits("type", Kinds.Header, 0, 32, FieldRole.TypeId),
                .. GcFlag.Names.Select(flag => Field.Flag(flag.Name, Kinds.Header, System.Numerics.BitOperations.TrailingZeroCount(flag.Flag))),
                .. length.Length == 0 ? (Field[])[] : [Field.Word(length, lengthAt, FieldRole.Integer)],
                .. fields,
            ],
            containers);

    private static StructLayout Statics(bool isPaged) => new(
        StaticsStruct, StructRole.CollectionRecord, StaticBytes,
        [
            Field.Word("gc_state", GcField.State, FieldRole.Phase),
            Number("is_enabled", GcField.IsEnabled),
            Number("single_step", GcField.SingleStep),
            Field.Word("nursery", GcField.Nursery, FieldRole.Address),
            Field.Word("nursery_free", GcField.NurseryFree, FieldRole.Address),
            Field.Word("nursery_top", GcField.NurseryTop, FieldRole.Address),
            Number("nursery_size", GcField.NurserySize),
            Number("nursery_surviving_size", GcField.NurserySurvivingSize),
            Number("size_objects_made_old", GcField.SizeObjectsMadeOld),
            Number("threshold_objects_made_old", GcField.ThresholdObjectsMadeOld),
            Field.Word("next_major_collection_initial", GcField.NextMajorCollectionInitial, FieldRole.Real),
            Field.Word("next_major_collection_threshold", GcField.NextMajorCollectionThreshold, FieldRole.Real),
            Field.Word("min_heap_size", GcField.MinHeapSize, FieldRole.Real),
            Number("rawmalloced_total_size", GcField.RawmallocedTotalSize),
            Number("pinned_objects_in_nursery", GcField.PinnedObjectsInNursery),
            Number("updated_old_objects_pointing_to_pinned", GcField.UpdatedPointingToPinned),
            Number("kept_alive_by_finalizer", GcField.KeptAliveByFinalizer),
            Number("majors", GcField.NumMajorCollects),
            Number("freed", GcField.Freed),
            Field.Word("singleaddr", GcField.SingleAddr, FieldRole.Borrowed),
            Field.Word("prebuilt_end", GcField.PrebuiltEnd, FieldRole.Address),
            Field.Word("unused_chunks", GcField.UnusedChunks, FieldRole.Address),
            Field.Word("chunks_end", GcField.ChunksEnd, FieldRole.Address),
            Field.Word("chunks_mapped", GcField.ChunksMapped, FieldRole.Address),
            Number("nonlarge_max", GcField.NonlargeMax),
            Number("gc_increment_step", GcField.GcIncrementStep),
            Number("max_number_of_pinned_objects", GcField.MaxNumberOfPinnedObjects),
            Number("raw_sweep_limit", GcField.RawSweepLimit),
            Number("page_sweep_limit", GcField.PageSweepLimit),
            Field.Word("ac", GcField.Ac, FieldRole.Pointer, isPaged ? ArenaWords.PagedStruct : ArenaWords.SimpleStruct),
            .. Stacks.Select(stack => Number(stack.Name + "_used", stack.Offset + 8)),
            .. Deques.SelectMany(deque => new[] { Number(deque.Name + "_first", deque.Offset + 16), Number(deque.Name + "_end", deque.Offset + 24) }),
            .. Maps.SelectMany(map => new[] { Number(map.Name + "_capacity", map.Offset + 8), Number(map.Name + "_count", map.Offset + 16) }),
            Number("pins_count", GcField.Pins + 8),
            Number("pins_capacity", GcField.Pins + 16),
        ],
        [
            .. Stacks.Select(stack => new ChunkedStack(stack.Name, stack.Offset, stack.Name + "_used", ChunkPool.ItemsPerChunk)),
            .. Deques.Select(deque => new ChunkedDeque(deque.Name, deque.Offset, deque.Name + "_first", deque.Name + "_end", ChunkPool.ItemsPerChunk)),
            .. Maps.Select(map => new Map(map.Name, map.Offset, map.Name + "_capacity", FieldRole.Borrowed, FieldRole.Borrowed)),
            new Vector("pins", GcField.Pins, true, "pins_count", 0, FieldRole.Borrowed),
        ]);

    private static ImmutableArray<(string Name, int Offset)> Stacks =>
    [
        ("old_objects_pointing_to_young", GcField.OldObjectsPointingToYoung),
        ("old_objects_with_cards_set", GcField.OldObjectsWithCardsSet),
        ("objects_to_trace", GcField.ObjectsToTrace),
        ("more_objects_to_trace", GcField.MoreObjectsToTrace),
        ("prebuilt_root_objects", GcField.PrebuiltRootObjects),
        ("old_objects_pointing_to_pinned", GcField.OldObjectsPointingToPinned),
        ("current_old_objects_pointing_to_pinned", GcField.CurrentPointingToPinned),
        ("old_rawmalloced_objects", GcField.OldRawmallocedObjects),
        ("raw_malloc_might_sweep", GcField.RawMallocMightSweep),
        ("young_rawmalloced_objects", GcField.YoungRawmallocedObjects),
        ("young_objects_with_weakrefs", GcField.YoungObjectsWithWeakrefs),
        ("old_objects_with_weakrefs", GcField.OldObjectsWithWeakrefs),
        ("surviving_pinned_objects", GcField.SurvivingPinnedObjects),
        ("tmpstack", GcField.TmpStack),
        ("pending", GcField.Pending),
    ];

    private static ImmutableArray<(string Name, int Offset)> Deques =>
    [
        ("nursery_barriers", GcField.NurseryBarriers),
        ("probably_young_objects_with_finalizers", GcField.ProbablyYoungObjectsWithFinalizers),
        ("old_objects_with_finalizers", GcField.OldObjectsWithFinalizers),
        ("run_finalizers", GcField.RunFinalizers),
        ("marked", GcField.Marked),
        ("new_with_finalizer", GcField.NewWithFinalizer),
    ];

    private static ImmutableArray<(string Name, int Offset)> Maps =>
    [
        ("nursery_objects_shadows", GcField.NurseryObjectsShadows),
        ("young_rawmalloced_index", GcField.YoungRawmallocedIndex),
    ];

    private static Field Number(string name, int offset) => Field.Word(name, offset, FieldRole.Integer);
}
