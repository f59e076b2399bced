using System.Collections.Immutable;
using GcReplay.Heaps.Layouts;

namespace GcReplay.Simulation.Collectors.Incminimark;

/// <summary>Colours, and what the collector promises while the program runs: invariants and their exceptions, stated once.</summary>
/// <remarks>Source: rpython/memory/gc/incminimark.py, the comments at its top, _debug_check_object_marking,
/// _debug_check_not_white, debug_check_object and debug_check_consistency.</remarks>
internal static class IncminimarkPromises
{
    private const string Marking = "marking";
    private const string Visited = "GCFLAG_VISITED";
    private const string Pinned = "GCFLAG_PINNED";
    private const string Nursery = "nursery";
    private const string PointingToYoung = "old_objects_pointing_to_young";
    private const string CardsSet = "old_objects_with_cards_set";
    private const string PointingToPinned = "old_objects_pointing_to_pinned";
    private const string PrebuiltRoots = "prebuilt_root_objects";

    /// <summary>While marking, no black object refers to a white one. What counts as neither:
    /// visited objects that the next minor collection will make grey again, since they were written to or point to pinned ones;
    /// prebuilt objects that were written to, which are visited last; pinned objects, which minor collections keep alive.
    /// Prebuilt objects that were never written to are not visited, as if they were black: they must refer to none but their like.</summary>
    public static readonly ImmutableArray<ColourRule> Colours =
    [
        new(Colour.Grey, Condition.WhenOn(PointingToYoung, CardsSet, PointingToPinned) with { FlagsSet = [Visited], Phases = [Marking] }),
        new(Colour.Black, Condition.WhenSet(Visited) with { Phases = [Marking, "sweeping"] }),
        new(Colour.Grey, Condition.WhenOn("objects_to_trace", "more_objects_to_trace", PrebuiltRoots) with { Phases = [Marking] }),
        new(Colour.Black, Condition.WhenSet("GCFLAG_NO_HEAP_PTRS") with { Phases = [Marking] }),
        new(Colour.None, Condition.WhenSet(Pinned) with { Regions = [Nursery], Phases = [Marking] }),
        new(Colour.White, Condition.InPhase(Marking)),
    ];

    public static readonly TracingRules Tracing = new()
    {
        MarkingPhases = [Marking],
        SweepingPhases = ["sweeping"],
        UnmarkedPhases = ["scanning", "finalizing"],
        Marked = Condition.WhenSet(Visited),
        Immortal = [Condition.InRegion("prebuilt")],
        StrongLists = ["run_finalizers"],
        LiveLists =
        [
            PointingToYoung, CardsSet, "objects_to_trace", "more_objects_to_trace", PrebuiltRoots, PointingToPinned, "old_rawmalloced_objects",
            "raw_malloc_might_sweep", "young_rawmalloced_objects", "young_objects_with_weakrefs", "old_objects_with_weakrefs",
            "probably_young_objects_with_finalizers", "old_objects_with_finalizers", "run_finalizers",
        ],
        Young = [Condition.InRegion(Nursery), Condition.WhenOn("young_rawmalloced_objects")],
        Remembered = [PointingToYoung, PointingToPinned],
        CardList = CardsSet,
        Forwarded = Condition.WhenSet([.. GcFlag.Names.Select(flag => flag.Name)]),
        Shadows = "nursery_objects_shadows",
        HasShadow = Condition.WhenSet("GCFLAG_HAS_SHADOW") with { Regions = [Nursery] },
    };
}
