using GcReplay.Heaps.Events;
using GcReplay.Heaps.Memory;
using GcReplay.Simulation.Chaos.Faults;
using GcReplay.Simulation.Interpreters;
using static GcReplay.Simulation.Collectors.MarkSweep.MarkSweepWords;

namespace GcReplay.Simulation.Collectors.MarkSweep;

/// <summary>One major cycle, in increments: idle, marking, sweeping, idle.</summary>
/// <remarks>Source: GC Handbook, algorithms 2.2, 2.3 and 15.1.</remarks>
internal sealed class MarkSweepCycle(Process process, Address state)
{
    private readonly Fault rootNotVisited = process.Fault("root-not-visited");
    private readonly Fault lastSlotNotVisited = process.Fault("last-slot-not-visited");
    private readonly Fault pushLost = process.Fault("push-lost");
    private readonly Fault blackSwept = process.Fault("black-swept");
    private readonly Fault blackNotCleared = process.Fault("black-not-cleared");
    private readonly Fault linkNotRestored = process.Fault("sweep-link-not-restored");

    private MarkSweepPhase Phase => (MarkSweepPhase)process.Journal.Read(state + MarkSweepWords.Phase);

    private Address StackItem(ulong index) => new Address(process.Journal.Read(state + MarkStack)) + (long)index * 8;

    public bool IsWhite(Address reference) => (process.Journal.Read(reference + Header) & (GreyBit | BlackBit)) == 0;

    /// <summary>Runs increments until the heap is idle.</summary>
    public void Finish()
    {
        while (Phase != MarkSweepPhase.Idle)
            Increment(isAutomatic: false);
    }

    /// <summary>Does a budget's worth of marking or sweeping; starts a cycle when none is under way.</summary>
    public void Increment(bool isAutomatic)
    {
        process.Event(EventKind.CollectionBegin, 0, (ulong)process.InterpreterId(process.Interpreter), state.Value, isAutomatic ? 1UL : 0);
        var begin = process.Journal.LastEvent;
        var freed = process.Journal.Read(state + FreedObjects);
        process.Journal.Write(state + Allocated, 0);
        if (Phase == MarkSweepPhase.Idle)
            process.Journal.Write(state + MarkSweepWords.Phase, (ulong)MarkSweepPhase.Marking);
        var phase = Phase;
        process.Event(EventKind.PhaseBegin, (ulong)phase, state.Value);
        var phaseBegin = process.Journal.LastEvent;
        if (phase == MarkSweepPhase.Marking)
            Mark();
        else
            Sweep();
        process.Event(EventKind.PhaseEnd, (ulong)phaseBegin);
        process.Event(EventKind.CollectionEnd, (ulong)begin, process.Journal.Read(state + FreedObjects) - freed);
    }

    /// <summary>Makes a white object grey, in events of its own.</summary>
    public void Grey(Address reference)
    {
        var count = process.Journal.Read(state + MarkStackCount);
        if (count == MarkStackBytes / 8)
            throw process.Assertion("mark-stack-overflow", state);
        process.Event(EventKind.Push, (state + MarkStack).Value, reference.Value);
        process.Journal.Write(reference + Header, process.Journal.Read(reference + Header) | GreyBit);
        if (pushLost.Strikes())
            return;
        process.Journal.WriteOwn(StackItem(count), reference.Value);
        process.Journal.Write(state + MarkStackCount, count + 1);
    }

    /// <summary>Puts an object in front of one of the heap's lists.</summary>
    /// <param name="list">Offset of the list's first link.</param>
    public void Link(Address reference, int list, int site)
    {
        process.Event(EventKind.Link, Head(list).Value, reference.Value, 0, 0, site);
        LinkFirst(reference, list);
    }

    private Address Head(int list) => state + list - NextObject;

    private void LinkFirst(Address reference, int list)
    {
        process.Journal.Write(reference + NextObject, process.Journal.Read(state + list));
        process.Journal.Write(state + list, reference.Value);
    }

