using System.Collections.Immutable;
using GcReplay.Heaps.Events;
using GcReplay.Heaps.Memory;
using GcReplay.Simulation.Chaos.Faults;
using GcReplay.Simulation.Interpreters;
using GcReplay.Simulation.Programs;
using GcReplay.Simulation.Recording;
using static GcReplay.Simulation.Collectors.CPython39.ObjectWords;

namespace GcReplay.Simulation.Collectors.CPython39;

/// <summary>CPython 3.9's object life: allocation, counts, roots and slots. Collections: <see cref="Collection"/>, deaths:
/// <see cref="Deallocation"/>, interpreters: <see cref="InterpreterStates"/>, what only this collector's statements do:
/// <see cref="Statements"/>.</summary>
/// <remarks>Source: Modules/gcmodule.c _PyObject_GC_Alloc, PyObject_GC_Del; Include/object.h of 3.9.</remarks>
internal sealed class CPython39Collector : Collector
{
    /// <summary>Name of the tuple that holds weak references while their callbacks are called.</summary>
    public const string TemporaryTuple = "(weakrefs)";

    private readonly ImmutableArray<int> typeKinds;
    private readonly GcLists lists;
    private readonly InterpreterStates states;
    private readonly Collection collection;
    private readonly Deallocation deallocation;
    private readonly Statements statements;
    private readonly int trackAtBirth;
    private readonly Fault storeNotCounted;
    private readonly Fault rootNotCounted;
    private readonly Fault oldReleasedFirst;
    private readonly Fault oldNotReleased;

    public CPython39Collector(
        Process process, CPython39Revision revision, Address statics, ImmutableArray<int> typeKinds, IReadOnlyDictionary<string, string> parameters)
        : base(process)
    {
        this.typeKinds = typeKinds;
        lists = new GcLists(process);
        var freeLists = new FreeLists(this, process, statics);
        var tuples = new Tuples(this, process, freeLists);
        var dicts = new Dicts(this, process, lists, freeLists);
        var weakrefs = new Weakrefs(this, process, lists, tuples);
        var references = new ReferenceWords(this, process);
        var phases = new PhaseSpans(process);
        var reachability = new Reachability(this, process, lists, references, phases);
        var garbageList = new GarbageList(this, process);
        var garbage = new Garbage(this, process, lists, references, reachability, weakrefs, dicts, garbageList);
        deallocation = new Deallocation(this, process, lists, references, weakrefs, dicts, freeLists);
        collection = new Collection(this, process, lists, phases, reachability, garbage, tuples, dicts, freeLists);
        states = new InterpreterStates(this, process, lists, revision, statics, parameters, garbageList);
        statements = new Statements(this, process, lists, tuples, dicts, weakrefs);
        trackAtBirth = process.Site("track-at-birth");
        storeNotCounted = process.Fault(CPython39Faults.StoreNotCounted);
        rootNotCounted = process.Fault(CPython39Faults.RootNotCounted);
        oldReleasedFirst = process.Fault(CPython39Faults.OldReleasedFirst);
        oldNotReleased = process.Fault(CPython39Faults.OldNotReleased);
        TemporaryName = process.Code.NameIds[TemporaryTuple];
    }

    public override ulong InterpreterBytes => states.StructBytes;

    /// <summary>Generation 0's head of the GC state that the present thread uses.</summary>
    public Address State => states.Of(Process.Interpreter);

    public int WeakrefType => TypeIdOf(Kind.Weakref);

    public int TupleType => TypeIdOf(Kind.Tuple);

    public int DictType => TypeIdOf(Kind.Dict);

    /// <summary>Id of <see cref="TemporaryTuple"/>.</summary>
    public int TemporaryName { get; }

    public override void SetUpStatics() => states.SetUpShared();

    public override void InterpreterBegins(Address state) => states.Begin(state);

    public override void InterpreterEnds(Address state)
    {
        collection.Collect(GcState.Generations - 1, isAutomatic: false);
        states.End(state);
    }

    public override Address New(int typeId, int slots, int nameId, int script)
    {
        var kind = KindOfType(typeId);
        var bytes = kind.SlotsAt() + slots * 8;
        var reference = AllocateObject(typeId, bytes, nameId, Process.NextObjectNumber(), Process.InFlightSlot, slots, script);
        if (kind.IsCollected())
            lists.Track(State, reference, trackAtBirth);
        return reference;
    }

    /// <summary>_PyObject_GC_Alloc and PyObject_INIT: memory with every word 0 but the header's; for a GC object the allocation is
    /// counted, and may collect, while it is not tracked yet.</summary>
    /// <param name="bytes">From the object's address on.</param>
    /// <param name="holder">Word that holds the newborn's one reference.</param>
    /// <param name="size">ob_size, of kinds that have it.</param>
    /// <param name="script">Finalizer of a node, -1 for none.</param>
    public Address AllocateObject(int typeId, int bytes, int nameId, ulong number, Address holder, int size = 0, int script = -1)
    {
        var kind = KindOfType(typeId);
        var prefix = kind.IsCollected() ? HeadBytes : 0;
        var total = (ulong)(prefix + bytes);
        var cell = Process.Allocator.Allocate(total, number, DescriptorOf(typeId, nameId));
        Process.CountObject(number);
        var reference = cell + prefix;
        foreach (var address in Process.Journal.Space.NonZeroWords(cell, total))
            Process.Journal.Write(address, 0);
        Process.Journal.Write(reference + RefCount, 1);
        Process.Journal.Write(reference + TypeWord, (ulong)typeId);
        if (size > 0)
            Process.Journal.Write(reference + Size, (ulong)size);
        if (script >= 0)
            Process.Journal.Write(reference + Finalizer, (ulong)script + 1);
        Process.Journal.WriteOwn(holder, reference.Value);
        if (kind.IsCollected())
            CountAllocation();
        return reference;
    }

