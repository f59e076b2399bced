using System.Collections.Immutable;

namespace GcReplay.Simulation.Collectors.Incminimark;

/// <summary>Flags of an object's header word, as they stand in it: the type id is below them.</summary>
/// <remarks>Source: rpython/memory/gc/incminimark.py, the GCFLAG constants; their values there are these shifted down by 32.</remarks>
internal static class GcFlag
{
    /// <summary>Bits of the header below the flags.</summary>
    public const int Shift = 32;

    /// <summary>The object holds no young pointer that is not recorded: the next store must call the barrier.</summary>
    public const ulong TrackYoungPtrs = 1UL << 32;

    /// <summary>A prebuilt object that was never written to.</summary>
    public const ulong NoHeapPtrs = 1UL << 33;

    /// <summary>Black; on a pinned object, reached in this minor collection.</summary>
    public const ulong Visited = 1UL << 34;
    public const ulong HasShadow = 1UL << 35;
    public const ulong FinalizationOrdering = 1UL << 36;
    public const ulong Extra = 1UL << 37;
    public const ulong HasCards = 1UL << 38;
    public const ulong CardsSet = 1UL << 39;

    /// <summary>A young object outside the nursery survives this minor collection.</summary>
    public const ulong VisitedRmy = 1UL << 40;

    /// <summary>In the nursery: must not move. Outside: GCFLAG_PINNED_OBJECT_PARENT_KNOWN.</summary>
    public const ulong Pinned = 1UL << 41;
    public const ulong IgnoreFinalizer = 1UL << 42;
    public const ulong ShadowInitialized = 1UL << 43;
    public const ulong Dummy = 1UL << 44;

    /// <summary>Header of an object that moved: the word behind it is its new address. All flags are set.</summary>
    public const ulong Forwarded = unchecked((ulong)-42);

    /// <summary>Names of the flags in layouts, by their bits.</summary>
    public static readonly ImmutableArray<(string Name, ulong Flag)> Names =
    [
        ("GCFLAG_TRACK_YOUNG_PTRS", TrackYoungPtrs),
        ("GCFLAG_NO_HEAP_PTRS", NoHeapPtrs),
        ("GCFLAG_VISITED", Visited),
        ("GCFLAG_HAS_SHADOW", HasShadow),
        ("GCFLAG_FINALIZATION_ORDERING", FinalizationOrdering),
        ("GCFLAG_EXTRA", Extra),
        ("GCFLAG_HAS_CARDS", HasCards),
        ("GCFLAG_CARDS_SET", CardsSet),
        ("GCFLAG_VISITED_RMY", VisitedRmy),
        ("GCFLAG_PINNED", Pinned),
        ("GCFLAG_IGNORE_FINALIZER", IgnoreFinalizer),
        ("GCFLAG_SHADOW_INITIALIZED", ShadowInitialized),
        ("GCFLAG_DUMMY", Dummy),
    ];
}