    private void Mark()
    {
        var budget = process.Journal.Read(state + Budget);
        if (process.Journal.Read(state + MarkStackCount) == 0)
            VisitRoots();
        for (; budget > 0 && process.Journal.Read(state + MarkStackCount) > 0; budget--)
            ScanNext();
        if (process.Journal.Read(state + MarkStackCount) > 0)
            return;
        // Roots have no barrier: what they point at now is marked in one go, then nothing is grey and white is garbage.
        VisitRoots();
        while (process.Journal.Read(state + MarkStackCount) > 0)
            ScanNext();
        process.Event(EventKind.Splice, Head(Objects).Value, Head(ToSweep).Value);
        process.Journal.Write(state + ToSweep, process.Journal.Read(state + Objects));
        process.Journal.Write(state + Objects, 0);
        process.Event(EventKind.Counters, state.Value);
        process.Journal.Write(state + MarkSweepWords.Phase, (ulong)MarkSweepPhase.Sweeping);
    }

    private void VisitRoots()
    {
        foreach (var slot in process.RootSlots())
            Visit(Address.Null, slot);
    }

    private void Visit(Address reference, Address slot)
    {
        var target = new Address(process.Journal.Space.Peek(slot));
        if (target.IsNull || reference.IsNull && rootNotVisited.Strikes())
            return;
        var acts = (process.Journal.Space.Peek(target + Header) & (GreyBit | BlackBit)) == 0;
        process.Event(
            EventKind.Visit, reference.Value, slot.Value, target.Value, acts ? 1UL : 0, reference.IsNull ? process.Site("root") : 0);
        process.Journal.Read(slot);
        if (acts)
            Grey(target);
    }

    private void ScanNext()
    {
        var count = process.Journal.Read(state + MarkStackCount) - 1;
        var reference = new Address(process.Journal.ReadOwn(StackItem(count)));
        process.Event(EventKind.Pop, (state + MarkStack).Value, reference.Value);
        process.Journal.WriteOwn(StackItem(count), 0);
        process.Journal.Write(state + MarkStackCount, count);
        process.Event(EventKind.Scan, reference.Value);
        var slots = process.Journal.Read(reference + Size);
        if (slots > 0 && lastSlotNotVisited.Strikes())
            slots--;
        for (var i = 0UL; i < slots; i++)
            Visit(reference, reference + Slots + (long)i * 8);
        process.Event(EventKind.Mark, reference.Value);
        process.Journal.Write(reference + Header, (process.Journal.Read(reference + Header) & ~GreyBit) | BlackBit);
    }

    private void Sweep()
    {
        var budget = process.Journal.Read(state + Budget);
        for (; budget > 0 && process.Journal.Read(state + ToSweep) is var first and not 0; budget--)
            SweepNext(new Address(first));
        if (process.Journal.Read(state + ToSweep) != 0)
            return;
        process.Event(EventKind.Counters, state.Value);
        process.Journal.Write(state + MarkSweepWords.Phase, (ulong)MarkSweepPhase.Idle);
        process.Journal.Write(state + Cycles, process.Journal.Read(state + Cycles) + 1);
    }

    private void SweepNext(Address reference)
    {
        var dies = (process.Journal.Space.Peek(reference + Header) & BlackBit) == 0 || blackSwept.Strikes();
        process.Event(EventKind.Sweep, reference.Value, dies ? 1UL : 0);
        process.Journal.Read(reference + Header);
        var next = process.Journal.Read(reference + NextObject);
        if (dies)
        {
            process.Event(EventKind.Unlink, reference.Value, Head(ToSweep).Value, next);
            if (!linkNotRestored.Strikes())
                process.Journal.Write(state + ToSweep, next);
            process.Journal.Write(reference + NextObject, 0);
            process.Journal.Write(state + FreedObjects, process.Journal.Read(state + FreedObjects) + 1);
            process.Allocator.Free(reference);
            return;
        }

        process.Event(EventKind.Relink, reference.Value, Head(Objects).Value);
        process.Journal.Write(state + ToSweep, next);
        LinkFirst(reference, Objects);
        process.Event(EventKind.Unmark, reference.Value);
        if (blackNotCleared.Strikes())
            return;
        process.Journal.Write(reference + Header, process.Journal.Read(reference + Header) & ~BlackBit);
    }
}
