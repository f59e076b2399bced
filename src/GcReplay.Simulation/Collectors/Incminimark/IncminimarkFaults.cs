using System.Collections.Immutable;
using GcReplay.Simulation.Chaos.Faults;

namespace GcReplay.Simulation.Collectors.Incminimark;

/// <summary>Faults that can be planted in incminimark, by the part of the collector that has them.</summary>
internal static class IncminimarkFaults
{
    // Barriers and cards.
    public const string StoreNotRemembered = "store-not-remembered";
    public const string TrackFlagNotCleared = "track-flag-not-cleared";
    public const string PrebuiltNotQueued = "prebuilt-not-queued";
    public const string CardOffByOne = "card-off-by-one";
    public const string CardArrayNotListed = "card-array-not-listed";
    public const string CardEndsEarly = "card-ends-early";
    public const string LastCardByteNotCopied = "last-card-byte-not-copied";
    public const string CopyNotRecorded = "copy-not-recorded";

    // Minor collections.
    public const string RootNotDraggedOut = "root-not-dragged-out";
    public const string SlotNotUpdated = "slot-not-updated";
    public const string MovedNotTraced = "moved-not-traced";
    public const string HeaderNotCopied = "header-not-copied";
    public const string LastWordNotCopied = "last-word-not-copied";
    public const string TrackFlagNotRestored = "track-flag-not-restored";
    public const string RawNotSeen = "raw-not-seen";
    public const string PinnedParentNotListed = "pinned-parent-not-listed";
    public const string PinnedNotSeen = "pinned-not-seen";
    public const string ShadowNotKept = "shadow-not-kept";
    public const string ShadowNotMarked = "shadow-not-marked";
    public const string YoungWeakrefNotCleared = "young-weakref-not-cleared";

    // Marking and sweeping.
    public const string ModifiedNotGreyAgain = "modified-not-grey-again";
    public const string CardArrayNotGreyAgain = "card-array-not-grey-again";
    public const string WhiteRootNotListed = "white-root-not-listed";
    public const string RootNotMarked = "root-not-marked";
    public const string GreyLost = "grey-lost";
    public const string LastReferenceNotVisited = "last-reference-not-visited";
    public const string OldWeakrefNotCleared = "old-weakref-not-cleared";
    public const string FinalizableNotKept = "finalizable-not-kept";
    public const string DeadPinnedParentKept = "dead-pinned-parent-kept";
    public const string BlackSwept = "black-swept";
    public const string VisitedNotCleared = "visited-not-cleared";

    // Fixes of the past, undone.
    public const string Undo78bbeb93471 = "undo-78bbeb93471";
    public const string Undo853ec5c72eb = "undo-853ec5c72eb";
    public const string Undo94529a6d2d0 = "undo-94529a6d2d0";
    public const string Undo3fb1b086ef5 = "undo-3fb1b086ef5";
    public const string Undo345aaf9970e = "undo-345aaf9970e";
    public const string Undo2c891735f94 = "undo-2c891735f94";
    public const string Undo96a224bd967 = "undo-96a224bd967";

    public static readonly ImmutableArray<PlantedFault> All =
    [
        new(StoreNotRemembered, "remember_young_pointer: the object is not put on old_objects_pointing_to_young"),
        new(TrackFlagNotCleared, "remember_young_pointer: GCFLAG_TRACK_YOUNG_PTRS stays set"),
        new(PrebuiltNotQueued, "remember_young_pointer: a prebuilt object that is written to does not become a root"),
        new(CardOffByOne, "remember_young_pointer_from_array2: the card behind the right one is set"),
        new(CardArrayNotListed, "remember_young_pointer_from_array2: the array is not put on old_objects_with_cards_set"),
        new(CardEndsEarly, "collect_cardrefs_to_nursery: the last item of a card is not looked at"),
        new(LastCardByteNotCopied, "manually_copy_card_bits: the last byte is left out"),
        new(CopyNotRecorded, "writebarrier_before_copy: the destination is not put on old_objects_pointing_to_young"),
        new(RootNotDraggedOut, "_trace_drag_out: a young object that a root names is left where it is"),
        new(SlotNotUpdated, "_trace_drag_out: a slot that names an object which moved before is not updated"),
        new(MovedNotTraced, "_trace_drag_out: an object that moves is not put on old_objects_pointing_to_young"),
        new(HeaderNotCopied, "_trace_drag_out: of the header of an object that moves only the type is copied")
            { Unseen = "what leaves the nursery without a shadow has no flag set, and GCFLAG_HAS_SHADOW of an old object is never asked for" },
        new(LastWordNotCopied, "_trace_drag_out: the last word of an object that moves is not copied"),
        new(TrackFlagNotRestored, "collect_oldrefs_to_nursery: GCFLAG_TRACK_YOUNG_PTRS is not set again"),
        new(RawNotSeen, "_visit_young_rawmalloced_object: a young object outside the nursery is not marked as seen"),
        new(PinnedParentNotListed, "_trace_drag_out: an object that names a pinned one is not put on old_objects_pointing_to_pinned"),
        new(PinnedNotSeen, "_trace_drag_out: a pinned object is not put on surviving_pinned_objects"),
        new(ShadowNotKept, "_minor_collection: the shadow of a pinned object is not kept in nursery_objects_shadows"),
        new(ShadowNotMarked, "record_pinned_object_with_shadow: the shadow is not marked while marking"),
        new(YoungWeakrefNotCleared, "invalidate_young_weakrefs: a weak reference to a dead object keeps its address"),
        new(ModifiedNotGreyAgain, "_add_to_more_objects_to_trace: a black object that was written to is not traced again"),
        new(CardArrayNotGreyAgain, "collect_cardrefs_to_nursery: a black array with cards set is not traced again"),
        new(WhiteRootNotListed, "_trace_drag_out1_marking_phase: a white object that a root names is not put on more_objects_to_trace"),
        new(RootNotMarked, "collect_roots: an object that a root names is not made grey")
            { Unseen = "a minor collection comes before each step of marking, and lists what roots name and is white" },
        new(GreyLost, "visit_all_objects_step: an object is taken from objects_to_trace and not visited"),
        new(LastReferenceNotVisited, "visit: the last reference of an object is not followed"),
        new(OldWeakrefNotCleared, "invalidate_old_weakrefs: a weak reference to an unreached object keeps its address"),
        new(FinalizableNotKept, "deal_with_objects_with_finalizers: an object whose finalizer is to run is not kept alive"),
        new(DeadPinnedParentKept, "_sweep_old_objects_pointing_to_pinned: an unreached object stays on old_objects_pointing_to_pinned"),
        new(BlackSwept, "_free_if_unvisited: a small object that was reached is freed"),
        new(VisitedNotCleared, "_free_if_unvisited: GCFLAG_VISITED stays set in a small object that survives"),
        new(Undo78bbeb93471, "writebarrier_before_copy: the destination is not recorded while marking"),
        new(Undo853ec5c72eb, "debug_check_consistency: members of prebuilt_root_objects are not accepted as grey"),
        new(Undo94529a6d2d0, "writebarrier_before_copy: a destination with cards is not recorded while marking"),
        new(Undo3fb1b086ef5, "writebarrier_before_copy: a destination without cards is recorded as one with cards"),
        new(Undo345aaf9970e, "writebarrier_before_copy: a prebuilt destination that is recorded does not become a root"),
        new(Undo2c891735f94, "_trace_drag_out: an object that moves into a black shadow is white"),
        new(Undo96a224bd967, "record_pinned_object_with_shadow: shadows are marked outside marking, too"),
    ];
}
