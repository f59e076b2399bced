using GcReplay.Heaps.Events;
using GcReplay.Heaps.Memory;
using GcReplay.Simulation.Interpreters;

namespace GcReplay.Simulation.Collectors.CPython39;

/// <summary>gc.garbage: references to what can not be collected. Made when it is first needed; its memory is counted nowhere.</summary>
internal sealed class GarbageList(CPython39Collector collector, Process process)
{
    private const int CapacityMin = 8;

    /// <summary>Appends an object, with a reference of the list's own.</summary>
    public void Append(Address state, Address reference)
    {
        var list = new Address(process.Journal.Read(state + GcState.Garbage));
        var count = list.IsNull ? 0 : collector.Length(list + GarbageWords.Count);
        if (list.IsNull || count == collector.Length(list + GarbageWords.Capacity))
            list = Grow(state, list, count);
        collector.Retain(reference, list + GarbageWords.Items + count * 8L);
        process.Journal.Write(list + GarbageWords.Count, (ulong)count + 1);
    }

    /// <summary>Py_CLEAR(garbage): the list goes, with the references it holds.</summary>
    public void Drop(Address state)
    {
        var list = new Address(process.Journal.Read(state + GcState.Garbage));
        if (list.IsNull)
            return;
        process.Event(EventKind.Counters, state.Value);
        var held = process.PushCStack(8);
        process.Journal.WriteOwn(held, list.Value);
        process.Journal.Write(state + GcState.Garbage, 0);
        for (var i = collector.Length(list + GarbageWords.Count) - 1; i >= 0; i--)
            collector.Release(new Address(process.Journal.Read(list + GarbageWords.Items + i * 8L)), list + GarbageWords.Items + i * 8L);
        process.Allocator.Free(list);
        process.PopCStack(held);
    }

    private Address Grow(Address state, Address old, int count)
    {
        var journal = process.Journal;
        var capacity = Math.Max(CapacityMin, count * 2L);
        var bytes = (ulong)(GarbageWords.Items + capacity * 8);
        var list = process.Allocator.Allocate(bytes, 0, 0);
        foreach (var address in journal.Space.NonZeroWords(list, bytes))
            journal.Write(address, 0);
        process.Event(EventKind.Counters, state.Value);
        journal.Write(list + GarbageWords.Count, (ulong)count);
        journal.Write(list + GarbageWords.Capacity, (ulong)capacity);
        for (var i = 0; i < count; i++)
            journal.Write(list + GarbageWords.Items + i * 8L, journal.Read(old + GarbageWords.Items + i * 8L));
        journal.Write(state + GcState.Garbage, list.Value);
        if (!old.IsNull)
            process.Allocator.Free(old);
        return list;
    }
}
