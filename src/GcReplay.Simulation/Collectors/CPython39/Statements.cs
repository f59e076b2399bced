using GcReplay.Heaps;
using GcReplay.Heaps.Events;
using GcReplay.Heaps.Memory;
using GcReplay.Simulation.Interpreters;
using GcReplay.Simulation.Programs;

namespace GcReplay.Simulation.Collectors.CPython39;

/// <summary>What the statements do that only this collector has.</summary>
/// <remarks>Order of references: what is read is held before an allocation, which may collect; the result is delivered last.</remarks>
internal sealed class Statements(CPython39Collector collector, Process process, GcLists lists, Tuples tuples, Dicts dicts, Weakrefs weakrefs)
{
    /// <returns>The result, or null when the statement was skipped.</returns>
    public ulong? Run(Statement statement, IOperands operands) => statement.Operation.Name switch
    {
        "track" => Track(operands.Reference(0)),
        "untrack" => Untrack(operands.Reference(0)),
        "threshold" => SetThresholds(operands),
        "freeze" => Freeze(),
        "unfreeze" => Unfreeze(),
        "weakref" => NewWeakref(operands),
        "deref" => Deref(operands),
        "tuple" => NewTuple(operands),
        "tupleitem" => TupleItem(operands),
        "dict" => NewDict(operands),
        "dictset" => DictSet(operands),
        "dictdel" => DictDelete(operands),
        "dictget" => DictGet(operands),
        _ => throw new BrokenAssumptionException($"cpython39 has no operation '{statement.Operation.Name}'"),
    };

    private Kind KindOf(Address reference) => reference.IsNull ? Kind.None : collector.KindOf(reference);

    private bool IsTrackable(Address reference) => KindOf(reference) is var kind && kind.IsNode() && kind.IsCollected();

    private ulong? Track(Address reference)
    {
        if (!IsTrackable(reference) || lists.IsTracked(reference))
            return null;
        lists.Track(collector.State, reference, process.Site("track-by-program"));
        return 1;
    }

    private ulong? Untrack(Address reference)
    {
        if (!IsTrackable(reference) || !lists.IsTracked(reference))
            return null;
        lists.Untrack(reference, process.Site("untrack-by-program"));
        return 1;
    }

    private ulong? SetThresholds(IOperands operands)
    {
        process.Event(EventKind.Counters, collector.State.Value);
        for (var i = 0; i < GcState.Generations; i++)
            collector.SetHalf(collector.State + (i * GcState.GenerationBytes) + GcState.ThresholdAndCount, false, (uint)operands.Number(i));
        return 1;
    }

    private ulong? Freeze()
    {
        var state = collector.State;
        for (var i = 0; i < GcState.Generations; i++)
        {
            lists.Merge(state + i * GcState.GenerationBytes, state + GcState.Permanent);
            process.Event(EventKind.Counters, state.Value);
            collector.SetHalf(state + (i * GcState.GenerationBytes) + GcState.ThresholdAndCount, true, 0);
        }

        return 1;
    }

    private ulong? Unfreeze()
    {
        lists.Merge(collector.State + GcState.Permanent, collector.State + (GcState.Generations - 1) * GcState.GenerationBytes);
        return 1;
    }

    private ulong? NewWeakref(IOperands operands)
    {
        var target = operands.Reference(0);
        if (!KindOf(target).IsNode() || !operands.HasDestination)
            return null;
        var held = process.PushCStack(8);
        collector.Retain(target, held);
        var weakref = collector.AllocateObject(
            collector.WeakrefType, WeakrefWords.Bytes, operands.Name(1), process.NextObjectNumber(), process.InFlightSlot);
        lists.Track(collector.State, weakref, process.Site("track-at-birth"));
        weakrefs.Attach(weakref, target, operands.Script(2));
        collector.Release(target, held);
        process.PopCStack(held);
        operands.Deliver(weakref, true);
        return weakref.Value;
    }

    private ulong? Deref(IOperands operands)
    {
        var weakref = operands.Reference(0);
        if (KindOf(weakref) != Kind.Weakref || !operands.HasDestination)
            return null;
        var slot = weakref + WeakrefWords.Target;
        process.Event(EventKind.Load, weakref.Value, slot.Value, process.Journal.Space.Peek(slot));
        var target = new Address(process.Journal.Read(slot));
        // PyWeakref_GET_OBJECT: what the trashcan put off is dead, though its weak references are not cleared yet.
        if (!target.IsNull && process.Journal.Read(target + ObjectWords.RefCount) == 0)
            target = Address.Null;
        operands.Deliver(target, false);
        return target.Value;
    }

    private ulong? NewTuple(IOperands operands)
    {
        const int first = 1;
        var length = operands.Count - first;
        for (var i = 0; i < length; i++)
        {
            if (operands.Reference(first + i).IsNull)
                return null;
        }

        if (!operands.HasDestination)
            return null;
        var held = process.PushCStack(length * 8);
        for (var i = 0; i < length; i++)
            collector.Retain(operands.Reference(first + i), held + i * 8L);
        var tuple = tuples.New(length, operands.Name(0), process.NextObjectNumber(), process.InFlightSlot);
        for (var i = 0; i < length; i++)
        {
            var item = process.Journal.ReadOwn(held + i * 8L);
            var slot = tuple + TupleWords.Items + i * 8L;
            process.Event(EventKind.Store, tuple.Value, slot.Value, item);
            process.Journal.Write(slot, item);
            process.Journal.WriteOwn(held + i * 8L, 0);
        }

        lists.Track(collector.State, tuple, process.Site("track-at-birth"));
        process.PopCStack(held);
        operands.Deliver(tuple, true);
        return tuple.Value;
    }

    private ulong? TupleItem(IOperands operands)
    {
        var tuple = operands.Reference(0);
        if (KindOf(tuple) != Kind.Tuple || operands.Number(1) >= collector.SizeOf(tuple) || !operands.HasDestination)
            return null;
        return Load(tuple, tuple + TupleWords.Items + operands.Number(1) * 8L, operands);
    }

    private ulong? NewDict(IOperands operands)
    {
        if (!operands.HasDestination)
            return null;
        var dict = dicts.New(operands.Name(0), process.NextObjectNumber(), process.InFlightSlot);
        operands.Deliver(dict, true);
        return dict.Value;
    }

    private ulong? DictSet(IOperands operands)
    {
        var dict = operands.Reference(0);
        var value = operands.Reference(2);
        if (KindOf(dict) != Kind.Dict || value.IsNull)
            return null;
        dicts.Set(dict, (ulong)operands.Number(1), value);
        return 1;
    }

    private ulong? DictDelete(IOperands operands)
    {
        var dict = operands.Reference(0);
        if (KindOf(dict) != Kind.Dict || dicts.Find(dict, (ulong)operands.Number(1)) is not (>= 0 and var index))
            return null;
        dicts.Delete(dict, index);
        return 1;
    }

    private ulong? DictGet(IOperands operands)
    {
        var dict = operands.Reference(0);
        if (KindOf(dict) != Kind.Dict || !operands.HasDestination || dicts.Find(dict, (ulong)operands.Number(1)) is not (>= 0 and var index))
            return null;
        return Load(dict, dicts.ValueAt(dict, index), operands);
    }

    private ulong? Load(Address from, Address slot, IOperands operands)
    {
        process.Event(EventKind.Load, from.Value, slot.Value, process.Journal.Space.Peek(slot));
        var value = new Address(process.Journal.Read(slot));
        if (value.IsNull)
            return null;
        operands.Deliver(value, false);
        return value.Value;
    }
}
