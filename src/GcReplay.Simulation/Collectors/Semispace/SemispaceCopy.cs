using GcReplay.Heaps.Events;
using GcReplay.Heaps.Memory;
using GcReplay.Simulation.Chaos.Faults;
using GcReplay.Simulation.Interpreters;
using static GcReplay.Simulation.Collectors.Semispace.SemispaceWords;

namespace GcReplay.Simulation.Collectors.Semispace;

/// <summary>One collection. Invariant while copying: what lies below the scan pointer names only the new space (black), what lies between
/// scan and free may name the old one (grey), and what was not copied is white.</summary>
internal sealed class SemispaceCopy(Process process, Address state)
{
    private readonly Fault rootNotVisited = process.Fault("root-not-visited");
    private readonly Fault slotNotUpdated = process.Fault("slot-not-updated");
    private readonly Fault lastSlotNotVisited = process.Fault("last-slot-not-visited");
    private readonly Fault scanSkipsOne = process.Fault("scan-skips-one");

    public void Run(bool isAutomatic)
    {
        var journal = process.Journal;
        process.Event(EventKind.CollectionBegin, 0, (ulong)process.InterpreterId(process.Interpreter), state.Value, isAutomatic ? 1UL : 0);
        var begin = journal.LastEvent;
        var freed = journal.Read(state + FreedObjects);
        var old = journal.Read(state + Space);
        var oldFree = new Address(journal.Read(state + Free));
        journal.Write(state + Space, 1 - old);
        journal.Write(state + Free, Start(1 - old).Value);
        journal.Write(state + Scan, Start(1 - old).Value);
        journal.Write(state + SemispaceWords.Phase, (ulong)SemispacePhase.Copying);
        foreach (var slot in process.RootSlots())
            Visit(Address.Null, slot);
        while (journal.Read(state + Scan) != journal.Read(state + Free))
            ScanNext();
        GiveBack(Start(old), oldFree);
        process.Event(EventKind.CollectionEnd, (ulong)begin, journal.Read(state + FreedObjects) - freed);
        journal.Write(state + SemispaceWords.Phase, (ulong)SemispacePhase.Idle);
        journal.Write(state + Collections, journal.Read(state + Collections) + 1);
    }

    private ulong BytesOf(Address reference) => Slots + (ulong)Collector.LengthOf(process.Journal.Read(reference + Size)) * 8;

    /// <summary>Makes a slot name the new space. The first one that names an object moves it.</summary>
    private void Visit(Address reference, Address slot)
    {
        var journal = process.Journal;
        var target = new Address(journal.Space.Peek(slot));
        if (target.IsNull || reference.IsNull && rootNotVisited.Strikes())
            return;
        var header = journal.Space.Peek(target + Header);
        var moves = (header & ForwardedBit) == 0;
        process.Event(
            EventKind.Visit, reference.Value, slot.Value, target.Value, moves ? 1UL : 0,
            process.Site(reference.IsNull ? "root" : moves ? "copy" : "copied-before"));
        journal.Read(slot);
        journal.Read(target + Header);
        // A dangling one: the access is a hazard already, and there is no object that could move.
        if (moves && !process.IsLiveObject(target))
            return;
        if (moves)
            journal.Write(slot, Copy(target).Value);
        else if (!slotNotUpdated.Strikes())
            journal.Write(slot, header & AddressMask);
    }

    private Address Copy(Address from)
    {
        var journal = process.Journal;
        var bytes = BytesOf(from);
        var to = process.MoveObject(from, new Address(journal.Read(state + Free)), bytes);
        journal.Write(to + Header, (journal.Read(to + Header) ^ SpaceBit) | GreyBit);
        journal.Write(from + Header, ForwardedBit | to.Value);
        journal.Write(state + Free, (to + (long)bytes).Value);
        return to;
    }

    private void ScanNext()
    {
        var journal = process.Journal;
        var reference = new Address(journal.Read(state + Scan));
        process.Event(EventKind.Scan, reference.Value);
        var slots = scanSkipsOne.Strikes() ? 0 : journal.Read(reference + Size);
        if (slots > 0 && lastSlotNotVisited.Strikes())
            slots--;
        for (var i = 0UL; i < slots; i++)
            Visit(reference, reference + Slots + (long)i * 8);
        process.Event(EventKind.Mark, reference.Value);
        journal.Write(reference + Header, journal.Read(reference + Header) & ~GreyBit);
        journal.Write(state + Scan, (reference + (long)BytesOf(reference)).Value);
    }

    /// <summary>Walks the old space: what moved away left its place, everything else is dead.</summary>
    private void GiveBack(Address from, Address end)
    {
        var journal = process.Journal;
        while (from < end)
        {
            var bytes = BytesOf(from);
            var dies = (journal.Read(from + Header) & ForwardedBit) == 0;
            process.GiveBack(from);
            if (dies)
                journal.Write(state + FreedObjects, journal.Read(state + FreedObjects) + 1);
            from += (long)bytes;
        }
    }
}
