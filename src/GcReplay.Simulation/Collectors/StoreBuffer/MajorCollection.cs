using GcReplay.Heaps.Events;
using GcReplay.Heaps.Memory;
using GcReplay.Simulation.Chaos.Faults;
using GcReplay.Simulation.Interpreters;
using GcReplay.Simulation.Recording;
using static GcReplay.Simulation.Collectors.StoreBuffer.GenerationalWords;

namespace GcReplay.Simulation.Collectors.StoreBuffer;

/// <summary>Marks and sweeps the old generation, in one stop. The nursery is empty, nothing is remembered.</summary>
internal sealed class MajorCollection(Process process, GenerationalHeap heap)
{
    private readonly Journal journal = process.Journal;
    private readonly Fault markNotPushed = process.Fault("mark-not-pushed");
    private readonly Fault markedSwept = process.Fault("marked-swept");
    private readonly Fault markNotCleared = process.Fault("mark-not-cleared");

    public void Run(bool isAutomatic)
    {
        process.Event(EventKind.CollectionBegin, 1, (ulong)process.InterpreterId(process.Interpreter), heap.State.Value, isAutomatic ? 1UL : 0);
        var begin = journal.LastEvent;
        var freed = heap[FreedObjects];
        heap[GenerationalWords.Phase] = (ulong)GenerationalPhase.Marking;
        foreach (var slot in process.RootSlots())
            Visit(Address.Null, slot);
        while (heap[MarkStackCount] > 0)
            Scan(heap.Pop(MarkStack));
        process.Event(EventKind.Splice, heap.Head(Objects).Value, heap.Head(ToSweep).Value);
        heap[ToSweep] = heap[Objects];
        heap[Objects] = 0;
        heap[GenerationalWords.Phase] = (ulong)GenerationalPhase.Sweeping;
        while (heap[ToSweep] is var first and not 0)
            Sweep(new Address(first));
        process.Event(EventKind.CollectionEnd, (ulong)begin, heap[FreedObjects] - freed);
        heap[GenerationalWords.Phase] = (ulong)GenerationalPhase.Idle;
        heap[Threshold] = Math.Max(heap[ThresholdMin], 2 * heap[OldBytes]);
        heap[Majors]++;
    }

    private void Scan(Address reference)
    {
        process.Event(EventKind.Scan, reference.Value);
        var slots = heap.SlotsOf(reference);
        for (var i = 0; i < slots; i++)
            Visit(reference, reference + Slots + i * 8L);
    }

    private void Visit(Address reference, Address slot)
    {
        var target = new Address(journal.Space.Peek(slot));
        if (target.IsNull)
            return;
        var acts = (journal.Space.Peek(target + Header) & MarkedBit) == 0;
        process.Event(
            EventKind.Visit, reference.Value, slot.Value, target.Value, acts ? 1UL : 0,
            process.Site(reference.IsNull ? "root" : acts ? "mark" : "marked-before"));
        journal.Read(slot);
        if (!acts)
            return;
        if (!markNotPushed.Strikes())
            heap.Push(MarkStack, target);
        heap.Set(MarkedBit, target);
    }

    private void Sweep(Address reference)
    {
        var dies = !heap.Has(MarkedBit, reference) || markedSwept.Strikes();
        process.Event(EventKind.Sweep, reference.Value, dies ? 1UL : 0);
        var next = journal.Read(reference + NextObject);
        if (dies)
        {
            process.Event(EventKind.Unlink, reference.Value, heap.Head(ToSweep).Value, next);
            heap[ToSweep] = next;
            heap[OldBytes] -= heap.BytesOf(reference);
            heap[FreedObjects]++;
            journal.Write(reference + NextObject, 0);
            process.Allocator.Free(reference);
            return;
        }

        process.Event(EventKind.Relink, reference.Value, heap.Head(Objects).Value);
        heap[ToSweep] = next;
        heap.LinkFirst(reference);
        process.Event(EventKind.Unmark, reference.Value);
        if (!markNotCleared.Strikes())
            heap.Reset(MarkedBit, reference);
    }
}
