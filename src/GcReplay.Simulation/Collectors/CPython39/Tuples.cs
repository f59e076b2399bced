using GcReplay.Heaps.Memory;
using GcReplay.Simulation.Interpreters;
using static GcReplay.Simulation.Collectors.CPython39.ObjectWords;

namespace GcReplay.Simulation.Collectors.CPython39;

/// <summary>Tuples: born from a free list or the allocator, with empty items and untracked.</summary>
/// <remarks>Source: Objects/tupleobject.c tuple_alloc, PyTuple_New, _PyTuple_MaybeUntrack of 3.9.</remarks>
internal sealed class Tuples(CPython39Collector collector, Process process, FreeLists freeLists)
{
    /// <param name="holder">Word that holds the newborn's one reference.</param>
    public Address New(int length, int nameId, ulong number, Address holder)
    {
        var descriptor = collector.DescriptorOf(collector.TupleType, nameId);
        var kept = freeLists.TakeTuple(length, number, descriptor);
        if (kept.IsNull)
            return collector.AllocateObject(collector.TupleType, TupleWords.Items + length * 8, nameId, number, holder, length);
        var journal = process.Journal;
        journal.Write(kept + RefCount, 1);
        journal.Write(kept + GcPrev, 0);
        for (var i = 0; i < length; i++)
            journal.Write(kept + TupleWords.Items + i * 8L, 0);
        journal.WriteOwn(holder, kept.Value);
        return kept;
    }

    /// <summary>Whether a tracked tuple can leave the lists: every item is there, and none can ever be part of a cycle.</summary>
    public bool CanUntrack(Address tuple)
    {
        var count = collector.SizeOf(tuple);
        for (var i = 0; i < count; i++)
        {
            var item = new Address(process.Journal.Read(tuple + TupleWords.Items + i * 8L));
            if (item.IsNull || collector.MayBeTracked(item))
                return false;
        }

        return true;
    }
}
