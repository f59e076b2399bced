using System.Collections.Immutable;
using System.Globalization;
using GcReplay.Heaps.Events;
using GcReplay.Heaps.Memory;
using GcReplay.Simulation.Interpreters;
using GcReplay.Simulation.Programs;
using static GcReplay.Simulation.Collectors.CPython39.ObjectWords;

namespace GcReplay.Simulation.Collectors.CPython39;

/// <summary>CPython 3.9's object life: allocation, counts, tracking, interpreters. Collections: <see cref="Collection"/>, deaths:
/// <see cref="Deallocation"/>.</summary>
/// <remarks>Source: Modules/gcmodule.c _PyObject_GC_Alloc, PyObject_GC_Del, _PyGC_Fini; Python/pylifecycle.c Py_EndInterpreter.</remarks>
internal sealed class CPython39Collector : Collector
{
    private const int PlainKind = 0;

    private readonly CPython39Revision revision;
    private readonly Address statics;
    private readonly ImmutableArray<int> typeKinds;
    private readonly IReadOnlyDictionary<string, string> parameters;
    private readonly GcLists lists;
    private readonly Collection collection;
    private readonly Deallocation deallocation;

    public CPython39Collector(
        Process process, CPython39Revision revision, Address statics, ImmutableArray<int> typeKinds, IReadOnlyDictionary<string, string> parameters)
        : base(process)
    {
        this.revision = revision;
        this.statics = statics;
        this.typeKinds = typeKinds;
        this.parameters = parameters;
        lists = new GcLists(process);
        deallocation = new Deallocation(this, process, lists);
        collection = new Collection(this, process, lists);
    }

    public override ulong InterpreterBytes => (ulong)revision.InterpreterBytes;

    /// <summary>Generation 0's head of the GC state that the present thread uses.</summary>
    public Address State => StateOf(Process.Interpreter);

    public override void SetUpStatics()
    {
        if (!revision.KeepsStatePerInterpreter)
            InitState(statics + GcState.Before);
    }

    public override void InterpreterBegins(Address state)
    {
        if (revision.KeepsStatePerInterpreter)
            InitState(StateOf(state));
    }

    public override void InterpreterEnds(Address state)
    {
        collection.CollectFull(isAutomatic: false);
        if (revision.UntracksAtInterpreterEnd)
            UntrackSurvivors(StateOf(state));
    }

    public override Address New(int typeId, int slots, int nameId)
    {
        var isCollected = IsCollected(typeId);
        var prefix = isCollected ? HeadBytes : 0;
        var number = Process.NextObjectNumber();
        var bytes = (ulong)(prefix + Slots + slots * 8);
        var birthplace = Process.InterpreterId(Process.Interpreter);
        var cell = Process.Allocator.Allocate(bytes, number, ObjectEntry.Descriptor(typeId, nameId, birthplace, prefix / 8));
        Process.CountObject();
        var reference = cell + prefix;
        foreach (var address in Process.Journal.Space.NonZeroWords(cell, bytes))
            Process.Journal.Write(address, 0);
        Process.Journal.Write(reference + RefCount, 1);
        Process.Journal.Write(reference + TypeWord, (ulong)typeId);
        Process.Journal.Write(reference + Size, (ulong)slots);
        Process.Journal.WriteOwn(Process.InFlightSlot, reference.Value);
        if (isCollected)
        {
            CountAllocation();
            lists.Track(State, reference, Process.Site("track-at-birth"));
        }

        return reference;
    }

    public override int SlotCount(Address reference) => LengthOf(Process.Journal.Read(reference + Size));

    public override Address SlotAddress(Address reference, int index) => reference + Slots + index * 8L;

    public override void StoreSlot(Address reference, Address slot, Address value)
    {
        if (!value.IsNull)
            Retain(value, Process.InFlightSlot);
        var old = new Address(Process.Journal.Space.Peek(slot));
        Process.Event(EventKind.Store, reference.Value, slot.Value, value.Value);
        Process.Journal.Write(slot, value.Value);
        if (!value.IsNull)
            Process.Journal.WriteOwn(Process.InFlightSlot, 0);
        if (!old.IsNull)
            Release(old);
    }

