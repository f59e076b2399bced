using GcReplay.Heaps.Events;
using GcReplay.Heaps.Memory;
using GcReplay.Simulation.Collectors;
using GcReplay.Simulation.Recording;

namespace GcReplay.Simulation.Interpreters;

/// <summary>Starts and ends threads, and chooses who has the GIL. Threads switch between operations, and between the operations of a
/// script; one that is interrupted in a script goes on only between two operations of the thread that runs above it.</summary>
/// <remarks>Source of the ends: CPython 3.9 Python/pylifecycle.c wait_for_thread_shutdown, Py_FinalizeEx (daemon threads are left where
/// they are).</remarks>
internal sealed class Scheduler(Process process, Collector collector)
{
    /// <summary>How many threads stand still in scripts below the one that runs. Between two operations with none it is 0, so that nothing
    /// is lost with this object.</summary>
    private int level;

    /// <summary>Starts a thread of the program, in an interpreter. Its struct is allocated, its stack mapped.</summary>
    public void Start(int index, Address interpreter, bool isDaemon)
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
        if (isDaemon)
            journal.WriteOwn(thread + RuntimeWords.Thread.IsDaemon, 1);
        process.SetRootWord(RuntimeWords.Root.ThreadsHead, thread.Value);
        process.SetRootWord(process.Code.ThreadTable + index * 8, thread.Value);
        process.SetRootWord(process.Code.ThreadStatusTable + index * 8, RuntimeWords.ThreadStatus.Running);
        if (process.Thread.IsNull)
            process.SetRootWord(RuntimeWords.Root.GilHolder, thread.Value);
    }

    /// <summary>Ends the present thread: what its frame holds is given back, its struct is freed.</summary>
    public void End(Address thread)
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

    /// <summary>The present thread waits until another one has ended.</summary>
    public void Wait(Address thread, int other) => process.Journal.WriteOwn(thread + RuntimeWords.Thread.WaitsFor, (ulong)other + 1);

    /// <summary>Between two operations of a thread: chooses who has the GIL next. The default is who has it, else the next thread in
    /// order that can run.</summary>
    /// <returns>False when the process is over: only daemon threads are left, or none.</returns>
    public bool Switch()
    {
        var current = process.Thread;
        // A program of one thread has no choice, and this is asked after every operation.
        if (process.Code.Threads.Length == 1 && !current.IsNull && !IsWaiting(current))
            return true;
        var from = current.IsNull ? process.Journal.Thread : process.ThreadIndex(current);
        if (!IsAnyAlive())
            return level == 0 ? false : throw new SimulatedExit();
        SwitchTo(from, Choose(from, level));
        return true;
    }

    /// <summary>Between two operations of a script: other threads may run first, on top of this one.</summary>
    /// <param name="runOperation">Runs one operation of the present thread and then calls <see cref="Switch"/>.</param>
    public void SwitchInScript(Address thread, Action runOperation)
    {
        var from = process.ThreadIndex(thread);
        var chosen = Choose(from, 0);
        if (chosen == from)
            return;
        level++;
        process.Event(EventKind.Setup, thread.Value);
        process.Journal.WriteOwn(thread + RuntimeWords.Thread.Suspended, (ulong)level);
        SwitchTo(from, chosen);
        while (process.Thread != thread)
            runOperation();
        process.Event(EventKind.Setup, thread.Value);
        process.Journal.WriteOwn(thread + RuntimeWords.Thread.Suspended, 0);
        level--;
    }

    /// <param name="goesOn">At which level a thread that stands still can go on; 0 for none.</param>
    private int Choose(int from, int goesOn)
    {
        var count = process.Code.Threads.Length;
        Span<int> ready = count <= 64 ? stackalloc int[count] : new int[count];
        var readyCount = 0;
        for (var i = 0; i < count; i++)
        {
            var index = (from + i) % count;
            var thread = process.ThreadStruct(index);
            if (!thread.IsNull && !IsWaiting(thread) && SuspendedAt(thread) is var at && (at == 0 || at == goesOn))
                ready[readyCount++] = index;
        }

        return readyCount > 0
            ? ready[process.Choices.ChooseWho(ready[..readyCount], "thread.switch")]
            : throw process.Assertion(StandsStill() ? "waits-below" : "deadlock", process.ThreadStruct(from));
    }

    /// <summary>Whether a thread could run that was interrupted in a script: it is not waiting, but our stack lets the one above it go
    /// first.</summary>
    private bool StandsStill()
    {
        for (var i = 0; i < process.Code.Threads.Length; i++)
        {
            var thread = process.ThreadStruct(i);
            if (!thread.IsNull && !IsWaiting(thread) && SuspendedAt(thread) > 0)
                return true;
        }

        return false;
    }

    private void SwitchTo(int from, int chosen)
    {
        if (process.ThreadStruct(chosen) == process.Thread)
            return;
        process.Event(EventKind.ThreadSwitch, (ulong)from, (ulong)chosen);
        process.SetRootWord(RuntimeWords.Root.GilHolder, process.ThreadStruct(chosen).Value);
        process.Journal.Thread = chosen;
    }

    private bool IsAnyAlive()
    {
        for (var i = 0; i < process.Code.Threads.Length; i++)
        {
            var thread = process.ThreadStruct(i);
            if (!thread.IsNull && process.Journal.ReadOwn(thread + RuntimeWords.Thread.IsDaemon) == 0)
                return true;
        }

        return false;
    }

    private bool IsWaiting(Address thread) => process.Journal.ReadOwn(thread + RuntimeWords.Thread.WaitsFor) != 0;

    private int SuspendedAt(Address thread) => process.Index(thread + RuntimeWords.Thread.Suspended, process.Code.Threads.Length + 1);

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
}
