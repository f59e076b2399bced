using GcReplay.Heaps.Events;
using GcReplay.Heaps.Memory;
using GcReplay.Simulation.Interpreters;
using static GcReplay.Simulation.Collectors.Semispace.SemispaceWords;

namespace GcReplay.Simulation.Collectors.Semispace;

/// <summary>Objects, roots and the size of the spaces. Objects are born behind each other in one space, the other one is empty.</summary>
internal sealed class SemispaceCollector(Process process, Address state, IReadOnlyDictionary<string, string> parameters) : Collector(process)
{
    private readonly SemispaceCopy copy = new(process, state);

    private ulong Used => Process.Journal.Read(state + Free) - Start(Process.Journal.Read(state + Space)).Value;

    public override void SetUpStatics()
    {
        var journal = Process.Journal;
        journal.WriteOwn(state + Enabled, parameters.IsOn("gc.enabled") ? 1UL : 0);
        journal.WriteOwn(state + Free, Start(0).Value);
        ulong[] divisors = [1, 2, 8, 64];
        var words = Math.Max(1, parameters.Number("gc.space") / divisors[Process.Choices.Choose(divisors.Length, "gc.space")]);
        Grow(Pages(words * 8), 0);
    }

    public override Address New(int typeId, int slots, int nameId, int script)
    {
        var bytes = (ulong)(Slots + slots * 8);
        MakeRoom(bytes);
        var journal = Process.Journal;
        var reference = Process.NewObject(new Address(journal.Read(state + Free)), bytes, typeId, nameId);
        journal.Write(reference + Header, (uint)typeId | journal.Read(state + Space) << SpaceShift);
        journal.Write(reference + Size, (ulong)slots);
        journal.Write(state + Free, (reference + (long)bytes).Value);
        return reference;
    }

    public override int SlotCount(Address reference) => LengthOf(Process.Journal.Read(reference + Size));

    public override Address SlotAddress(Address reference, int index) => reference + Slots + index * 8L;

    public override void StoreSlot(Address reference, Address slot, Address value)
    {
        Process.Event(EventKind.Store, reference.Value, slot.Value, value.Value);
        Process.Journal.Write(slot, value.Value);
    }

    public override ulong Collect(long extent)
    {
        var before = Process.Journal.Read(state + FreedObjects);
        copy.Run(isAutomatic: false);
        return Process.Journal.Read(state + FreedObjects) - before;
    }

    public override void SetAutomatic(bool on)
    {
        Process.Event(EventKind.Counters, state.Value);
        Process.Journal.WriteOwn(state + Enabled, on ? 1UL : 0);
    }

    /// <summary>Collects when there is no room, then lets the spaces grow until half of one would be free.</summary>
    private void MakeRoom(ulong bytes)
    {
        var size = Process.Journal.Read(state + SpaceBytes);
        if (Process.Journal.Read(state + Enabled) != 0 && (Used + bytes > size || Process.Choices.Choose(32, "gc.collect-here") == 1))
            copy.Run(isAutomatic: true);
        else if (Used + bytes <= size)
            return;
        var wanted = size;
        while (wanted < 2 * (Used + bytes))
            wanted *= 2;
        if (wanted > SpaceBytesMax)
            throw Process.Assertion("space-exhausted", state, bytes);
        if (wanted > size)
            Grow(wanted, size);
    }

    private void Grow(ulong to, ulong from)
    {
        Process.Journal.Map(Start(0) + (long)from, to - from);
        Process.Journal.Map(Start(1) + (long)from, to - from);
        Process.Event(EventKind.Counters, state.Value, 0, 0, 0, Process.Site("space-grows"));
        Process.Journal.WriteOwn(state + SpaceBytes, to);
    }

    private static ulong Pages(ulong bytes) => (bytes + AddressSpace.PageBytes - 1) / AddressSpace.PageBytes * AddressSpace.PageBytes;
}
