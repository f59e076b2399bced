using System.Collections.Immutable;
using GcReplay.Heaps;
using GcReplay.Heaps.Events;
using GcReplay.Heaps.Memory;
using GcReplay.Simulation.Collectors;
using GcReplay.Simulation.Recording;

namespace GcReplay.Simulation.Interpreters;

/// <summary>Runs a program's threads, one operation after the other, under one GIL, and scripts within operations. Program counters and
/// loop counters are words, so that a machine can be thrown away after any operation that left none under way and made again.</summary>
public sealed class Machine : IScripts
{
    private readonly Process process;
    private readonly Operations operations;
    private readonly Scheduler scheduler;
    private readonly Activations activations;
    private readonly Action runNested;

    public Machine(Process process, Collector collector)
    {
        this.process = process;
        operations = new Operations(process, collector);
        scheduler = new Scheduler(process, collector);
        activations = new Activations(process);
        runNested = () => RunOperation();
    }

    /// <summary>Creates the main interpreter and the main thread. The static data is mapped and the collector's statics are there.</summary>
    public void Start()
    {
        var code = process.Code;
        process.Event(EventKind.Setup, RuntimeWords.StaticData.Value);
        process.SetRootWord(RuntimeWords.Root.InterpreterCount, (ulong)code.Program.Interpreters.Length);
        process.SetRootWord(RuntimeWords.Root.ThreadCount, (ulong)code.Threads.Length);
        process.SetRootWord(RuntimeWords.Root.GlobalCount, (ulong)code.Program.GlobalCount);
        operations.CreateInterpreter(0);
        StartThread(0, process.InterpreterStruct(0), isDaemon: false);
    }

    /// <summary>Starts a thread of the program at its first operation.</summary>
    public void StartThread(int index, Address interpreter, bool isDaemon)
    {
        scheduler.Start(index, interpreter, isDaemon);
        activations.Go(process.ThreadStruct(index) + RuntimeWords.Thread.Activation, process.Code.Threads[index], 0);
    }

    /// <summary>Runs the next operation of the thread that holds the GIL, then lets another thread have it perhaps.</summary>
    /// <returns>False when the process is over.</returns>
    /// <exception cref="SimulatedFault">The process can not go on.</exception>
    /// <exception cref="SimulatedExit">The process is over while a script is under way.</exception>
    public bool RunOperation()
    {
        var thread = process.Thread;
        if (thread.IsNull)
            return false;
        var index = process.ThreadIndex(thread);
        process.Journal.Thread = index;
        if (!RunInstruction(thread + RuntimeWords.Thread.Activation, process.Code.Threads[index], ""))
            scheduler.End(thread);
        return scheduler.Switch();
    }

    /// <inheritdoc/>
    public void Run(Address self, int script, string site)
    {
        var journal = process.Journal;
        var thread = process.Thread;
        var depth = journal.ReadOwn(thread + RuntimeWords.Thread.ScriptDepth);
        var isTooDeep = depth >= RuntimeWords.ScriptDepthMax;
        process.Event(EventKind.ScriptBegin, self.Value, 0, 0, 0, process.Site(isTooDeep ? "recursion-limit" : site));
        var begin = journal.LastEvent;
        if (script < 0 || isTooDeep)
        {
            process.Event(EventKind.ScriptEnd, (ulong)begin);
            return;
        }

        var code = process.Code.Scripts[script];
        var number = journal.Shadow.OccupantAt(self)?.Number ?? 0;
        var record = Enter(thread, self, script, number, depth);
        activations.Go(record + RuntimeWords.Script.Activation, code, 0);
        var suspended = process.Choices.Suspend();
        var counting = journal.Counting;
        var scope = $"@{ObjectNumber.Text(number)}";
        while (RunInstruction(record + RuntimeWords.Script.Activation, code, scope))
            scheduler.SwitchInScript(thread, runNested);
        process.Choices.Resume(suspended);
        journal.Counting = counting;
        process.Event(EventKind.ScriptEnd, (ulong)begin);
        Leave(thread, record, depth);
    }

