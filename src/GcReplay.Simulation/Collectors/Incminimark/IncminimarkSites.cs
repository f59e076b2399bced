using System.Collections.Immutable;
using GcReplay.Heaps.Layouts;
using GcReplay.Simulation.Collectors.Incminimark.Arenas;

namespace GcReplay.Simulation.Collectors.Incminimark;

/// <summary>Where the collector decides, and why; named after upstream's functions where there is one. Assertions have the codes of the
/// conformance programs.</summary>
internal static class IncminimarkSites
{
    public static readonly ImmutableArray<Site> All = [.. Chaos(), .. Barriers(), .. Copies(), .. Minor(), .. Major(), .. Objects(), .. Assertions(), .. SmallObjects.Sites];

    private static Site[] Chaos() =>
    [
        new("gc.increment-here", "chaos asks at each allocation whether to collect now: 1 a minor collection, 2 one with a step of the major"),
        new("gc.nursery-size", "chaos asks at the start for a smaller nursery"),
        new("gc.threshold", "chaos asks at the start for a lower threshold of major collections"),
    ];

    private static Site[] Barriers() =>
    [
        new("write_barrier-not-tracking", "GCFLAG_TRACK_YOUNG_PTRS is clear: the object is young, or is recorded already"),
        new("remember_young_pointer", "GCFLAG_TRACK_YOUNG_PTRS is set: the object is recorded, the next minor collection traces it"),
        new("prebuilt-becomes-root", "GCFLAG_NO_HEAP_PTRS is set: the first pointer is stored in a prebuilt object, which is a root from now on"),
        new("card-set-already", "the card of the item is set"),
        new("remember_young_pointer_from_array2", "the array has cards: that of the item is set, the next minor collection traces its items"),
        new("fill-without-barrier", "one barrier covers all items"),
        new("ll_arraycopy", "writebarrier_before_copy covers all items"),
    ];

    private static Site[] Copies() =>
    [
        new("copy-old-object-pointing-to-pinned", "old_objects_pointing_to_pinned changed: its members are recorded, and the flag of the change is cleared"),
        new("copy-destination-not-tracking", "the destination is recorded already, or young"),
        new("copy-source-with-cards-not-tracking", "the source has cards and is recorded whole: any item may be young, so each gets a barrier"),
        new("copy-destination-without-cards", "the destination has no cards: each item gets a barrier"),
        new("copy-source-without-cards-set", "no card of the source is set: none of its items is young"),
        new("copy-source-without-cards-set-marking", "none of its items is young, but they may be white: the destination is on the list of arrays with cards, with no card set"),
        new("copy-misaligned", "the items change their places: each gets a barrier"),
        new("manually_copy_card_bits", "the cards of the source are copied too"),
        new("copy-source-not-tracking", "the source may hold young items: the destination is recorded"),
        new("copy-while-marking", "the items may be white: the destination is recorded, so that it is traced again"),
        new("copy-source-tracking", "the source holds no young item: nothing is recorded"),
    ];

