using GcReplay.Heaps.Events;
using GcReplay.Heaps.Memory;
using GcReplay.Simulation.Chaos.Faults;
using GcReplay.Simulation.Interpreters;
using static GcReplay.Simulation.Collectors.MarkSweep.MarkSweepWords;

namespace GcReplay.Simulation.Collectors.MarkSweep;

/// <summary>Objects, barrier and pacing. Invariant while marking: a black object never points at a white one. Roots are grey:
/// they are visited once more, in one go, when the mark stack is empty. New objects are black while marking.</summary>
internal sealed class MarkSweepCollector(Process process, Address state, IReadOnlyDictionary<string, string> parameters) : Collector(process)
{
    private readonly MarkSweepCycle cycle = new(process, state);
    private readonly Fault barrierLeftOut = process.Fault("barrier-left-out");
    private readonly Fault bornWhite = process.Fault("born-white");

    private MarkSweepPhase Phase => (MarkSweepPhase)Process.Journal.Read(state + MarkSweepWords.Phase);

    public override void SetUpStatics()
    {
        Process.Journal.WriteOwn(state + Enabled, parameters.IsOn("gc.enabled") ? 1UL : 0);
        Process.Journal.WriteOwn(state + Trigger, parameters.Number("gc.trigger"));
        Process.Journal.WriteOwn(state + Budget, parameters.Number("gc.budget"));
        Process.Journal.WriteOwn(state + MarkStack, MarkStackStart);
        Process.Journal.Map(new Address(MarkStackStart), MarkStackBytes);
        ulong[] divisors = [1, 4, 20, 200];
        var divisor = divisors[Process.Choices.Choose(divisors.Length, "gc.trigger")];
        Process.Event(EventKind.Counters, state.Value);
        Process.Journal.WriteOwn(state + Trigger, Math.Max(1, Process.Journal.ReadOwn(state + Trigger) / divisor));
    }

    public override Address New(int typeId, int slots, int nameId, int script)
    {
        Pace();
        var reference = Process.NewObject(Address.Null, (ulong)(Slots + slots * 8), typeId, nameId);
        var isMarking = Phase == MarkSweepPhase.Marking && !bornWhite.Strikes();
        Process.Journal.Write(reference + Header, (uint)typeId | (isMarking ? BlackBit : 0));
        Process.Journal.Write(reference + Size, (ulong)slots);
        cycle.Link(reference, Objects, Process.Site(isMarking ? "born-black" : "born-white"));
        return reference;
    }

    public override int SlotCount(Address reference) => LengthOf(Process.Journal.Read(reference + Size));

    public override Address SlotAddress(Address reference, int index) => reference + Slots + index * 8L;

    public override void StoreSlot(Address reference, Address slot, Address value)
    {
        Barrier(reference, slot, value);
        Process.Event(EventKind.Store, reference.Value, slot.Value, value.Value);
        Process.Journal.Write(slot, value.Value);
    }

    public override ulong Collect(long extent)
    {
        var before = Process.Journal.Read(state + FreedObjects);
        if (extent is -2 or -3)
        {
            cycle.Increment(isAutomatic: false);
        }
        else
        {
            cycle.Finish();
            cycle.Increment(isAutomatic: false);
            cycle.Finish();
        }

        return Process.Journal.Read(state + FreedObjects) - before;
    }

    public override void SetAutomatic(bool on)
    {
        Process.Event(EventKind.Counters, state.Value);
        Process.Journal.WriteOwn(state + Enabled, on ? 1UL : 0);
    }

    /// <summary>Runs an increment every so many allocations.</summary>
    private void Pace()
    {
        Process.Event(EventKind.Counters, state.Value);
        var allocated = Process.Journal.Read(state + Allocated) + 1;
        Process.Journal.Write(state + Allocated, allocated);
        if (Process.Journal.Read(state + Enabled) == 0)
            return;
        if (allocated >= Process.Journal.Read(state + Trigger) || Process.Choices.Choose(32, "gc.increment-here") == 1)
            cycle.Increment(isAutomatic: true);
    }

    private void Barrier(Address reference, Address slot, Address value)
    {
        var site = BarrierSite(reference, value);
        var acts = site == "barrier-greys-target";
        Process.Event(EventKind.Barrier, reference.Value, slot.Value, value.Value, acts ? 1UL : 0, Process.Site(site));
        if (acts && !barrierLeftOut.Strikes())
            cycle.Grey(value);
    }

    private string BarrierSite(Address reference, Address value)
    {
        if (Phase != MarkSweepPhase.Marking)
            return "barrier-idle";
        if ((Process.Journal.Read(reference + Header) & BlackBit) == 0)
            return "barrier-source-not-black";
        return value.IsNull || !cycle.IsWhite(value) ? "barrier-target-not-white" : "barrier-greys-target";
    }
}
