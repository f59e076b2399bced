using GcReplay.Heaps.Events;
using GcReplay.Heaps.Memory;
using GcReplay.Simulation.Collectors;
using GcReplay.Simulation.Programs;

namespace GcReplay.Simulation.Interpreters;

/// <summary>What each row of the operation table does, for every collector.</summary>
/// <remarks>An operation may run scripts, whose operations run here within it: what it needs afterwards it names again.</remarks>
public sealed class Operations(Process process, Collector collector) : IOperands
{
    private Statement statement = null!;

    /// <summary>Runs a statement of the present thread.</summary>
    /// <returns>Its result, or null when it was skipped.</returns>
    public ulong? Run(Statement next, Machine machine)
    {
        var outer = statement;
        statement = next;
        var result = Perform(machine);
        statement = outer;
        return result;
    }

    /// <summary>Whether the statement has to wait for a thread that still runs: a join, or the end of an interpreter that has others.</summary>
    public bool MustWait(Statement next, out int other)
    {
        other = -1;
        if (next.Operation == OperationTable.Join)
            other = (int)next.Operands[0]!.Number;
        else if (next.Operation == OperationTable.End && process.InterpreterStruct((int)next.Operands[0]!.Number) is var state && !HasFrameIn(process.Thread, state))
            other = ThreadIn(state, isDaemon: false);
        return other >= 0 && process.ThreadStatus(other) == RuntimeWords.ThreadStatus.Running;
    }

    public int Count => statement.Operands.Length;

    public long Number(int operand) => statement.Operands[operand]!.Number;

    public double Decimal(int operand) => statement.Operands[operand]!.Decimal;

    public int Name(int operand) => statement.Operands[operand] is { } text ? process.Code.NameIds[text.Text] : 0;

    public int Script(int operand) => statement.Operands[operand] is { } script ? (int)script.Number : -1;

    public Address Reference(int operand)
    {
        var named = statement.Operands[operand]!;
        if (named.Root == RootKind.Self)
            return new Address(process.Journal.ReadOwn(process.Script + RuntimeWords.Script.Self));
        var root = RootAddress(named.Root, named.Number);
        return root.IsNull ? Address.Null : new Address(process.Journal.ReadOwn(root));
    }

    /// <summary>Allocates an interpreter's struct, links it and lets the collector fill its part.</summary>
    public void CreateInterpreter(int index)
    {
        var state = process.AllocateRuntime(collector.InterpreterBytes, RuntimeWords.InterpreterType, index);
        // Still in the Allocate event: from its first moment the struct says whose it is.
        process.Journal.WriteOwn(state + RuntimeWords.Interpreter.Id, (ulong)index);
        process.Event(EventKind.InterpreterBegin, (ulong)index, state.Value);
        process.Journal.WriteOwn(state + RuntimeWords.Interpreter.Next, process.RootWord(RuntimeWords.Root.InterpretersHead));
        process.SetRootWord(RuntimeWords.Root.InterpretersHead, state.Value);
        process.SetRootWord(process.Code.InterpreterTable + index * 8, state.Value);
        if (index == 0)
            process.SetRootWord(RuntimeWords.Root.MainInterpreter, state.Value);
        collector.InterpreterBegins(state);
    }

    private ulong? Perform(Machine machine) => statement.Operation.Name switch
    {
        "new" => New(),
        "load" => Load(),
        "store" => Store(),
        "clear" => Clear(),
        "arraycopy" => ArrayCopy(),
        "copy" => Copy(),
        "drop" => Drop(),
        "collect" => collector.Collect(statement.Operands[0]?.Number ?? -1),
        "enable" => SetAutomatic(true),
        "disable" => SetAutomatic(false),
        "interpreter" => NewInterpreter(),
        "enter" => Enter(),
        "end" => EndInterpreter(),
        "spawn" => Spawn(machine, isDaemon: false),
        "daemon" => Spawn(machine, isDaemon: true),
        "join" => Join(),
        _ => collector.Run(statement, this),
    };

    private Address RootAddress(RootKind kind, long index)
    {
        if (kind == RootKind.Global)
            return process.GlobalSlot((int)index);
        if (kind == RootKind.Prebuilt)
            return process.PrebuiltSlot((int)index);
        var thread = process.Thread;
        return index < process.FrameCount(thread) ? process.FrameBase(thread) + index * 8 : Address.Null;
    }

