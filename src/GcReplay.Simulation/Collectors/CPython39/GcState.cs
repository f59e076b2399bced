namespace GcReplay.Simulation.Collectors.CPython39;

/// <summary>Offsets of <c>struct _gc_runtime_state</c>, in bytes from generation 0's head. Numbers of 4 bytes share words.</summary>
/// <remarks>Source: CPython 3.9 Include/internal/pycore_gc.h; order seen on 3.8 to 3.11.</remarks>
internal static class GcState
{
    public const int Generations = 3;
    public const int GenerationBytes = 24;

    /// <summary>Words in front: trash_delete_later, trash_delete_nesting | enabled, debug.</summary>
    public const int Before = 24;

    /// <summary>trash_delete_nesting in the low half, enabled in the high half.</summary>
    public const int NestingAndEnabled = -16;

    /// <summary>threshold in the low half, count in the high half.</summary>
    public const int ThresholdAndCount = 16;
    public const int Generation0 = 72;
    public const int Permanent = 80;
    public const int Statistics = 104;
    public const int StatisticsBytes = 24;
    public const int Collecting = 176;
    public const int Garbage = 184;
    public const int Callbacks = 192;
    public const int LongLivedTotal = 200;
    public const int LongLivedPending = 208;
    public const int Bytes = 216;
}

/// <summary>Offsets in front of and in an object. Source: Include/objimpl.h PyGC_Head, Include/object.h PyVarObject.</summary>
internal static class ObjectWords
{
    public const int HeadBytes = 16;
    public const int GcNext = -16;
    public const int GcPrev = -8;
    public const int RefCount = 0;
    public const int TypeWord = 8;
    public const int Size = 16;
    public const int Slots = 24;

    /// <summary>Bit 0 of <c>_gc_prev</c>: tp_finalize was called. Survives track and untrack.</summary>
    public const ulong Finalized = 1;

    /// <summary>Bit 1 of <c>_gc_prev</c>: member of the generation that is being collected.</summary>
    public const ulong Collecting = 2;
    public const ulong PrevFlags = 3;

    /// <summary><c>_gc_prev</c> holds gc_refs shifted by this while a collection counts.</summary>
    public const int RefsShift = 2;

    /// <summary>Bit 0 of <c>_gc_next</c>: on the unreachable list, during move_unreachable.</summary>
    public const ulong NextUnreachable = 1;
}

/// <summary>Offsets of a collection record on the C stack: what upstream keeps in locals of <c>collect</c>.</summary>
internal static class RecordWords
{
    public const int Phase = 0;
    public const int Interpreter = 8;
    public const int Generation = 16;
    public const int Outer = 24;
    public const int Young = 32;
    public const int Old = 40;
    public const int Cursor = 48;
    public const int Unreachable = 56;
    public const int FinalUnreachable = 72;
    public const int Finalizers = 88;

    /// <summary>The list of the second pass.</summary>
    public const int Resurrecting = 104;

    /// <summary>Reference that delete_garbage holds around a clear.</summary>
    public const int Held = 112;
    public const int Bytes = 120;
}

/// <summary>Numbers of the phases; the names are <c>CPython39Family.Phases</c>.</summary>
internal enum Phase
{
    None = 0,
    MergeYounger,
    UpdateRefs,
    SubtractRefs,
    MoveUnreachable,
    LegacyFinalizers,
    UpdateRefsAgain,
    SubtractRefsAgain,
    MoveUnreachableAgain,
    DeleteGarbage,
}
