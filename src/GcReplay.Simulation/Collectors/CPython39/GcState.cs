namespace GcReplay.Simulation.Collectors.CPython39;

/// <summary>Offsets of <c>struct _gc_runtime_state</c>, in bytes from generation 0's head. Numbers of 4 bytes share words.</summary>
/// <remarks>Source: CPython 3.9 Include/internal/pycore_gc.h; order seen on 3.8 to 3.11.</remarks>
internal static class GcState
{
    public const int Generations = 3;
    public const int GenerationBytes = 24;

    /// <summary>Words in front: trash_delete_later, trash_delete_nesting | enabled, debug. The trashcan uses those of the thread.</summary>
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
    public const int LongLivedTotal = 200;
    public const int LongLivedPending = 208;
    public const int Bytes = 216;
}

/// <summary>Offsets of the static words of the process: the free lists of tuples and dicts, and behind them the GC state where it is
/// shared.</summary>
/// <remarks>Source: Objects/tupleobject.c free_list, numfree; Objects/dictobject.c free_list, numfree of 3.9.</remarks>
internal static class StaticWords
{
    /// <summary>PyTuple_MAXSAVESIZE: tuples of this length and longer are freed.</summary>
    public const int TupleSizeMax = 20;

    /// <summary>PyTuple_MAXFREELIST.</summary>
    public const ulong TuplesMax = 2000;

    /// <summary>PyDict_MAXFREELIST.</summary>
    public const int DictsMax = 80;

    public const int TupleLists = 0;
    public const int TupleCounts = TupleLists + TupleSizeMax * 8;
    public const int DictCount = TupleCounts + TupleSizeMax * 8;
    public const int Dicts = DictCount + 8;
    public const int Bytes = Dicts + DictsMax * 8;
    public const int SharedState = Bytes + GcState.Before;
}

/// <summary>Offsets of gc.garbage: a list of references behind one pointer.</summary>
internal static class GarbageWords
{
    public const int Count = 0;
    public const int Capacity = 8;
    public const int Items = 16;
}