    public ulong DescriptorOf(int typeId, int nameId) => ObjectEntry.Descriptor(
        typeId, nameId, Process.InterpreterId(Process.Interpreter), KindOfType(typeId).IsCollected() ? HeadBytes / 8 : 0);

    public override int SlotCount(Address reference) => KindOf(reference).IsNode() ? SizeOf(reference) : 0;

    public override Address SlotAddress(Address reference, int index) => reference + KindOf(reference).SlotsAt() + index * 8L;

    public override void StoreSlot(Address reference, Address slot, Address value)
    {
        if (!value.IsNull && !storeNotCounted.Strikes())
            Retain(value, Process.InFlightSlot);
        var old = new Address(Process.Journal.Space.Peek(slot));
        var isReleased = old.IsNull || oldNotReleased.Strikes();
        if (!isReleased && oldReleasedFirst.Strikes())
        {
            isReleased = true;
            Release(old);
        }

        Process.Event(EventKind.Store, reference.Value, slot.Value, value.Value);
        Process.Journal.Write(slot, value.Value);
        if (!value.IsNull)
            Process.Journal.WriteOwn(Process.InFlightSlot, 0);
        if (!isReleased)
            Release(old);
    }

    public override void StoreRoot(Address root, Address value, bool isInFlight)
    {
        if (!value.IsNull && !isInFlight && !rootNotCounted.Strikes())
            Retain(value, Process.InFlightSlot);
        var old = new Address(Process.Journal.ReadOwn(root));
        Process.Event(EventKind.RootStore, root.Value, value.Value);
        Process.Journal.WriteOwn(root, value.Value);
        if (!value.IsNull)
            Process.Journal.WriteOwn(Process.InFlightSlot, 0);
        if (!old.IsNull)
            Release(old);
    }

    /// <summary>As a caller in C does, it holds both objects: what a slot held may run a finalizer that drops them.</summary>
    public override bool CopySlots(Address source, int from, Address target, int to, int count)
    {
        Process.Event(EventKind.Setup, target.Value);
        var held = Process.PushCStack(16);
        Retain(source, held);
        Retain(target, held + 8);
        var copied = base.CopySlots(source, from, target, to, count);
        Release(target, held + 8);
        Release(source, held);
        Process.PopCStack(held);
        return copied;
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

    public override ulong? Run(Statement statement, IOperands operands) => statements.Run(statement, operands);

    /// <summary>How the collector sees an object, by its type word: one whose type word was overwritten is of no kind.</summary>
    public Kind KindOf(Address reference) => KindOfType(LengthOf(Process.Journal.Read(reference + TypeWord)));

    /// <summary>ob_size.</summary>
    public int SizeOf(Address reference) => Length(reference + Size);

    /// <summary>A word as a length: what is no length is 0.</summary>
    public int Length(Address word) => LengthOf(Process.Journal.Read(word));

    /// <summary>_PyObject_GC_MAY_BE_TRACKED: false for what can never be part of a cycle: no GC object, or an untracked tuple.</summary>
    public bool MayBeTracked(Address reference) =>
        KindOf(reference) is var kind && kind.IsCollected() && (kind != Kind.Tuple || lists.IsTracked(reference));

    public void RunFinalizer(Address reference) => RunScript(reference, Length(reference + Finalizer) - 1, "tp_finalize");

    /// <param name="script">Index in the program; -1 for none.</param>
    public void RunScript(Address self, int script, string site)
    {
        // Wild stores reach these words as well: upstream would have called what lies there.
        if (script >= Process.Code.Scripts.Length)
            throw new SimulatedCrash(new Address((ulong)script + 1), isWrite: false);
        Scripts.Run(self, script, site);
    }

    /// <summary>Py_INCREF; the new reference stands in <paramref name="holder"/> from now on.</summary>
    /// <param name="holder">Null for a reference that stands in no word.</param>
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

    /// <summary>tp_free of a dead object: its memory goes back, and its allocation is counted down.</summary>
    public void FreeObject(Address dead, Kind kind)
    {
        if (!kind.IsCollected())
        {
            Process.Allocator.Free(dead);
            return;
        }

        if (lists.IsTracked(dead))
            lists.Untrack(dead, Process.Site("untrack-at-death"));
        FreeMemory(dead);
    }

    /// <summary>PyObject_GC_Del of an untracked object: one allocation less, never below 0.</summary>
    public void FreeMemory(Address dead)
    {
        var word = State + GcState.ThresholdAndCount;
        if (Half(word, true) is var count and not 0)
        {
            Process.Event(EventKind.Counters, State.Value);
            SetHalf(word, true, count - 1);
        }

        Process.Allocator.Free(dead - HeadBytes);
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

    private Kind KindOfType(int typeId) => typeId < typeKinds.Length ? (Kind)typeKinds[typeId] : Kind.None;

    private int TypeIdOf(Kind kind) => Process.Code.TypeId(CPython39Family.KindNames[(int)kind]);

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
}