    private Address Slot(Address reference, long index) =>
        reference.IsNull || index < 0 || index >= collector.SlotCount(reference) ? Address.Null : collector.SlotAddress(reference, (int)index);

    /// <summary>Whether the destination can take a reference: a place of the frame must be there.</summary>
    public bool HasDestination =>
        statement.Destination is not { Kind: RootKind.Frame, Index: >= 0 } place || place.Index < process.FrameCount(process.Thread);

    private ulong? New()
    {
        if (!HasDestination)
            return null;
        var reference = collector.New(process.Code.TypeId(Number(0)), (int)Number(1), Name(2), Script(3));
        Deliver(reference, true);
        return reference.Value;
    }

    private ulong? Load()
    {
        var reference = Reference(0);
        var slot = Slot(reference, Number(1));
        if (slot.IsNull || !HasDestination)
            return null;
        process.Event(EventKind.Load, reference.Value, slot.Value, process.Journal.Space.Peek(slot));
        var value = new Address(process.Journal.Read(slot));
        if (value.IsNull)
            return null;
        Deliver(value, false);
        return value.Value;
    }

    private ulong? Store()
    {
        var reference = Reference(0);
        var slot = Slot(reference, Number(1));
        var value = Reference(2);
        if (slot.IsNull || value.IsNull)
            return null;
        collector.StoreSlot(reference, slot, value);
        return 1;
    }

    private ulong? Clear()
    {
        var reference = Reference(0);
        var slot = Slot(reference, Number(1));
        if (slot.IsNull)
            return null;
        collector.StoreSlot(reference, slot, Address.Null);
        return 1;
    }

    private ulong? ArrayCopy()
    {
        var source = Reference(0);
        var target = Reference(2);
        var count = Number(4);
        if (source.IsNull || target.IsNull || Number(1) + count > collector.SlotCount(source) || Number(3) + count > collector.SlotCount(target))
            return null;
        return collector.CopySlots(source, (int)Number(1), target, (int)Number(3), (int)count) ? 1UL : 0;
    }

    private ulong? Copy()
    {
        var value = Reference(0);
        if (value.IsNull || !HasDestination)
            return null;
        Deliver(value, false);
        return value.Value;
    }

    private ulong? Drop()
    {
        var operand = statement.Operands[0]!;
        if (operand.Root == RootKind.Global)
        {
            collector.StoreRoot(process.GlobalSlot((int)operand.Number), Address.Null, false);
            return 1;
        }

        if (operand.Number >= process.FrameCount(process.Thread))
            return null;
        collector.RemoveFromFrame(process.Thread, (int)operand.Number);
        return 1;
    }

    public void Deliver(Address value, bool isInFlight)
    {
        switch (statement.Destination)
        {
            case { Index: < 0 }:
                collector.StoreRoot(PushPlace(), value, isInFlight);
                break;
            // A script may have taken the place of the frame away meanwhile.
            case { } place when HasDestination:
                collector.StoreRoot(RootAddress(place.Kind, place.Index), value, isInFlight);
                break;
            case var _ when isInFlight:
                // Nobody wants the newborn: give it back the way a root would.
                collector.StoreRoot(process.InFlightSlot, Address.Null, false);
                break;
            default:
                break;
        }
    }

    private Address PushPlace()
    {
        var thread = process.Thread;
        var count = process.FrameCount(thread);
        if (count == RuntimeWords.FrameSlotsMax)
            throw process.Assertion("frame-overflow", thread);
        process.Event(EventKind.Push, (thread + RuntimeWords.Thread.Frame).Value, 0);
        process.Journal.WriteOwn(thread + RuntimeWords.Thread.FrameCount, (ulong)count + 1);
        return process.FrameBase(thread) + count * 8L;
    }

    private ulong? SetAutomatic(bool on)
    {
        collector.SetAutomatic(on);
        return 1;
    }

    private ulong? NewInterpreter()
    {
        if (!process.InterpreterStruct((int)Number(0)).IsNull)
            return null;
        CreateInterpreter((int)Number(0));
        return 1;
    }

    private ulong? Enter()
    {
        var state = process.InterpreterStruct((int)Number(0));
        if (state.IsNull)
            return null;
        SetInterpreter(process.Thread, state);
        return 1;
    }

