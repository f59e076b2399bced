using GcReplay.Heaps.Events;
using GcReplay.Heaps.Memory;
using GcReplay.Simulation.Chaos.Faults;
using GcReplay.Simulation.Interpreters;
using static GcReplay.Simulation.Collectors.CPython39.ObjectWords;

namespace GcReplay.Simulation.Collectors.CPython39;

/// <summary>Dicts with small integers as keys, in the order of insertion: untracked until a value is stored that may be part of a
/// cycle.</summary>
/// <remarks>Source: Objects/dictobject.c new_dict, insertdict (MAINTAIN_TRACKING), PyDict_Clear, _PyDict_MaybeUntrack of 3.9. Cost of
/// finding a key: linear.</remarks>
internal sealed class Dicts(CPython39Collector collector, Process process, GcLists lists, FreeLists freeLists)
{
    /// <summary>Entries of the smallest table: USABLE_FRACTION(PyDict_MINSIZE).</summary>
    private const int CapacityMin = 5;

    private readonly Fault lastValueNotAsked = process.Fault(CPython39Faults.LastValueNotAsked);

    public Address New(int nameId, ulong number, Address holder)
    {
        var kept = freeLists.TakeDict(number, collector.DescriptorOf(collector.DictType, nameId));
        if (kept.IsNull)
            return collector.AllocateObject(collector.DictType, DictWords.Bytes, nameId, number, holder);
        var journal = process.Journal;
        journal.Write(kept + RefCount, 1);
        journal.Write(kept + GcPrev, 0);
        journal.WriteOwn(holder, kept.Value);
        return kept;
    }

    /// <summary>Index of a key's entry; -1 when it has none.</summary>
    public int Find(Address dict, ulong key)
    {
        var count = collector.Length(dict + DictWords.Entries);
        for (var i = 0; i < count; i++)
        {
            if (process.Journal.Read(KeyAt(dict, i)) == key && process.Journal.Read(ValueAt(dict, i)) != 0)
                return i;
        }

        return -1;
    }

    public Address ValueAt(Address dict, int index) => new Address(process.Journal.Read(dict + DictWords.Values)) + index * 8L;

    /// <summary>Stores a value: the reference is taken first, the dict is tracked if need be, the old value is given back last.</summary>
    public void Set(Address dict, ulong key, Address value)
    {
        collector.Retain(value, process.InFlightSlot);
        if (!lists.IsTracked(dict) && collector.MayBeTracked(value))
            lists.Track(collector.State, dict, process.Site("track-dict"));
        var index = Find(dict, key);
        var old = index < 0 ? Address.Null : new Address(process.Journal.Read(ValueAt(dict, index)));
        if (index < 0)
            index = NewEntry(dict);
        process.Event(EventKind.Store, dict.Value, ValueAt(dict, index).Value, value.Value);
        process.Journal.Write(ValueAt(dict, index), value.Value);
        process.Journal.WriteOwn(process.InFlightSlot, 0);
        if (old.IsNull)
        {
            process.Journal.Write(KeyAt(dict, index), key);
            process.Journal.Write(dict + DictWords.Entries, (ulong)index + 1);
            AddUsed(dict, 1);
            return;
        }

        collector.Release(old);
    }

    /// <summary>Deletes the entry at an index: its place stays empty.</summary>
    public void Delete(Address dict, int index)
    {
        var slot = ValueAt(dict, index);
        var old = new Address(process.Journal.Read(slot));
        process.Event(EventKind.Store, dict.Value, slot.Value, 0);
        process.Journal.Write(slot, 0);
        AddUsed(dict, -1);
        collector.Release(old);
    }

    /// <summary>PyDict_Clear: the dict is empty before the first value is given back.</summary>
    public void Clear(Address dict)
    {
        var table = new Address(process.Journal.Read(dict + DictWords.Values));
        var count = collector.Length(dict + DictWords.Entries);
        if (table.IsNull)
            return;
        process.Event(EventKind.Setup, dict.Value);
        var held = process.PushCStack(8);
        process.Journal.WriteOwn(held, table.Value);
        ForgetTable(dict);
        for (var i = 0; i < count; i++)
        {
            if (new Address(process.Journal.Read(table + i * 8L)) is { IsNull: false } value)
                collector.Release(value, table + i * 8L);
        }

        process.Allocator.Free(table);
        process.PopCStack(held);
    }

    /// <summary>Frees the table of a dying dict, whose values are gone.</summary>
    public void FreeTable(Address dict)
    {
        var table = new Address(process.Journal.Read(dict + DictWords.Values));
        if (table.IsNull)
            return;
        process.Allocator.Free(table);
        ForgetTable(dict);
    }

    /// <summary>Whether a tracked dict can leave the lists: no value can ever be part of a cycle.</summary>
    public bool CanUntrack(Address dict)
    {
        var count = collector.Length(dict + DictWords.Entries);
        if (count > 0 && lastValueNotAsked.Strikes())
            count--;
        for (var i = 0; i < count; i++)
        {
            var value = new Address(process.Journal.Read(ValueAt(dict, i)));
            if (!value.IsNull && collector.MayBeTracked(value))
                return false;
        }

        return true;
    }

    /// <summary>An empty dict, in the open event.</summary>
    private void ForgetTable(Address dict)
    {
        foreach (var offset in (int[])[DictWords.Used, DictWords.Entries, DictWords.Capacity, DictWords.Keys, DictWords.Values])
            process.Journal.Write(dict + offset, 0);
    }

    private Address KeyAt(Address dict, int index) => new Address(process.Journal.Read(dict + DictWords.Keys)) + index * 8L;

    private void AddUsed(Address dict, long change) =>
        process.Journal.Write(dict + DictWords.Used, unchecked(process.Journal.Read(dict + DictWords.Used) + (ulong)change));

    /// <summary>A place behind the last entry; a full table is replaced by one of twice the entries in use, without the holes.</summary>
    private int NewEntry(Address dict)
    {
        var count = collector.Length(dict + DictWords.Entries);
        if (count < collector.Length(dict + DictWords.Capacity))
            return count;
        var journal = process.Journal;
        var old = new Address(journal.Read(dict + DictWords.Values));
        var oldKeys = new Address(journal.Read(dict + DictWords.Keys));
        var capacity = Math.Max(CapacityMin, collector.Length(dict + DictWords.Used) * 2L);
        var table = process.Allocator.Allocate((ulong)capacity * 16, 0, 0);
        var keys = table + capacity * 8;
        foreach (var address in journal.Space.NonZeroWords(table, (ulong)capacity * 16))
            journal.Write(address, 0);
        var kept = 0;
        process.Event(EventKind.Setup, dict.Value);
        for (var i = 0; i < count; i++)
        {
            var value = journal.Read(old + i * 8L);
            if (value == 0)
                continue;
            journal.Write(table + kept * 8L, value);
            journal.Write(keys + kept * 8L, journal.Read(oldKeys + i * 8L));
            kept++;
        }

        journal.Write(dict + DictWords.Values, table.Value);
        journal.Write(dict + DictWords.Keys, keys.Value);
        journal.Write(dict + DictWords.Capacity, (ulong)capacity);
        journal.Write(dict + DictWords.Entries, (ulong)kept);
        if (!old.IsNull)
            process.Allocator.Free(old);
        return kept;
    }
}
