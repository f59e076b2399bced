using GcReplay.Heaps;
using GcReplay.Heaps.Events;
using GcReplay.Heaps.Memory;
using GcReplay.Simulation.Collectors;
using GcReplay.Simulation.Recording;

namespace GcReplay.Simulation.Interpreters;

/// <summary>Runs a program's threads, one operation after the other, under one GIL. Program counters and loop counters are words,
/// so that a machine can be thrown away after any operation and made again.</summary>
public sealed class Machine(Process process, Collector collector)
{
    private readonly Operations operations = new(process, collector);

    /// <summary>Creates the main interpreter and the main thread. The static data is mapped and the collector's statics are there.</summary>
    public void Start()
    {
        var code = process.Code;
        process.Event(EventKind.Setup, RuntimeWords.StaticData.Value);
        process.SetRootWord(RuntimeWords.Root.InterpreterCount, (ulong)code.Program.Interpreters.Length);
        process.SetRootWord(RuntimeWords.Root.ThreadCount, (ulong)code.Threads.Length);
        process.SetRootWord(RuntimeWords.Root.GlobalCount, (ulong)code.Program.GlobalCount);
        operations.CreateInterpreter(0);
        StartThread(0, process.InterpreterStruct(0));
    }

    /// <summary>Runs the next operation of the thread that holds the GIL, then lets another thread have it perhaps.</summary>
    /// <returns>False when all threads have ended.</returns>
    /// <exception cref="SimulatedFault">The process can not go on.</exception>
    public bool RunOperation()
    {
        var thread = process.Thread;
        if (thread.IsNull)
            return false;
        process.Journal.Thread = process.ThreadIndex(thread);
        var code = process.Code.Threads[process.ThreadIndex(thread)];
        var instruction = code[ProgramCounter(thread)];
        process.Journal.StartCounting();
        if (instruction.Kind == InstructionKind.End)
        {
            EndThread(thread);
            return SwitchThread();
        }

        var text = process.Code.Operations[instruction.Operation];
        var iteration = Iteration(thread, instruction);
        process.Choices.StartOperation(text.Label, iteration);
        process.Event(EventKind.OperationBegin, (ulong)instruction.Operation, iteration);
        var begin = process.Journal.LastEvent;
        var next = ProgramCounter(thread) + 1;
        ulong? result;
        if (instruction.Kind == InstructionKind.Choose)
        {
            var chosen = process.Choices.Choose(instruction.Targets.Length, "program.choose");
            next = instruction.Targets[chosen];
            result = (ulong)chosen;
        }
        else if (operations.MustWait(instruction.Statement!, out var other))
        {
            // A join that has to wait comes again when the thread goes on.
            process.Event(EventKind.OperationEnd, (ulong)begin, 0, 0);
            process.Journal.WriteOwn(thread + RuntimeWords.Thread.WaitsFor, (ulong)other + 1);
            return SwitchThread();
        }
        else
        {
            result = operations.Run(instruction.Statement!, this);
        }

        process.Event(EventKind.OperationEnd, (ulong)begin, result ?? 0, result is null ? 0UL : 1UL);
        Check.That(process.Journal.ReadOwn(thread + RuntimeWords.Thread.InFlight) == 0, $"{text.Label} ends with a reference in flight");
        process.SetRootWord(RuntimeWords.Root.OperationsDone, process.RootWord(RuntimeWords.Root.OperationsDone) + 1);
        SetProgramCounter(thread, next);
        return SwitchThread();
    }

    /// <summary>Starts a thread of the program, in an interpreter. Its struct is allocated, its stack mapped.</summary>
    public void StartThread(int index, Address interpreter)
    {
        var stack = RuntimeWords.Stacks + index * RuntimeWords.StackStride;
        if (process.ThreadStatus(index) == RuntimeWords.ThreadStatus.NeverStarted)
            process.Journal.Map(stack, RuntimeWords.StackBytes);
        var thread = process.AllocateRuntime(RuntimeWords.Thread.Bytes, RuntimeWords.ThreadType, process.InterpreterId(interpreter));
        var journal = process.Journal;
        journal.WriteOwn(thread + RuntimeWords.Thread.Id, (ulong)index);
        process.Event(EventKind.ThreadBegin, (ulong)index, thread.Value);
        journal.WriteOwn(thread + RuntimeWords.Thread.Interpreter, interpreter.Value);
        journal.WriteOwn(thread + RuntimeWords.Thread.Frame, stack.Value);
        journal.WriteOwn(thread + RuntimeWords.Thread.CStack, (stack + (long)RuntimeWords.FrameBytes).Value);
        journal.WriteOwn(thread + RuntimeWords.Thread.Next, process.RootWord(RuntimeWords.Root.ThreadsHead));
        process.SetRootWord(RuntimeWords.Root.ThreadsHead, thread.Value);
        process.SetRootWord(process.Code.ThreadTable + index * 8, thread.Value);
        process.SetRootWord(process.Code.ThreadStatusTable + index * 8, RuntimeWords.ThreadStatus.Running);
        SetProgramCounter(thread, 0);
        if (process.Thread.IsNull)
            process.SetRootWord(RuntimeWords.Root.GilHolder, thread.Value);
    }