    private void SetInterpreter(Address thread, Address state)
    {
        process.Event(EventKind.Setup, thread.Value);
        process.Journal.WriteOwn(thread + RuntimeWords.Thread.Interpreter, state.Value);
    }

    private ulong? EndInterpreter()
    {
        var index = (int)Number(0);
        var state = process.InterpreterStruct(index);
        if (state.IsNull || index == 0)
            return null;
        if (HasFrameIn(process.Thread, state))
            throw process.Assertion("thread-still-has-a-frame", state);
        if (ThreadIn(state, isDaemon: true) >= 0)
            throw process.Assertion("not-the-last-thread", state);
        var thread = process.Thread;
        var before = process.Interpreter;
        SetInterpreter(thread, state);
        var record = process.PushCStack(RuntimeWords.Ending.Bytes);
        process.Journal.WriteOwn(record + RuntimeWords.Ending.Outer, process.Journal.ReadOwn(thread + RuntimeWords.Thread.Ending));
        process.Journal.WriteOwn(record + RuntimeWords.Ending.Before, before.Value);
        process.Journal.WriteOwn(thread + RuntimeWords.Thread.Ending, record.Value);
        collector.InterpreterEnds(state);
        process.Event(EventKind.InterpreterEnd, (ulong)index, state.Value);
        UnlinkInterpreter(state);
        process.SetRootWord(process.Code.InterpreterTable + index * 8, 0);
        var after = before == state ? new Address(process.RootWord(RuntimeWords.Root.MainInterpreter)) : before;
        process.Journal.WriteOwn(thread + RuntimeWords.Thread.Interpreter, after.Value);
        process.Journal.WriteOwn(thread + RuntimeWords.Thread.Ending, process.Journal.ReadOwn(record + RuntimeWords.Ending.Outer));
        process.PopCStack(record);
        process.Allocator.Free(state);
        return 1;
    }

    /// <summary>A thread other than the present one that is in an interpreter; -1 when there is none.</summary>
    private int ThreadIn(Address state, bool isDaemon)
    {
        for (var i = 0; !state.IsNull && i < process.Code.Threads.Length; i++)
        {
            var other = process.ThreadStruct(i);
            if (!other.IsNull && other != process.Thread
                && (process.Journal.ReadOwn(other + RuntimeWords.Thread.Interpreter) == state.Value || HasFrameIn(other, state))
                && process.Journal.ReadOwn(other + RuntimeWords.Thread.IsDaemon) == (isDaemon ? 1UL : 0))
                return i;
        }

        return -1;
    }

    /// <summary>Whether a thread will go on in an interpreter: it runs a script that began there, or ends another one and goes back.</summary>
    private bool HasFrameIn(Address thread, Address state) =>
        IsInChain(thread + RuntimeWords.Thread.Script, RuntimeWords.Script.Outer, RuntimeWords.Script.Interpreter, state)
        || IsInChain(thread + RuntimeWords.Thread.Ending, RuntimeWords.Ending.Outer, RuntimeWords.Ending.Before, state);

    private bool IsInChain(Address first, int outer, int interpreter, Address state)
    {
        var record = process.Journal.ReadOwn(first);
        while (record != 0 && process.Journal.ReadOwn(new Address(record) + interpreter) != state.Value)
            record = process.Journal.ReadOwn(new Address(record) + outer);
        return record != 0;
    }

    private void UnlinkInterpreter(Address state)
    {
        var journal = process.Journal;
        var link = RuntimeWords.StaticData + RuntimeWords.Root.InterpretersHead;
        while (journal.ReadOwn(link) is var at and not 0 && at != state.Value)
            link = new Address(at) + RuntimeWords.Interpreter.Next;
        journal.WriteOwn(link, journal.ReadOwn(state + RuntimeWords.Interpreter.Next));
    }

    private ulong? Spawn(Machine machine, bool isDaemon)
    {
        var index = (int)Number(0);
        if (process.ThreadStatus(index) == RuntimeWords.ThreadStatus.Running)
            return null;
        machine.StartThread(index, process.Interpreter, isDaemon);
        return 1;
    }

    private ulong? Join() =>
        process.ThreadStatus((int)Number(0)) == RuntimeWords.ThreadStatus.NeverStarted ? null : 1;
}