    private static Site[] Minor() =>
    [
        new("remove_young_arrays_from_old_objects_pointing_to_young", "a young object outside the nursery may die: it is not traced unless it is reached"),
        new("_add_to_more_objects_to_trace", "a black object was written to, or points to a pinned one: it is grey again"),
        new("_trace_drag_out1_marking_phase", "what a root names is white: it is traced by the end of marking"),
        new("deal_with_young_objects_with_finalizers", "it survives, to have its finalizer run one day"),
        new("ignore-finalizer", "GCFLAG_IGNORE_FINALIZER is set"),
        new("drag-out-not-young", "the reference names nothing young"),
        new("drag-out-forwarded", "the object moved already: the reference follows it"),
        new("drag-out-pinned", "a pinned object stays in the nursery, and its parent is listed"),
        new("drag-out-pinned-seen", "a pinned object, reached before in this collection"),
        new("_visit_young_rawmalloced_object", "a young object outside the nursery survives"),
        new("drag-out-young-rawmalloced-seen", "a young object outside the nursery, reached before in this collection"),
        new("drag-out-moves", "the object leaves the nursery"),
        new("drag-out-moves-into-shadow", "the object leaves the nursery for its shadow, whose address is its id"),
        new("drag-out-dead", "there is no living object: nothing to move"),
        new("_malloc_out_of_nursery_nonsmall", "too large for the arenas: raw-malloced, and old"),
        new("collect_cardrefs_to_nursery", "the items of set cards are traced"),
        new("cards-of-array-traced-whole", "the array is recorded whole: its cards are only cleared"),
        new("array-with-cards-grey-again", "the array was written to while marking: it is grey again"),
        new("collect_oldrefs_to_nursery", "a recorded object is traced; it tracks again"),
        new("invalidate_young_weakrefs", "a weak reference that was young"),
        new("young-weakref-cleared", "its target dies, or stays in the nursery"),
        new("young-weakref-target-moved", "its target left the nursery"),
        new("nursery_objects_shadows-kept", "shadows of pinned objects are kept"),
        new("record_pinned_object_with_shadow", "the shadow of a pinned object is marked, so that no sweep frees it"),
        new("free_young_rawmalloced_objects", "no object is young outside the nursery any more"),
        new("raw-malloced-survives", "it was reached"),
        new("raw-malloced-dies", "nothing reached it"),
        new("pinned-survives", "free memory ends in front of it"),
        new("nursery-reset", "free memory begins at the start of the nursery"),
        new("_reset_flag_old_objects_pointing_to_pinned", "GCFLAG_PINNED_OBJECT_PARENT_KNOWN is for one minor collection"),
    ];

    private static Site[] Major() =>
    [
        new("collect_nonstack_roots", "a prebuilt object that was written to is a root"),
        new("enum_pending_finalizers", "an object whose finalizer waits is a root"),
        new("_collect_ref_stk", "a root makes its object grey"),
        new("_collect_obj-pinned", "a root names a pinned object: minor collections visit it"),
        new("visit_all_objects_step", "the newest grey object is visited"),
        new("visit-visited-already", "the object is black: it was grey more than once"),
        new("visit-no-heap-ptrs", "a prebuilt object that was never written to holds nothing that could be white"),
        new("visit", "the object is black, and goes through the barrier from now on"),
        new("_collect_ref_rec", "what a black object names is grey"),
        new("_collect_ref_rec-pinned", "a pinned object: minor collections visit it"),
        new("more_objects_to_trace-swapped", "marking is nearly done: what was written to meanwhile is visited in one go"),
        new("kept_alive_by_finalizer-reset", "counted anew for each cycle"),
        new("deal_with_objects_with_finalizers", "objects with finalizers, in the order of their registration"),
        new("finalizer-object-lives", "it is reached, from a root or from an object whose finalizer comes first"),
        new("finalizer-object-unreached", "nothing reaches it: what it reaches is walked through"),
        new("_bump_finalization_state_from_0_to_1", "reached only from an object with a finalizer"),
        new("_recursively_bump_finalization_state_from_1_to_2", "it is visited, so that it lives until its finalizer was run"),
        new("_recursively_bump_finalization_state_from_2_to_3", "an object whose finalizer comes first reaches it"),
        new("mark_finalizer_to_run", "no other object's finalizer comes first: it is queued"),
        new("finalizer-trigger", "execute_finalizers: the queue is not empty, the program is told"),
        new("invalidate_old_weakrefs", "a weak reference that is old"),
        new("old-weakref-kept", "its target is reached"),
        new("old-weakref-cleared", "its target is not reached, or only by an object with a finalizer"),
        new("start_free_rawmalloc_objects", "raw-malloced objects are all to be looked at"),
        new("_sweep_old_objects_pointing_to_pinned", "the object that points to a pinned one is reached"),
        new("free_unvisited_rawmalloc_objects_step", "the next raw-malloced object is looked at"),
        new("_free_if_unvisited-survives", "GCFLAG_VISITED is set: it lives, and is white for the next cycle"),
        new("_free_if_unvisited-dies", "GCFLAG_VISITED is clear: nothing reached it"),
        new("_reset_gcflag_visited", "a prebuilt object is white for the next cycle"),
        new("set_major_threshold_from", "the sweep is complete: when the next major collection begins"),
        new("debug_check_object", "upstream's consistency check"),
    ];

