using GcReplay.Heaps.Memory;
using GcReplay.Simulation.Recording;

namespace GcReplay.Simulation.Collectors.Incminimark;

/// <summary>A table from addresses to addresses in words, with open addressing: where it lies, its places, and how many are taken.
/// It grows where it is, in a range of its own.</summary>
/// <remarks>Source: rpython/memory/support.py, AddressDict; the way it hashes is our own.</remarks>
internal sealed class AddressMap(Journal journal, Address at, Address window)
{
    public const int Bytes = 24;

    private const ulong FirstCapacity = 256;

    private Address CapacityWord => at + 8;

    private Address CountWord => at + 16;

    public Address Address => at;

    public ulong Count => journal.ReadOwn(CountWord);

    private ulong Capacity => journal.ReadOwn(CapacityWord);

    /// <summary>The value of a key; null when it has none.</summary>
    public Address Get(Address key)
    {
        if (Count == 0)
            return Address.Null;
        var place = Place(key);
        return journal.ReadOwn(place) == 0 ? Address.Null : new Address(journal.ReadOwn(place + 8));
    }

    /// <summary>Sees to it that there is a place for one more key; may open a Map event.</summary>
    public void Prepare()
    {
        var capacity = Capacity;
        if ((Count + 1) * 2 <= capacity)
            return;
        var old = Entries();
        var larger = capacity == 0 ? FirstCapacity : capacity * 2;
        journal.Map(window + (long)capacity * 16, (larger - capacity) * 16);
        Clear();
        journal.WriteOwn(at, window.Value);
        journal.WriteOwn(CapacityWord, larger);
        foreach (var (key, value) in old)
            Set(key, value);
    }

    /// <summary>Sets the value of a key, in the open event; <see cref="Prepare"/> comes first.</summary>
    public void Set(Address key, Address value)
    {
        var place = Place(key);
        if (journal.ReadOwn(place) == 0)
        {
            journal.WriteOwn(place, key.Value);
            journal.WriteOwn(CountWord, Count + 1);
        }

        journal.WriteOwn(place + 8, value.Value);
    }

    /// <summary>Removes all keys, in the open event.</summary>
    public void Clear()
    {
        if (Count == 0)
            return;
        foreach (var word in journal.Space.NonZeroWords(window, Capacity * 16))
            journal.WriteOwn(word, 0);
        journal.WriteOwn(CountWord, 0);
    }

    /// <summary>Keys and values, in the order of their places.</summary>
    public List<(Address Key, Address Value)> Entries()
    {
        var entries = new List<(Address, Address)>();
        if (Count == 0)
            return entries;
        foreach (var word in journal.Space.NonZeroWords(window, Capacity * 16))
        {
            if ((word.Value & 8) == 0)
                entries.Add((new Address(journal.ReadOwn(word)), new Address(journal.ReadOwn(word + 8))));
        }

        return entries;
    }

    private Address Place(Address key)
    {
        var mask = Capacity - 1;
        // Fibonacci hashing: neighbours in memory lie far apart in the table.
        var index = unchecked((key.Value >> 3) * 0x9E37_79B9_7F4A_7C15) >> 32 & mask;
        while (journal.ReadOwn(window + (long)index * 16) is var there and not 0 && there != key.Value)
            index = index + 1 & mask;
        return window + (long)index * 16;
    }
}
