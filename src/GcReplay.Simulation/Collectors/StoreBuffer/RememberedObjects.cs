using GcReplay.Heaps.Events;
using GcReplay.Heaps.Memory;
using GcReplay.Simulation.Chaos.Faults;
using GcReplay.Simulation.Interpreters;
using static GcReplay.Simulation.Collectors.StoreBuffer.GenerationalWords;

namespace GcReplay.Simulation.Collectors.StoreBuffer;

/// <summary>Which old objects may name young ones. Invariant between collections: an old object that does is in the store buffer, perhaps
/// several times, or has REMEMBERED set and is in the remembered set, once.</summary>
internal sealed class RememberedObjects(Process process, GenerationalHeap heap)
{
    private readonly Fault barrierLeftOut = process.Fault("barrier-left-out");
    private readonly Fault rememberLost = process.Fault("remember-lost");
    private readonly Fault rememberedNotCleared = process.Fault("remembered-not-cleared");

    /// <summary>The write barrier.</summary>
    public void Store(Address reference, Address slot, Address value)
    {
        var site = SiteOf(reference, value);
        var acts = site == "barrier-records";
        process.Event(EventKind.Barrier, reference.Value, slot.Value, value.Value, acts ? 1UL : 0, process.Site(site));
        if (!acts || barrierLeftOut.Strikes())
            return;
        if (heap[BufferCount] == heap[BufferItems])
            Drain("buffer-full");
        heap.Push(GenerationalWords.Buffer, reference);
    }

    /// <summary>Empties the store buffer. Last in, first out: the order of the remembered set does not matter.</summary>
    public void Drain(string site)
    {
        process.Event(EventKind.Counters, heap.State.Value, 0, 0, 0, process.Site(site));
        while (heap[BufferCount] > 0)
        {
            var reference = heap.Pop(GenerationalWords.Buffer);
            var isNew = !heap.Has(RememberedBit, reference);
            process.Event(EventKind.Flag, reference.Value, (reference + Header).Value, 0, 0, process.Site(isNew ? "remember" : "remembered-twice"));
            if (!isNew || rememberLost.Strikes())
                continue;
            heap.Set(RememberedBit, reference);
            heap.Push(Remembered, reference);
        }
    }

    /// <summary>Takes an object out of the remembered set.</summary>
    public Address Forget()
    {
        var reference = heap.Pop(Remembered);
        if (!rememberedNotCleared.Strikes())
            heap.Reset(RememberedBit, reference);
        return reference;
    }

    private string SiteOf(Address reference, Address value)
    {
        if (GenerationalHeap.IsYoung(reference))
            return "barrier-source-young";
        if (!GenerationalHeap.IsYoung(value))
            return "barrier-target-old";
        return heap.Has(RememberedBit, reference) ? "barrier-remembered" : "barrier-records";
    }
}
