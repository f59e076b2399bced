using GcReplay.Heaps;
using GcReplay.Heaps.Events;
using GcReplay.Heaps.Memory;
using GcReplay.Simulation.Interpreters;
using GcReplay.Simulation.Programs;

namespace GcReplay.Simulation.Collectors.Incminimark;

/// <summary>What the statements do that only this collector has.</summary>
internal sealed class Statements(
    GcContext gc, Allocation allocation, WriteBarriers barriers, Collections collections, Shadows shadows, Pins pins, int weakrefType)
{
    private readonly int newWeakref = gc.Site("malloc_weakref");
    private readonly int registers = gc.Site("register_finalizer");
    private readonly int nextDead = gc.Site("next_dead");
    private readonly int barrierOnce = gc.Site("fill-without-barrier");
    private readonly int knob = gc.Site("knob");

    private GcWords Words => gc.Words;

    private Process Process => gc.Process;

    /// <returns>The result, or null when the statement was skipped.</returns>
    public ulong? Run(Statement statement, IOperands operands) => statement.Operation.Name switch
    {
        "read" => Read(operands),
        "write" => Write(operands),
        "fill" => Fill(operands),
        "weakref" => NewWeakref(operands),
        "readweak" => ReadWeak(operands),
        "pin" => operands.Reference(0) is { IsNull: false } reference ? pins.Pin(reference) ? 1UL : 0 : null,
        "unpin" => (ulong)operands.Number(0) < Words.Pins.Count ? pins.Unpin((ulong)operands.Number(0)) ? 1UL : 0 : null,
        "id" => operands.Reference(0) is { IsNull: false } reference ? shadows.IdOf(reference).Value : null,
        "finalizer" => RegisterFinalizer(operands.Reference(0)),
        "nextdead" => NextDead(operands),
        "singlestep" => SetSingleStep(operands.Number(0) != 0),
        "majorthreshold" => SetThreshold(operands.Decimal(0)),
        "advance" => Advance((GcState)operands.Number(0)),
        _ => throw new BrokenAssumptionException($"incminimark has no operation '{statement.Operation.Name}'"),
    };

    /// <summary>Writes a slot behind the barrier of its object's shape.</summary>
    public void Store(Address reference, Address slot, Address value)
    {
        if (gc.Objects.KindOf(gc.Objects.Peek(reference)) == Kind.Array)
            barriers.WriteBarrierFromArray(reference, (int)((slot - reference - Kinds.FirstReference) / 8), value);
        else
            barriers.WriteBarrier(reference, value);
        Process.Event(EventKind.Store, reference.Value, slot.Value, value.Value);
        gc.Journal.Write(slot, value.Value);
    }

    private Address Slot(Address reference, long index) =>
        reference.IsNull || index >= gc.Objects.ReferenceCount(reference, gc.Objects.KindOf(reference))
            ? Address.Null
            : ObjectModel.ReferenceAt(reference, (int)index);

    private ulong? Read(IOperands operands)
    {
        var reference = operands.Reference(0);
        var slot = Slot(reference, operands.Number(1));
        if (slot.IsNull || !operands.HasDestination)
            return null;
        Process.Event(EventKind.Load, reference.Value, slot.Value, gc.Objects.Peek(slot));
        var value = new Address(gc.Journal.Read(slot));
        operands.Deliver(value, false);
        return value.Value;
    }

    private ulong? Write(IOperands operands)
    {
        var reference = operands.Reference(0);
        var slot = Slot(reference, operands.Number(1));
        if (slot.IsNull)
            return null;
        Store(reference, slot, operands.Reference(2));
        return 1;
    }

    private ulong? Fill(IOperands operands)
    {
        var reference = operands.Reference(0);
        var value = operands.Reference(1);
        if (reference.IsNull)
            return null;
        barriers.WriteBarrier(reference, value);
        var count = gc.Objects.ReferenceCount(reference, gc.Objects.KindOf(reference));
        for (var i = 0; i < count; i++)
        {
            var slot = ObjectModel.ReferenceAt(reference, i);
            Process.Event(EventKind.Store, reference.Value, slot.Value, value.Value, 0, barrierOnce);
            gc.Journal.Write(slot, value.Value);
        }

        return 1;
    }

    private ulong? NewWeakref(IOperands operands)
    {
        if (operands.Reference(0).IsNull || !operands.HasDestination)
            return null;
        var weakref = allocation.New(weakrefType, 0, operands.Name(1));
        Words.YoungObjectsWithWeakrefs.Append(weakref, newWeakref);
        // The allocation may have moved the target. The pointer is written without a barrier: it keeps nothing alive.
        var target = operands.Reference(0);
        var slot = weakref + Kinds.WeakTarget;
        Process.Event(EventKind.Store, weakref.Value, slot.Value, target.Value, 0, newWeakref);
        gc.Journal.Write(slot, target.Value);
        operands.Deliver(weakref, true);
        return weakref.Value;
    }

    private ulong? ReadWeak(IOperands operands)
    {
        var weakref = operands.Reference(0);
        if (weakref.IsNull || gc.Objects.KindOf(weakref) != Kind.Weakref || !operands.HasDestination)
            return null;
        var slot = weakref + Kinds.WeakTarget;
        Process.Event(EventKind.Load, weakref.Value, slot.Value, gc.Objects.Peek(slot));
        var target = new Address(gc.Journal.Read(slot));
        if (target.IsNull)
            return null;
        operands.Deliver(target, false);
        return target.Value;
    }

    private ulong? RegisterFinalizer(Address reference)
    {
        if (reference.IsNull)
            return null;
        Words.ProbablyYoungObjectsWithFinalizers.Append(reference, registers);
        return 1;
    }

    private ulong? NextDead(IOperands operands)
    {
        if (Words.RunFinalizers.IsEmpty || !operands.HasDestination)
            return null;
        var reference = Words.RunFinalizers.PopLeft(nextDead);
        operands.Deliver(reference, false);
        return reference.Value;
    }

    private ulong? SetSingleStep(bool on)
    {
        Words.Counters(knob);
        Words.SingleStep = on;
        return 1;
    }

    private ulong? SetThreshold(double bytes)
    {
        Words.Counters(knob);
        Words.NextMajorCollectionThreshold = bytes;
        return 1;
    }

    private ulong? Advance(GcState state)
    {
        collections.StepUntil(state);
        return 1;
    }
}
