namespace GcReplay.Simulation.Collectors.CPython39;

/// <summary>How the collector sees an object: what its type's slots (tp_traverse, tp_clear, tp_finalize, tp_del, tp_dealloc) do. Numbers
/// are places in <see cref="CPython39Family.KindNames"/>.</summary>
internal enum Kind
{
    /// <summary>No object of the program, or one whose type word was overwritten.</summary>
    None = -1,
    Plain = 0,
    Leaf,
    Finalizer,
    NoClear,
    Legacy,
    Opaque,
    Trashcan,
    Function,
    Weakref,
    Tuple,
    Dict,
}

internal static class Kinds
{
    /// <summary>Py_TPFLAGS_HAVE_GC: it has a PyGC_Head.</summary>
    public static bool IsCollected(this Kind kind) => kind is not (Kind.None or Kind.Leaf);

    /// <summary>Has slots that operations name, and can be weakly referenced.</summary>
    public static bool IsNode(this Kind kind) => kind is >= Kind.Plain and <= Kind.Function;

    /// <summary>tp_clear.</summary>
    public static bool HasClear(this Kind kind) => kind is not (Kind.None or Kind.Leaf or Kind.NoClear or Kind.Tuple);

    /// <summary>Py_TRASHCAN_BEGIN in its deallocator.</summary>
    public static bool UsesTrashcan(this Kind kind) => kind is Kind.Trashcan or Kind.Tuple or Kind.Dict;

    /// <summary>Offset of a node's first slot.</summary>
    public static int SlotsAt(this Kind kind) => kind == Kind.Finalizer ? ObjectWords.Finalizer + 8 : ObjectWords.WeakList + 8;
}