    private static Site[] Objects() =>
    [
        new("collect_and_reserve-jumps-over-pinned", "free memory ends at a pinned object: it goes on behind it"),
        new("external_malloc", "a large object is allocated outside the nursery, and is young"),
        new("malloc_weakref", "a weak reference is made; its pointer needs no barrier"),
        new("register_finalizer", "an object with a finalizer"),
        new("next_dead", "the program takes an object whose finalizer is to be run"),
        new("knob", "the program changes a parameter of the collector"),
        new("_allocate_shadow", "an id of an object in the nursery: the place to which it will move is made now"),
        new("_find_shadow", "the object has its shadow already"),
        new("id-of-object-that-stays", "outside the nursery the address is the id"),
        new("pin", "the object will not move while it is pinned"),
        new("pin-too-many", "as many objects are pinned as can be"),
        new("pin-not-in-nursery", "only objects in the nursery can be pinned"),
        new("pin-already", "it is pinned already"),
        new("pin-has-references", "objects that hold references can not be pinned, nor weak references"),
        new("unpin", "the next minor collection moves it"),
    ];

    private static Site[] Assertions() =>
    [
        new("black-to-white", "black -> white pointer found"),
        new("visited-flag-unexpected", "unexpected GCFLAG_VISITED"),
        new("black-without-barrier", "black object without GCFLAG_TRACK_YOUNG_PTRS"),
        new("barrier-flag-missing", "missing GCFLAG_TRACK_YOUNG_PTRS"),
        new("cards-set-unexpected", "unexpected GCFLAG_CARDS_SET"),
        new("card-bits-not-cleared", "the card marker bits are not cleared"),
        new("prebuilt-flags-inconsistent", "GCFLAG_NO_HEAP_PTRS without GCFLAG_TRACK_YOUNG_PTRS"),
        new("young-after-minor", "young object after a minor collection"),
        new("young-mark-after-minor", "GCFLAG_VISITED_RMY after a minor collection"),
        new("pinned-flag-outside-nursery", "GCFLAG_PINNED outside the nursery"),
        new("cards-list-without-has-cards", "an object without cards is on old_objects_with_cards_set"),
        new("cards-list-without-cards-set", "an object without GCFLAG_CARDS_SET is on old_objects_with_cards_set"),
        new("remembered-set-flag-mismatch", "an object with GCFLAG_TRACK_YOUNG_PTRS is on old_objects_pointing_to_young"),
        new("pinned-in-trace-list", "pinned object in objects_to_trace"),
        new("young-in-trace-list", "nursery object in objects_to_trace"),
        new("shadow-missing", "GCFLAG_HAS_SHADOW but no shadow found"),
        new("pinned-count-mismatch", "pinned_objects_in_nursery is not the number of surviving pinned objects"),
        new("unpin-not-pinned", "unpin: the object is already not pinned"),
        new("weakref-to-clean-prebuilt", "a registered old weak reference points to an object with GCFLAG_NO_HEAP_PTRS"),
        new("finalization-state", "bad finalization state"),
        new("nursery-exhausted-by-pins", "no gap between pinned objects is large enough, also after two collections"),
        new("nursery-not-empty", "nursery not empty in major_collection_step"),
        new("raw_malloc_might_sweep-not-empty", "raw_malloc_might_sweep must be empty outside of sweeping"),
        new("bad-address", "the card bits of an object that has none: what lies there is somebody else's"),
    ];
}
