using GcReplay.Heaps.Events;
using GcReplay.Heaps.Memory;
using GcReplay.Simulation.Interpreters;
using GcReplay.Simulation.Recording;
using static GcReplay.Simulation.Collectors.StoreBuffer.GenerationalWords;

namespace GcReplay.Simulation.Collectors.StoreBuffer;

/// <summary>The words that both collections and the barrier share: flags, vectors, the list of old objects.</summary>
internal sealed class GenerationalHeap(Process process, Address state)
{
    private readonly Journal journal = process.Journal;

    public ulong this[int offset]
    {
        get => journal.Read(state + offset);
        set => journal.Write(state + offset, value);
    }

    public Address State => state;

    public static bool IsYoung(Address reference) => reference >= Nursery && reference < Nursery + (long)NurseryBytesMax;

    public bool Has(ulong bit, Address reference) => (journal.Read(reference + Header) & bit) != 0;

    public void Set(ulong bit, Address reference) => journal.Write(reference + Header, journal.Read(reference + Header) | bit);

    public void Reset(ulong bit, Address reference) => journal.Write(reference + Header, journal.Read(reference + Header) & ~bit);

    public int SlotsOf(Address reference) => Collector.LengthOf(journal.Read(reference + Size));

    public ulong BytesOf(Address reference) => Slots + (ulong)SlotsOf(reference) * 8;

    /// <summary>Appends an object to a vector, in a Push event.</summary>
    /// <param name="vector">Offset of the address of its first item; its count stands behind that.</param>
    public void Push(int vector, Address reference, int site = 0)
    {
        var count = this[vector + 8];
        if (count == ContainerBytes / 8)
            throw process.Assertion("container-overflow", state);
        process.Event(EventKind.Push, (state + vector).Value, reference.Value, 0, 0, site);
        journal.WriteOwn(ItemAt(vector, count), reference.Value);
        this[vector + 8] = count + 1;
    }

    /// <summary>Takes the last object of a vector, in a Pop event.</summary>
    public Address Pop(int vector)
    {
        var count = this[vector + 8] - 1;
        var reference = new Address(journal.ReadOwn(ItemAt(vector, count)));
        process.Event(EventKind.Pop, (state + vector).Value, reference.Value);
        journal.WriteOwn(ItemAt(vector, count), 0);
        this[vector + 8] = count;
        return reference;
    }

    /// <summary>Takes an object into the old generation, in a Link event.</summary>
    public void Adopt(Address reference, ulong bytes, int site = 0)
    {
        process.Event(EventKind.Link, Head(Objects).Value, reference.Value, 0, 0, site);
        LinkFirst(reference);
        this[OldBytes] += bytes;
    }

    public void LinkFirst(Address reference)
    {
        journal.Write(reference + NextObject, this[Objects]);
        this[Objects] = reference.Value;
    }

    public Address Head(int list) => state + list - NextObject;

    private Address ItemAt(int vector, ulong index) => new Address(this[vector]) + (long)index * 8;
}
