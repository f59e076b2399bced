using GcReplay.Heaps.Memory;
using GcReplay.Simulation.Chaos.Faults;
using GcReplay.Simulation.Interpreters;

namespace GcReplay.Simulation.Collectors.CPython39;

/// <summary>The free lists of tuples (one for each length from 1 to 19, chained through item 0) and of dicts (an array). Static data of
/// the process: all interpreters share them.</summary>
/// <remarks>What lies in them is dead, was never counted as freed, and is no allocator's. Source: Objects/tupleobject.c tuple_alloc,
/// tupledealloc, PyTuple_ClearFreeList; Objects/dictobject.c new_dict, dict_dealloc, PyDict_ClearFreeList of 3.9.</remarks>
internal sealed class FreeLists(CPython39Collector collector, Process process, Address statics)
{
    private readonly Fault tupleStaysFree = process.Fault(CPython39Faults.TupleStaysFree);

    /// <summary>Takes a dead tuple of exactly this length; null when there is none. Its Allocate event is open.</summary>
    public Address TakeTuple(int length, ulong number, ulong descriptor)
    {
        if (length is 0 or >= StaticWords.TupleSizeMax)
            return Address.Null;
        var head = TupleHead(length);
        var tuple = new Address(process.Journal.ReadOwn(head));
        if (tuple.IsNull)
            return tuple;
        var next = process.Journal.ReadOwn(tuple + TupleWords.Items);
        Reuse(tuple, number, descriptor);
        if (!tupleStaysFree.Strikes())
            process.Journal.WriteOwn(head, next);
        process.Journal.WriteOwn(TupleCount(length), unchecked(process.Journal.ReadOwn(TupleCount(length)) - 1));
        return tuple;
    }

    /// <summary>Keeps a dead tuple whose items are gone; false when there is no room for it.</summary>
    public bool KeepTuple(Address tuple, int length)
    {
        if (length is 0 or >= StaticWords.TupleSizeMax)
            return false;
        var count = process.Journal.ReadOwn(TupleCount(length));
        if (count >= StaticWords.TuplesMax)
            return false;
        Keep(tuple);
        process.Journal.WriteOwn(tuple + TupleWords.Items, process.Journal.ReadOwn(TupleHead(length)));
        process.Journal.WriteOwn(TupleCount(length), count + 1);
        process.Journal.WriteOwn(TupleHead(length), tuple.Value);
        return true;
    }

    /// <summary>Takes the dict that died last; null when there is none. Its Allocate event is open.</summary>
    public Address TakeDict(ulong number, ulong descriptor)
    {
        var count = DictCount();
        if (count == 0)
            return Address.Null;
        var dict = new Address(process.Journal.ReadOwn(DictAt(count - 1)));
        Reuse(dict, number, descriptor);
        process.Journal.WriteOwn(DictAt(count - 1), 0);
        process.Journal.WriteOwn(statics + StaticWords.DictCount, (ulong)count - 1);
        return dict;
    }

    public bool KeepDict(Address dict)
    {
        var count = DictCount();
        if (count >= StaticWords.DictsMax)
            return false;
        Keep(dict);
        process.Journal.WriteOwn(DictAt(count), dict.Value);
        process.Journal.WriteOwn(statics + StaticWords.DictCount, (ulong)count + 1);
        return true;
    }

    /// <summary>clear_freelists: everything goes back to the allocator, and is counted as freed now.</summary>
    public void Clear()
    {
        for (var length = 1; length < StaticWords.TupleSizeMax; length++)
        {
            while (new Address(process.Journal.ReadOwn(TupleHead(length))) is { IsNull: false } tuple)
            {
                var next = process.Journal.ReadOwn(tuple + TupleWords.Items);
                collector.FreeMemory(tuple);
                process.Journal.WriteOwn(TupleHead(length), next);
                process.Journal.WriteOwn(TupleCount(length), unchecked(process.Journal.ReadOwn(TupleCount(length)) - 1));
            }
        }

        for (var count = DictCount(); count > 0; count--)
        {
            collector.FreeMemory(new Address(process.Journal.ReadOwn(DictAt(count - 1))));
            process.Journal.WriteOwn(DictAt(count - 1), 0);
            process.Journal.WriteOwn(statics + StaticWords.DictCount, (ulong)count - 1);
        }
    }

    private int DictCount() => process.Index(statics + StaticWords.DictCount, StaticWords.DictsMax + 1);

    private Address DictAt(int index) => statics + StaticWords.Dicts + index * 8L;

    private Address TupleHead(int length) => statics + StaticWords.TupleLists + length * 8L;

    private Address TupleCount(int length) => statics + StaticWords.TupleCounts + length * 8L;

    private void Reuse(Address reference, ulong number, ulong descriptor)
    {
        var cell = CellOf(reference, CellState.Reserved);
        process.Journal.Allocate(cell.Start, cell.Bytes, number, descriptor);
        process.CountObject(number);
    }

    private void Keep(Address reference) => process.Journal.Keep(CellOf(reference, CellState.Live));

    /// <summary>The cell of a tuple or dict, in the state that it must have. A wild store may have led here: what is no such cell would have
    /// been used as memory all the same.</summary>
    private Cell CellOf(Address reference, CellState state) =>
        process.Journal.Shadow.CellAt(reference) is { } cell && cell.State == state && cell.Start == reference - ObjectWords.HeadBytes
            ? cell
            : throw new Recording.SimulatedCrash(reference, isWrite: true);
}
