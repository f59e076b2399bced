using GcReplay.Heaps.Events;
using GcReplay.Heaps.Memory;
using GcReplay.Simulation.Chaos.Faults;
using GcReplay.Simulation.Interpreters;
using GcReplay.Simulation.Recording;
using static GcReplay.Simulation.Collectors.StoreBuffer.GenerationalWords;

namespace GcReplay.Simulation.Collectors.StoreBuffer;

/// <summary>Empties the nursery: what roots and remembered objects reach moves to the old generation, the rest is dead. Invariant: a
/// promoted object is on the mark stack until its own slots name no young object.</summary>
internal sealed class MinorCollection(Process process, GenerationalHeap heap, RememberedObjects remembered)
{
    private readonly Journal journal = process.Journal;
    private readonly Fault rootNotVisited = process.Fault("root-not-visited");
    private readonly Fault promotedNotScanned = process.Fault("promoted-not-scanned");
    private readonly Fault slotNotUpdated = process.Fault("slot-not-updated");
    private readonly Fault lastSlotNotVisited = process.Fault("last-slot-not-visited");

    public void Run(bool isAutomatic)
    {
        process.Event(EventKind.CollectionBegin, 0, (ulong)process.InterpreterId(process.Interpreter), heap.State.Value, isAutomatic ? 1UL : 0);
        var begin = journal.LastEvent;
        var freed = heap[FreedObjects];
        heap[GenerationalWords.Phase] = (ulong)GenerationalPhase.Minor;
        remembered.Drain("buffer-drained");
        foreach (var slot in process.RootSlots())
            Visit(Address.Null, slot);
        while (heap[RememberedCount] > 0)
            Scan(remembered.Forget());
        while (heap[MarkStackCount] > 0)
            Scan(heap.Pop(MarkStack));
        GiveBackNursery();
        process.Event(EventKind.CollectionEnd, (ulong)begin, heap[FreedObjects] - freed);
        heap[GenerationalWords.Phase] = (ulong)GenerationalPhase.Idle;
        heap[Minors]++;
    }

    private void Scan(Address reference)
    {
        process.Event(EventKind.Scan, reference.Value);
        var slots = heap.SlotsOf(reference);
        if (slots > 0 && lastSlotNotVisited.Strikes())
            slots--;
        for (var i = 0; i < slots; i++)
            Visit(reference, reference + Slots + i * 8L);
    }

    private void Visit(Address reference, Address slot)
    {
        var target = new Address(journal.Space.Peek(slot));
        if (target.IsNull || reference.IsNull && rootNotVisited.Strikes())
            return;
        var header = journal.Space.Peek(target + Header);
        var isYoung = GenerationalHeap.IsYoung(target);
        var moves = isYoung && (header & ForwardedBit) == 0;
        process.Event(
            EventKind.Visit, reference.Value, slot.Value, target.Value, moves ? 1UL : 0,
            process.Site(moves ? "promote" : isYoung ? "promoted-before" : "old-already"));
        journal.Read(slot);
        // A dangling one: the access is a hazard already, and there is no object that could move.
        if (moves && !process.IsLiveObject(target))
            return;
        if (moves)
            Promote(target, slot);
        else if (isYoung && !slotNotUpdated.Strikes())
            journal.Write(slot, header & AddressMask);
    }

    private void Promote(Address from, Address slot)
    {
        var bytes = heap.BytesOf(from);
        var to = process.MoveObject(from, Address.Null, bytes);
        journal.Write(from + Header, ForwardedBit | to.Value);
        journal.Write(slot, to.Value);
        heap.Adopt(to, bytes);
        if (!promotedNotScanned.Strikes())
            heap.Push(MarkStack, to);
    }

    private void GiveBackNursery()
    {
        var end = new Address(heap[NurseryFree]);
        for (var at = Nursery; at < end;)
        {
            var bytes = heap.BytesOf(at);
            var dies = !heap.Has(ForwardedBit, at);
            process.GiveBack(at);
            if (dies)
                heap[FreedObjects]++;
            at += (long)bytes;
        }

        process.Event(EventKind.Counters, heap.State.Value);
        heap[NurseryFree] = Nursery.Value;
    }
}
