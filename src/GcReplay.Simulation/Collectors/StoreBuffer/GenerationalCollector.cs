using GcReplay.Heaps.Events;
using GcReplay.Heaps.Memory;
using GcReplay.Simulation.Interpreters;
using static GcReplay.Simulation.Collectors.StoreBuffer.GenerationalWords;

namespace GcReplay.Simulation.Collectors.StoreBuffer;

/// <summary>Objects, barrier and pacing.</summary>
internal sealed class GenerationalCollector : Collector
{
    private readonly IReadOnlyDictionary<string, string> parameters;
    private readonly GenerationalHeap heap;
    private readonly RememberedObjects remembered;
    private readonly MinorCollection minor;
    private readonly MajorCollection major;

    public GenerationalCollector(Process process, Address state, IReadOnlyDictionary<string, string> parameters)
        : base(process)
    {
        this.parameters = parameters;
        heap = new GenerationalHeap(process, state);
        remembered = new RememberedObjects(process, heap);
        minor = new MinorCollection(process, heap, remembered);
        major = new MajorCollection(process, heap);
    }

    public override void SetUpStatics()
    {
        ulong[] divisors = [1, 2, 8, 64];
        var words = parameters.Number("gc.nursery") / divisors[Process.Choices.Choose(divisors.Length, "gc.nursery")];
        var items = parameters.Number("gc.buffer") / divisors[Process.Choices.Choose(divisors.Length, "gc.buffer")];
        var nursery = Math.Clamp((words * 8 + AddressSpace.PageBytes - 1) / AddressSpace.PageBytes, 1, NurseryBytesMax / AddressSpace.PageBytes) * AddressSpace.PageBytes;
        Process.Journal.Map(Nursery, nursery);
        Process.Journal.Map(BufferStart, ContainerBytes);
        Process.Journal.Map(RememberedStart, ContainerBytes);
        Process.Journal.Map(MarkStackStart, ContainerBytes);
        Process.Event(EventKind.Setup, heap.State.Value);
        heap[Enabled] = parameters.IsOn("gc.enabled") ? 1UL : 0;
        heap[NurseryBytes] = nursery;
        heap[NurseryFree] = Nursery.Value;
        heap[ThresholdMin] = parameters.Number("gc.threshold") * 8;
        heap[Threshold] = heap[ThresholdMin];
        heap[GenerationalWords.Buffer] = BufferStart.Value;
        heap[BufferItems] = Math.Clamp(items, 1, ContainerBytes / 8);
        heap[Remembered] = RememberedStart.Value;
        heap[MarkStack] = MarkStackStart.Value;
        heap[OldGeneration] = (heap.State + Lists).Value;
    }

    public override Address New(int typeId, int slots, int nameId, int script)
    {
        var bytes = (ulong)(Slots + slots * 8);
        var isLarge = bytes > heap[NurseryBytes] / 4;
        if (heap[Enabled] != 0)
            Pace(isLarge, bytes);
        var isYoung = !isLarge && Fits(bytes);
        var reference = Process.NewObject(isYoung ? new Address(heap[NurseryFree]) : Address.Null, bytes, typeId, nameId);
        Process.Journal.Write(reference + Header, (uint)typeId);
        Process.Journal.Write(reference + Size, (ulong)slots);
        if (isYoung)
            heap[NurseryFree] += bytes;
        else
            heap.Adopt(reference, bytes, Process.Site("born-old"));
        return reference;
    }

    public override int SlotCount(Address reference) => heap.SlotsOf(reference);

    public override Address SlotAddress(Address reference, int index) => reference + Slots + index * 8L;

    public override void StoreSlot(Address reference, Address slot, Address value)
    {
        remembered.Store(reference, slot, value);
        Process.Event(EventKind.Store, reference.Value, slot.Value, value.Value);
        Process.Journal.Write(slot, value.Value);
    }

    public override ulong Collect(long extent)
    {
        var before = heap[FreedObjects];
        minor.Run(isAutomatic: false);
        if (extent is -1 or > 0)
            major.Run(isAutomatic: false);
        return heap[FreedObjects] - before;
    }

    public override void SetAutomatic(bool on)
    {
        Process.Event(EventKind.Counters, heap.State.Value);
        heap[Enabled] = on ? 1UL : 0;
    }

    private bool Fits(ulong bytes) => heap[NurseryFree] + bytes <= Nursery.Value + heap[NurseryBytes];

    private void Pace(bool isLarge, ulong bytes)
    {
        var chosen = Process.Choices.Choose(48, "gc.collect-here");
        if (isLarge && heap[OldBytes] + bytes <= heap[Threshold] && chosen is not (1 or 2))
            return;
        if (!isLarge && Fits(bytes) && chosen is not (1 or 2))
            return;
        minor.Run(isAutomatic: true);
        if (heap[OldBytes] + (isLarge ? bytes : 0) > heap[Threshold] || chosen == 2)
            major.Run(isAutomatic: true);
    }
}