    /// <summary>Pushes the record of a script on the thread's C stack, in the ScriptBegin event.</summary>
    private Address Enter(Address thread, Address self, int script, ulong number, ulong depth)
    {
        var journal = process.Journal;
        var record = process.PushCStack(RuntimeWords.Script.Bytes);
        journal.WriteOwn(record + RuntimeWords.Script.Outer, journal.ReadOwn(thread + RuntimeWords.Thread.Script));
        journal.WriteOwn(record + RuntimeWords.Script.Self, self.Value);
        journal.WriteOwn(record + RuntimeWords.Script.Id, (ulong)script + 1);
        journal.WriteOwn(record + RuntimeWords.Script.SelfNumber, number);
        journal.WriteOwn(record + RuntimeWords.Script.InFlight, journal.ReadOwn(thread + RuntimeWords.Thread.InFlight));
        journal.WriteOwn(record + RuntimeWords.Script.Interpreter, journal.ReadOwn(thread + RuntimeWords.Thread.Interpreter));
        journal.WriteOwn(thread + RuntimeWords.Thread.InFlight, 0);
        journal.WriteOwn(thread + RuntimeWords.Thread.Script, record.Value);
        journal.WriteOwn(thread + RuntimeWords.Thread.ScriptDepth, depth + 1);
        return record;
    }

    /// <summary>Pops it, in the ScriptEnd event. A script that entered another interpreter leaves it here.</summary>
    private void Leave(Address thread, Address record, ulong depth)
    {
        var journal = process.Journal;
        journal.WriteOwn(thread + RuntimeWords.Thread.Interpreter, journal.ReadOwn(record + RuntimeWords.Script.Interpreter));
        journal.WriteOwn(thread + RuntimeWords.Thread.InFlight, journal.ReadOwn(record + RuntimeWords.Script.InFlight));
        journal.WriteOwn(thread + RuntimeWords.Thread.Script, journal.ReadOwn(record + RuntimeWords.Script.Outer));
        journal.WriteOwn(thread + RuntimeWords.Thread.ScriptDepth, depth);
        process.PopCStack(record);
    }

    /// <summary>Runs one operation or choice of a thread or script; false at its end.</summary>
    /// <param name="scope">What tells the runs of a script apart in the addresses of choices; empty for a thread.</param>
    private bool RunInstruction(Address activation, ImmutableArray<Instruction> code, string scope)
    {
        process.Journal.StartCounting();
        var thread = process.Thread;
        var at = activations.ProgramCounter(activation, code);
        var instruction = code[at];
        if (instruction.Kind == InstructionKind.End)
            return false;
        var label = process.Code.Operations[instruction.Operation].Label;
        var iteration = activations.Iteration(activation, instruction);
        process.Choices.StartOperation(label, iteration, scope);
        process.Event(EventKind.OperationBegin, (ulong)instruction.Operation, iteration);
        var begin = process.Journal.LastEvent;
        var next = at + 1;
        ulong? result;
        if (instruction.Kind == InstructionKind.Choose)
        {
            var chosen = process.Choices.Choose(instruction.Targets.Length, "program.choose");
            next = instruction.Targets[chosen];
            result = (ulong)chosen;
        }
        else if (operations.MustWait(instruction.Statement!, out var other))
        {
            // What has to wait comes again when the thread goes on.
            process.Event(EventKind.OperationEnd, (ulong)begin, 0, 0);
            scheduler.Wait(thread, other);
            return true;
        }
        else
        {
            result = operations.Run(instruction.Statement!, this);
        }

        process.Event(EventKind.OperationEnd, (ulong)begin, result ?? 0, result is null ? 0UL : 1UL);
        Check.That(process.Journal.ReadOwn(thread + RuntimeWords.Thread.InFlight) == 0, $"{label} ends with a reference in flight");
        process.SetRootWord(RuntimeWords.Root.OperationsDone, unchecked(process.RootWord(RuntimeWords.Root.OperationsDone) + 1));
        activations.Go(activation, code, next);
        return true;
    }
}
