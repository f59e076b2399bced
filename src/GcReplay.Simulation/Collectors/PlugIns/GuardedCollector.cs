using GcReplay.Heaps;
using GcReplay.Heaps.Events;
using GcReplay.Heaps.Layouts;
using GcReplay.Heaps.Memory;
using GcReplay.Simulation.Interpreters;
using GcReplay.Simulation.Programs;
using GcReplay.Simulation.Recording;

namespace GcReplay.Simulation.Collectors.PlugIns;

/// <summary>Stands between the machine and a plug-in's collector. What goes wrong within a call of it is the plug-in's error: what it throws,
/// words that it may not write, events that it may not open, spans that it leaves open.</summary>
internal sealed class GuardedCollector : Collector, IJournalGuard, IScripts
{
    private readonly PlugIn plugIn;
    private readonly Collector inner;
    private readonly IScripts scripts;
    private readonly WriteGuard writes;
    private readonly EventGuard events;
    private readonly IJournalGuard? next;

    /// <summary>What a script's own operations threw: not this call's.</summary>
    private Exception? passing;
    private bool isInside;

    /// <param name="create">Makes the plug-in's collector.</param>
    /// <param name="machine">Makes what runs scripts.</param>
    /// <param name="next">Asked after this one.</param>
    public GuardedCollector(
        PlugIn plugIn, Process process, Region statics, Func<Process, Collector> create, Func<GuardedCollector, IScripts> machine, IJournalGuard? next)
        : base(process)
    {
        this.plugIn = plugIn;
        this.next = next;
        writes = new WriteGuard(process, statics);
        events = new EventGuard(process.Layout, process.Journal.Shadow);
        process.Journal.Guard = this;
        inner = Enter(() => create(process));
        scripts = machine(this);
        inner.Scripts = this;
    }

    public override ulong InterpreterBytes => Enter(() => inner.InterpreterBytes);

    public override void SetUpStatics() => Enter(inner.SetUpStatics);

    public override void InterpreterBegins(Address state) => Enter(() => inner.InterpreterBegins(state));

    public override void InterpreterEnds(Address state) => Enter(() => inner.InterpreterEnds(state));

    public override Address New(int typeId, int slots, int nameId, int script) => Enter(() => inner.New(typeId, slots, nameId, script));

    public override int SlotCount(Address reference) => Enter(() => inner.SlotCount(reference));

    public override Address SlotAddress(Address reference, int index) => Enter(() => inner.SlotAddress(reference, index));

    public override void StoreSlot(Address reference, Address slot, Address value) => Enter(() => inner.StoreSlot(reference, slot, value));

    public override void StoreRoot(Address root, Address value, bool isInFlight) => Enter(() => inner.StoreRoot(root, value, isInFlight));

    public override void RemoveFromFrame(Address thread, int index) => Enter(() => inner.RemoveFromFrame(thread, index));

    public override bool CopySlots(Address source, int from, Address target, int to, int count) =>
        Enter(() => inner.CopySlots(source, from, target, to, count));

    public override Address Prebuild(ulong number, int typeId, int slots, int nameId) => Enter(() => inner.Prebuild(number, typeId, slots, nameId));

    public override void InitialisePrebuilt(Address reference, int index, Address value) =>
        Enter(() => inner.InitialisePrebuilt(reference, index, value));

    public override ulong Collect(long extent) => Enter(() => inner.Collect(extent));

    public override void SetAutomatic(bool on) => Enter(() => inner.SetAutomatic(on));

    public override ulong? Run(Statement statement, IOperands operands) => Enter(() => inner.Run(statement, operands));

    void IJournalGuard.BeforeEvent(in Event e)
    {
        if (isInside && events.Complaint(e) is { } complaint)
            throw new PlugInFault("event", $"{plugIn} {complaint}", new Address(e.A));
    }

    void IJournalGuard.BeforeWrite(Address address)
    {
        // Unmapped memory is a crash, which the write itself finds.
        if (isInside && Process.Journal.Space.IsMapped(address) && !writes.Allows(address))
            throw new PlugInFault("write", $"{plugIn} writes {address}, which is none of its words: neither its statics nor a region of it, an object or a root", address);
        next?.BeforeWrite(address);
    }

    void IScripts.Run(Address self, int script, string site)
    {
        var was = isInside;
        isInside = false;
        try
        {
            scripts.Run(self, script, site);
        }
        catch (Exception e)
        {
            passing = e;
            throw;
        }
        finally
        {
            isInside = was;
        }
    }

    private void Enter(Action action) => Enter(() =>
    {
        action();
        return 0;
    });

    private T Enter<T>(Func<T> function)
    {
        var was = isInside;
        var thread = Process.Journal.Thread;
        var span = Process.Journal.Shadow.InnermostSpan(thread);
        isInside = true;
        try
        {
            var result = function();
            if (Process.Journal.Shadow.InnermostSpan(thread) is var open && open != span)
                throw new PlugInFault("span", $"{plugIn} leaves the span open that event {open} began");
            return result;
        }
        catch (Exception e) when (IsItsError(e))
        {
            var place = plugIn.PlaceOf(e);
            throw new PlugInFault("exception", $"{plugIn} threw {e.GetType().Name}: {e.Message.TrimEnd('.')}{(place.Length == 0 ? "" : $", in {place}")}");
        }
        finally
        {
            isInside = was;
        }
    }

    /// <summary>Not the faults of the simulated process, what ends a run from outside, and what a trace's file can not take.</summary>
    private bool IsItsError(Exception e) => e switch
    {
        SimulatedFault or SimulatedExit or StoppedByObserver or OperationCanceledException or GcReplayException => false,
        IOException or UnauthorizedAccessException => !Process.Journal.IsHandingOver,
        _ => !ReferenceEquals(e, passing),
    };
}
