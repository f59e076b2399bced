namespace GcReplay.Simulation.Collectors.CPython39;

/// <summary>Offsets in front of and in an object. Source: Include/objimpl.h PyGC_Head, Include/object.h PyVarObject.</summary>
internal static class ObjectWords
{
    public const int HeadBytes = 16;
    public const int GcNext = -16;
    public const int GcPrev = -8;
    public const int RefCount = 0;
    public const int TypeWord = 8;
    public const int Size = 16;

    /// <summary>Head of the node's weak references, where tp_weaklistoffset points.</summary>
    public const int WeakList = 24;

    /// <summary>Script + 1 of a node whose kind has a finalizer: what upstream looks up as <c>__del__</c> of its type.</summary>
    public const int Finalizer = 32;

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

/// <summary>Offsets of PyWeakReference. Source: Include/weakrefobject.h.</summary>
internal static class WeakrefWords
{
    /// <summary>The target; 0 once it is dead (upstream: None).</summary>
    public const int Target = 16;

    /// <summary>Script + 1 of the callback; 0 for none.</summary>
    public const int Callback = 24;
    public const int Previous = 40;
    public const int Next = 48;
    public const int Bytes = 56;
}

/// <summary>Offsets of PyTupleObject. Source: Include/cpython/tupleobject.h.</summary>
internal static class TupleWords
{
    public const int Items = 24;
}

/// <summary>Offsets of a dict. Values stand in the order of their insertion; those that were deleted leave a 0.</summary>
/// <remarks>Source: Include/cpython/dictobject.h PyDictObject, with the numbers of its PyDictKeysObject beside them; a table of values
/// and keys as a split dict has it, without the hash index (keys are small integers and few).</remarks>
internal static class DictWords
{
    public const int Used = 16;
    public const int Entries = 24;
    public const int Capacity = 32;
    public const int Keys = 40;
    public const int Values = 48;
    public const int Bytes = 56;
}
