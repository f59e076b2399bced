using GcReplay.Heaps.Events;
using GcReplay.Heaps.Memory;
using GcReplay.Simulation.Collectors;
using GcReplay.Simulation.Interpreters;
using static MyCollector.MyCollectorFamily;

namespace MyCollector;

/// <summary>The collector at work. It keeps nothing but words: after each operation it may be thrown away and made again.</summary>
internal sealed class MyCollectorHeap(Process process, Address state, IReadOnlyDictionary<string, string> parameters) : Collector(process)
{
    public override void SetUpStatics()
    {
        Write(state + Enabled, parameters.IsOn("gc.enabled") ? 1UL : 0);
        Write(state + Trigger, parameters.Number("gc.trigger"));
        Write(state + MarkStack, MarkStackStart.Value);
        Process.Journal.Map(MarkStackStart, MarkStackBytes);
    }

    public override Address New(int typeId, int slots, int nameId, int script)
    {
        Pace();
        var reference = Process.NewObject(Address.Null, (ulong)(Slots + slots * 8), typeId, nameId);
        Write(reference + Header, (ulong)typeId);
        Write(reference + Size, (ulong)slots);
        Process.Event(EventKind.Link, Head.Value, reference.Value);
        Write(reference + NextObject, Read(state + Objects));
        Write(state + Objects, reference.Value);
        return reference;
    }

    public override int SlotCount(Address reference) => LengthOf(Read(reference + Size));

    public override Address SlotAddress(Address reference, int index) => reference + Slots + index * 8L;

    public override void StoreSlot(Address reference, Address slot, Address value)
    {
        Process.Event(EventKind.Barrier, reference.Value, slot.Value, value.Value, 0, Process.Site("barrier-idle"));
        Process.Event(EventKind.Store, reference.Value, slot.Value, value.Value);
        Write(slot, value.Value);
    }

    public override ulong Collect(long extent)
    {
        var before = Read(state + Freed);
        Collect(isAutomatic: false);
        return Read(state + Freed) - before;
    }

    public override void SetAutomatic(bool on)
    {
        Process.Event(EventKind.Counters, state.Value);
        Write(state + Enabled, on ? 1UL : 0);
    }

    /// <summary>The list's head as events name it: see the layout.</summary>
    private Address Head => state + Objects - NextObject;

    private Address StackItem(ulong index) => MarkStackStart + (long)index * 8;

    private ulong Read(Address address) => Process.Journal.Read(address);

    private void Write(Address address, ulong value) => Process.Journal.Write(address, value);

    private void Pace()
    {
        Process.Event(EventKind.Counters, state.Value);
        Write(state + Allocated, Read(state + Allocated) + 1);
        if (Read(state + Enabled) == 0)
            return;
        if (Read(state + Allocated) >= Read(state + Trigger) || Process.Choices.Choose(32, "gc.collect-here") == 1)
            Collect(isAutomatic: true);
    }

    private void Collect(bool isAutomatic)
    {
        var freed = Read(state + Freed);
        Process.Event(EventKind.CollectionBegin, 0, (ulong)Process.InterpreterId(Process.Interpreter), state.Value, isAutomatic ? 1UL : 0);
        var begin = Process.Journal.LastEvent;
        Write(state + Allocated, 0);
        Write(state + MyCollectorFamily.Phase, Marking);
        foreach (var slot in Process.RootSlots())
            Visit(Address.Null, slot);
        while (Read(state + MarkStackCount) > 0)
            ScanNext();
        Process.Event(EventKind.Counters, state.Value);
        Write(state + MyCollectorFamily.Phase, Sweeping);
        Sweep();
        Process.Event(EventKind.CollectionEnd, (ulong)begin, Read(state + Freed) - freed);
        Write(state + MyCollectorFamily.Phase, Idle);
    }

    private void Visit(Address reference, Address slot)
    {
        // Peek: what decides is named by the event, so the event comes first; the reads that count come within it.
        var target = new Address(Process.Journal.Peek(slot));
        if (target.IsNull)
            return;
        var acts = (Process.Journal.Peek(target + Header) & MarkedBit) == 0;
        var site = Process.Site(reference.IsNull ? "root" : acts ? "mark" : "marked-before");
        Process.Event(EventKind.Visit, reference.Value, slot.Value, target.Value, acts ? 1UL : 0, site);
        Read(slot);
        var header = Read(target + Header);
        if (acts)
            Push(target, header);
    }

    private void Push(Address reference, ulong header)
    {
        var count = Read(state + MarkStackCount);
        if (count == MarkStackBytes / 8)
            throw Process.Assertion("mark-stack-overflow", state);
        Process.Event(EventKind.Push, (state + MarkStack).Value, reference.Value);
        Write(reference + Header, header | MarkedBit);
        Write(StackItem(count), reference.Value);
        Write(state + MarkStackCount, count + 1);
    }

    private void ScanNext()
    {
        var count = Read(state + MarkStackCount) - 1;
        var reference = new Address(Read(StackItem(count)));
        Process.Event(EventKind.Pop, (state + MarkStack).Value, reference.Value);
        Write(StackItem(count), 0);
        Write(state + MarkStackCount, count);
        Process.Event(EventKind.Scan, reference.Value);
        for (var i = 0; i < SlotCount(reference); i++)
            Visit(reference, SlotAddress(reference, i));
    }

    private void Sweep()
    {
        var link = state + Objects;
        while (Read(link) is var word and not 0)
        {
            var reference = new Address(word);
            var dies = (Read(reference + Header) & MarkedBit) == 0;
            Process.Event(EventKind.Sweep, reference.Value, dies ? 1UL : 0);
            if (dies)
            {
                var next = Read(reference + NextObject);
                Process.Event(EventKind.Unlink, reference.Value, (link - NextObject).Value, next);
                Write(link, next);
                Write(state + Freed, Read(state + Freed) + 1);
                Process.Allocator.Free(reference);
                continue;
            }

            Process.Event(EventKind.Unmark, reference.Value);
            Write(reference + Header, Read(reference + Header) & ~MarkedBit);
            link = reference + NextObject;
        }
    }
}
