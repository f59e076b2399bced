using GcReplay.Heaps.Events;
using GcReplay.Heaps.Memory;
using GcReplay.Simulation.Recording;

namespace GcReplay.Simulation.Collectors.Incminimark;

/// <summary>A list of addresses in words that can be shortened anywhere: where it lies, how many, and how many fit. It grows where it
/// is, in a range of its own.</summary>
internal sealed class AddressVector(Journal journal, Address at, Address window)
{
    public const int Bytes = 24;

    private Address CountWord => at + 8;

    private Address CapacityWord => at + 16;

    public ulong Count => journal.ReadOwn(CountWord);

    public Address this[ulong index] => new(journal.ReadOwn(ItemAt(index)));

    /// <summary>Adds an address at the end, as an event of its own.</summary>
    public void Append(Address item, int site)
    {
        var count = Count;
        var capacity = journal.ReadOwn(CapacityWord);
        if (count == capacity)
        {
            const ulong more = AddressSpace.PageBytes * 16;
            journal.Map(window + (long)capacity * 8, more);
            journal.WriteOwn(at, window.Value);
            journal.WriteOwn(CapacityWord, capacity + more / 8);
        }

        journal.Event(EventKind.Push, at.Value, item.Value, 0, 0, site);
        journal.WriteOwn(ItemAt(count), item.Value);
        journal.WriteOwn(CountWord, count + 1);
    }

    /// <summary>Removes an item, as an event of its own: those behind it move up.</summary>
    public Address RemoveAt(ulong index, int site)
    {
        var count = Count;
        var removed = this[index];
        journal.Event(EventKind.Pop, at.Value, removed.Value, 0, 0, site);
        for (var i = index; i + 1 < count; i++)
            journal.WriteOwn(ItemAt(i), journal.ReadOwn(ItemAt(i + 1)));
        journal.WriteOwn(ItemAt(count - 1), 0);
        journal.WriteOwn(CountWord, count - 1);
        return removed;
    }

    /// <summary>Empties the items that name an address, in the open event.</summary>
    public void Empty(Address item)
    {
        for (var i = 0UL; i < Count; i++)
        {
            if (this[i] == item)
                journal.WriteOwn(ItemAt(i), 0);
        }
    }

    private Address ItemAt(ulong index) => window + (long)index * 8;
}
