using System.Collections.Immutable;
using GcReplay.Simulation.Chaos.Faults;

namespace GcReplay.Simulation.Collectors.CPython39;

/// <summary>Faults that can be planted in cpython39, by the part of the collector that has them.</summary>
internal static class CPython39Faults
{
    // Counts.
    public const string StoreNotCounted = "store-not-counted";
    public const string RootNotCounted = "root-not-counted";
    public const string OldReleasedFirst = "old-released-first";
    public const string OldNotReleased = "old-not-released";

    // Lists.
    public const string PrevNotRestored = "prev-not-restored";
    public const string NextNotRestored = "next-not-restored";
    public const string TailNotUpdated = "tail-not-updated";
    public const string SpliceTailNotUpdated = "splice-tail-not-updated";
    public const string SpliceSourceNotEmptied = "splice-source-not-emptied";

    // Reachability.
    public const string RefsOffByOne = "refs-off-by-one";
    public const string LastSlotNotSubtracted = "last-slot-not-subtracted";
    public const string ReachableNotMovedBack = "reachable-not-moved-back";
    public const string WaitingNotNoted = "waiting-not-noted";
    public const string CollectingNotCleared = "collecting-not-cleared";
    public const string RefsNotReplaced = "refs-not-replaced";

    // Garbage and deaths.
    public const string LegacyNotFollowed = "legacy-not-followed";
    public const string GarbageNotHeld = "garbage-not-held";
    public const string FinalizedNotNoted = "finalized-not-noted";
    public const string DyingNotHeld = "dying-not-held";
    public const string UntrackForgotten = "untrack-forgotten";
    public const string WeakrefsNotCleared = "weakrefs-not-cleared";
    public const string WeakrefNotUnlinked = "weakref-not-unlinked";
    public const string TrashcanKeepsFirst = "trashcan-keeps-first";
    public const string TupleStaysFree = "tuple-stays-free";
    public const string LastValueNotAsked = "last-value-not-asked";

    // Fixes of the past, undone.
    public const string Undo1a4d1c1 = "undo-1a4d1c1";
    public const string UndoGh92036 = "undo-gh-92036";
    public const string UndoGh116510 = "undo-gh-116510";

    public static readonly ImmutableArray<PlantedFault> All =
    [
        new(StoreNotCounted, "a store into a slot takes no reference to the new value"),
        new(RootNotCounted, "a store into a root takes no reference to the new value"),
        new(OldReleasedFirst, "a store into a slot gives the old value back before the slot is written, not after"),
        new(OldNotReleased, "a store into a slot does not give the old value back") { Unseen = "the count stays too high: the object is never freed, which no invariant forbids" },
        new(PrevNotRestored, "_PyObject_GC_UNTRACK and gc_list_move: _gc_prev of the node behind is not set"),
        new(NextNotRestored, "_PyObject_GC_UNTRACK and gc_list_move: _gc_next of the node in front is not set"),
        new(TailNotUpdated, "_PyObject_GC_TRACK and gc_list_move: _gc_prev of the head is not set to the new tail"),
        new(SpliceTailNotUpdated, "gc_list_merge: _gc_prev of the head is not set to the new tail"),
        new(SpliceSourceNotEmptied, "gc_list_merge: the list that was merged is not made empty"),
        new(RefsOffByOne, "update_refs: gc_refs is one less than the count"),
        new(LastSlotNotSubtracted, "subtract_refs: the last reference of an object is not visited")
            { Unseen = "gc_refs stays too high: garbage is taken for reachable, and kept" },
        new(ReachableNotMovedBack, "visit_reachable: a tentatively unreachable object that is reached is not moved back"),
        new(WaitingNotNoted, "visit_reachable: gc_refs of an object that is reached and not looked at yet stays 0"),
        new(CollectingNotCleared, "move_unreachable: COLLECTING stays set in a reachable object"),
        new(RefsNotReplaced, "move_unreachable: gc_refs of a reachable object is not replaced by the link to the node in front"),
        new(LegacyNotFollowed, "move_legacy_finalizer_reachable: what a legacy finalizer can reach is not moved to it"),
        new(GarbageNotHeld, "delete_garbage: no reference is taken for the time of tp_clear"),
        new(FinalizedNotNoted, "finalize_garbage: FINALIZED is not set, so that the finalizer is called again")
            { Unseen = "a finalizer runs twice: the program sees it, the heap is sound" },
        new(DyingNotHeld, "PyObject_CallFinalizerFromDealloc: the dying object is not held while its finalizer runs"),
        new(UntrackForgotten, "a deallocator does not untrack the object"),
        new(WeakrefsNotCleared, "a deallocator does not clear weak references to the object"),
        new(WeakrefNotUnlinked, "clear_weakref: the next weak reference of the list still names the one that left"),
        new(TrashcanKeepsFirst, "_PyTrash_thread_destroy_chain: the object that is taken stays the first of the chain"),
        new(TupleStaysFree, "tuple_alloc: the tuple that is taken stays the first of its free list"),
        new(LastValueNotAsked, "_PyDict_MaybeUntrack: the last value is not looked at")
            { Unseen = "a dict of a cycle is untracked: the cycle is never found, and kept" },
        new(Undo1a4d1c1, "_PyGC_Fini: survivors of a generation stay on the list of the interpreter that ends") { Revision = "gh-92036" },
        new(UndoGh92036, "_PyGC_Fini: a survivor that is untracked gets no reference that keeps it for ever") { Revision = "gh-92036" },
        new(UndoGh116510, "_PyGC_Fini: the head of a list of survivors is not unlinked from them"),
    ];
}