    public override void StoreRoot(Address root, Address value, bool isInFlight)
    {
        if (!value.IsNull && !isInFlight)
            Retain(value, Process.InFlightSlot);
        var old = new Address(Process.Journal.ReadOwn(root));
        Process.Event(EventKind.RootStore, root.Value, value.Value);
        Process.Journal.WriteOwn(root, value.Value);
        if (!value.IsNull)
            Process.Journal.WriteOwn(Process.InFlightSlot, 0);
        if (!old.IsNull)
            Release(old);
    }

    public override void RemoveFromFrame(Address thread, int index)
    {
        var frame = Process.FrameBase(thread);
        var old = new Address(Process.Journal.ReadOwn(frame + index * 8L));
        FrameShift.Remove(Process, thread, index);
        if (!old.IsNull)
            Release(old);
    }

    public override ulong Collect(long extent) => extent switch
    {
        -1 => collection.Collect(GcState.Generations - 1, isAutomatic: false),
        // CPython has no increments: the nearest thing is the youngest generation.
        -2 or -3 => collection.Collect(0, isAutomatic: false),
        _ => collection.Collect((int)Math.Min(extent, GcState.Generations - 1), isAutomatic: false),
    };

    public override void SetAutomatic(bool on)
    {
        Process.Event(EventKind.Counters, State.Value);
        SetHalf(State + GcState.NestingAndEnabled, true, on ? 1U : 0);
    }

    public override ulong? Run(Statement statement, IOperands operands) => statement.Operation.Name switch
    {
        "track" => Track(operands.Reference(0)),
        "untrack" => Untrack(operands.Reference(0)),
        "threshold" => SetThresholds(operands),
        "freeze" => Freeze(),
        "unfreeze" => Unfreeze(),
        _ => null,
    };

    /// <summary>Whether an object of this type has a PyGC_Head; one whose type word was overwritten has none.</summary>
    public bool IsCollected(int typeId) => typeId < typeKinds.Length && typeKinds[typeId] == PlainKind;

    public int TypeOf(Address reference) => LengthOf(Process.Journal.Read(reference + TypeWord));

    /// <summary>Py_INCREF; the new reference stands in <paramref name="holder"/> from now on.</summary>
    /// <param name="holder">Null for a reference that nobody will ever give back.</param>
    public void Retain(Address reference, Address holder)
    {
        var count = unchecked(Process.Journal.Space.Peek(reference + RefCount) + 1);
        Process.Event(EventKind.Retain, reference.Value, count);
        Process.Journal.Read(reference + RefCount);
        Process.Journal.Write(reference + RefCount, count);
        if (!holder.IsNull)
            Process.Journal.WriteOwn(holder, reference.Value);
    }

    /// <summary>Py_DECREF; at 0 the object dies, with everything that dies with it.</summary>
    /// <param name="holder">Word that held the reference until now; null when it was overwritten already.</param>
    public void Release(Address reference, Address holder = default)
    {
        var left = Decrement(reference);
        if (!holder.IsNull)
            Process.Journal.WriteOwn(holder, 0);
        if (left == 0)
            deallocation.Run(reference);
    }

    /// <summary>Takes one off the count and gives what is left; the caller deals with 0.</summary>
    public ulong Decrement(Address reference)
    {
        var count = unchecked(Process.Journal.Space.Peek(reference + RefCount) - 1);
        Process.Event(EventKind.Release, reference.Value, count);
        Process.Journal.Read(reference + RefCount);
        Process.Journal.Write(reference + RefCount, count);
        return count;
    }

    /// <summary>PyObject_GC_Del's count: one less allocation, never below 0.</summary>
    public void UncountAllocation()
    {
        var word = State + GcState.ThresholdAndCount;
        var count = Half(word, true);
        if (count == 0)
            return;
        Process.Event(EventKind.Counters, State.Value);
        SetHalf(word, true, count - 1);
    }

    public uint Half(Address word, bool high)
    {
        var value = Process.Journal.Read(word);
        return (uint)(high ? value >> 32 : value & uint.MaxValue);
    }