    private void EndThread(Address thread)
    {
        var index = process.ThreadIndex(thread);
        process.Choices.StartOperation("", 0);
        while (process.FrameCount(thread) > 0)
            collector.RemoveFromFrame(thread, process.FrameCount(thread) - 1);
        process.Event(EventKind.ThreadEnd, (ulong)index, thread.Value);
        Unlink(thread);
        process.SetRootWord(process.Code.ThreadTable + index * 8, 0);
        process.SetRootWord(process.Code.ThreadStatusTable + index * 8, RuntimeWords.ThreadStatus.Ended);
        WakeThoseWaitingFor(index);
        process.SetRootWord(RuntimeWords.Root.GilHolder, 0);
        process.Allocator.Free(thread);
    }

    private void Unlink(Address thread)
    {
        var journal = process.Journal;
        var link = RuntimeWords.StaticData + RuntimeWords.Root.ThreadsHead;
        while (journal.ReadOwn(link) is var at and not 0 && at != thread.Value)
            link = new Address(at) + RuntimeWords.Thread.Next;
        journal.WriteOwn(link, journal.ReadOwn(thread + RuntimeWords.Thread.Next));
    }

    private void WakeThoseWaitingFor(int index)
    {
        for (var other = 0; other < process.Code.Threads.Length; other++)
        {
            var thread = process.ThreadStruct(other);
            if (!thread.IsNull && process.Journal.ReadOwn(thread + RuntimeWords.Thread.WaitsFor) == (ulong)index + 1)
                process.Journal.WriteOwn(thread + RuntimeWords.Thread.WaitsFor, 0);
        }
    }

    /// <summary>Chooses who has the GIL next. The default is who has it, else the next thread in order that can run.</summary>
    private bool SwitchThread()
    {
        var count = process.Code.Threads.Length;
        var current = process.Thread;
        var from = current.IsNull ? process.Journal.Thread : process.ThreadIndex(current);
        Span<int> ready = count <= 64 ? stackalloc int[count] : new int[count];
        var readyCount = 0;
        var alive = 0;
        for (var i = 0; i < count; i++)
        {
            var index = (from + i) % count;
            var thread = process.ThreadStruct(index);
            if (thread.IsNull)
                continue;
            alive++;
            if (process.Journal.ReadOwn(thread + RuntimeWords.Thread.WaitsFor) == 0)
                ready[readyCount++] = index;
        }

        if (alive == 0)
            return false;
        if (readyCount == 0)
            throw process.Assertion("deadlock", process.ThreadStruct(from));
        var chosen = ready[process.Choices.Choose(readyCount, "thread.switch")];
        if (chosen == from && !current.IsNull)
            return true;
        process.Event(EventKind.ThreadSwitch, (ulong)from, (ulong)chosen);
        process.SetRootWord(RuntimeWords.Root.GilHolder, process.ThreadStruct(chosen).Value);
        process.Journal.Thread = chosen;
        return true;
    }

    private int ProgramCounter(Address thread) =>
        process.Index(thread + RuntimeWords.Thread.ProgramCounter, process.Code.Threads[process.ThreadIndex(thread)].Length);

    /// <summary>Goes to an instruction, through loops and jumps on the way, in the open event.</summary>
    private void SetProgramCounter(Address thread, int next)
    {
        var code = process.Code.Threads[process.ThreadIndex(thread)];
        while (true)
        {
            var instruction = code[next];
            switch (instruction.Kind)
            {
                case InstructionKind.Loop when instruction.Count == 0:
                    next = instruction.Targets[0];
                    break;
                case InstructionKind.Loop:
                    SetLoop(thread, instruction.LoopCounts.Length, 0);
                    next++;
                    break;
                case InstructionKind.Repeat:
                    next = CountRound(thread, instruction) ? instruction.Targets[0] : next + 1;
                    break;
                case InstructionKind.Jump:
                    next = instruction.Targets[0];
                    break;
                default:
                    process.Journal.WriteOwn(thread + RuntimeWords.Thread.ProgramCounter, (ulong)next);
                    return;
            }
        }
    }

    private bool CountRound(Address thread, Instruction repeat)
    {
        var depth = repeat.LoopCounts.Length;
        var round = LoopCounter(thread, depth - 1) + 1;
        var again = round < (ulong)repeat.Count;
        if (again)
            SetLoop(thread, depth, round);
        else
            SetLoop(thread, depth - 1, null);
        return again;
    }

    private void SetLoop(Address thread, int depth, ulong? round)
    {
        process.Journal.WriteOwn(thread + RuntimeWords.Thread.LoopDepth, (ulong)depth);
        if (round is { } value)
            process.Journal.WriteOwn(thread + RuntimeWords.Thread.LoopCounters + (depth - 1) * 8L, value);
    }

    private ulong LoopCounter(Address thread, int loop) => process.Journal.ReadOwn(thread + RuntimeWords.Thread.LoopCounters + loop * 8L);

    private ulong Iteration(Address thread, Instruction instruction)
    {
        var iteration = 0UL;
        for (var loop = 0; loop < instruction.LoopCounts.Length; loop++)
            iteration = unchecked((iteration * (ulong)instruction.LoopCounts[loop]) + LoopCounter(thread, loop));
        return iteration;
    }
}