    public void SetHalf(Address word, bool high, uint value)
    {
        var old = Process.Journal.Read(word);
        Process.Journal.Write(word, high ? (old & uint.MaxValue) | (ulong)value << 32 : (old & ~(ulong)uint.MaxValue) | value);
    }

    private Address StateOf(Address interpreter) =>
        revision.KeepsStatePerInterpreter ? interpreter + revision.StateOffset : statics + GcState.Before;

    private void InitState(Address state)
    {
        uint[] thresholds = [Setting("gc.threshold0", 700), Setting("gc.threshold1", 10), Setting("gc.threshold2", 10)];
        // Smaller first thresholds than the real one, too: they bring collections that a small program would never see.
        uint[] perturbed = [thresholds[0], 1, 7, 50];
        thresholds[0] = perturbed[Process.Choices.Choose(perturbed.Length, "gc.threshold0")];
        for (var i = 0; i < GcState.Generations; i++)
        {
            lists.Init(state + i * GcState.GenerationBytes);
            Process.Journal.Write(state + (i * GcState.GenerationBytes) + GcState.ThresholdAndCount, thresholds[i]);
        }

        lists.Init(state + GcState.Permanent);
        Process.Event(EventKind.Counters, state.Value);
        Process.Journal.Write(state + GcState.Generation0, state.Value);
        SetHalf(state + GcState.NestingAndEnabled, true, parameters.GetValueOrDefault("gc.enabled", "on") == "on" ? 1U : 0);
    }

    private uint Setting(string key, uint otherwise) =>
        parameters.TryGetValue(key, out var text) ? uint.Parse(text, NumberStyles.None, CultureInfo.InvariantCulture) : otherwise;

    private void CountAllocation()
    {
        var state = State;
        Process.Event(EventKind.Counters, state.Value);
        var word = state + GcState.ThresholdAndCount;
        var count = unchecked(Half(word, true) + 1);
        SetHalf(word, true, count);
        if (Half(state + GcState.NestingAndEnabled, true) == 0 || Process.Journal.Read(state + GcState.Collecting) != 0)
            return;
        var threshold = Half(word, false);
        if (threshold != 0 && count > threshold)
            collection.CollectGenerations();
        else if (Process.Choices.Choose(64, "gc.collect-here") == 1)
            collection.Collect(0, isAutomatic: true, Process.Site("gc.collect-here"));
    }

    private ulong? Track(Address reference)
    {
        if (reference.IsNull || !IsCollected(TypeOf(reference)) || lists.IsTracked(reference))
            return null;
        lists.Track(State, reference, 0);
        return 1;
    }

    private ulong? Untrack(Address reference)
    {
        if (reference.IsNull || !IsCollected(TypeOf(reference)) || !lists.IsTracked(reference))
            return null;
        lists.Untrack(reference);
        return 1;
    }

    private ulong? SetThresholds(IOperands operands)
    {
        Process.Event(EventKind.Counters, State.Value);
        for (var i = 0; i < GcState.Generations; i++)
            SetHalf(State + (i * GcState.GenerationBytes) + GcState.ThresholdAndCount, false, (uint)operands.Number(i));
        return 1;
    }

    private ulong? Freeze()
    {
        for (var i = 0; i < GcState.Generations; i++)
        {
            lists.Merge(State + i * GcState.GenerationBytes, State + GcState.Permanent);
            Process.Event(EventKind.Counters, State.Value);
            SetHalf(State + (i * GcState.GenerationBytes) + GcState.ThresholdAndCount, true, 0);
        }

        return 1;
    }

    private ulong? Unfreeze()
    {
        lists.Merge(State + GcState.Permanent, State + (GcState.Generations - 1) * GcState.GenerationBytes);
        return 1;
    }

    private void UntrackSurvivors(Address state)
    {
        for (var i = 0; i < GcState.Generations; i++)
        {
            var head = state + i * GcState.GenerationBytes;
            for (var node = lists.NextOf(head); node != head; node = lists.NextOf(head))
            {
                var reference = GcLists.ObjectOf(node);
                lists.Untrack(reference, Process.Site("untrack-at-end"));
                if (revision.LeaksSurvivorsAtInterpreterEnd)
                    Retain(reference, Address.Null);
            }
        }
    }
}
