using System.Collections.Immutable;
using GcReplay.Heaps.Memory;

namespace GcReplay.Simulation.Interpreters;

/// <summary>Where code stands: the program counter and loop counters of a thread or of a running script, as words.</summary>
internal sealed class Activations(Process process)
{
    public int ProgramCounter(Address activation, ImmutableArray<Instruction> code) =>
        process.Index(activation + RuntimeWords.Activation.ProgramCounter, code.Length);

    /// <summary>Goes to an instruction, through loops and jumps on the way, in the open event.</summary>
    public void Go(Address activation, ImmutableArray<Instruction> code, int next)
    {
        while (true)
        {
            var instruction = code[next];
            switch (instruction.Kind)
            {
                case InstructionKind.Loop when instruction.Count == 0:
                    next = instruction.Targets[0];
                    break;
                case InstructionKind.Loop:
                    SetLoop(activation, instruction.LoopCounts.Length, 0);
                    next++;
                    break;
                case InstructionKind.Repeat:
                    next = CountRound(activation, instruction) ? instruction.Targets[0] : next + 1;
                    break;
                case InstructionKind.Jump:
                    next = instruction.Targets[0];
                    break;
                default:
                    process.Journal.WriteOwn(activation + RuntimeWords.Activation.ProgramCounter, (ulong)next);
                    return;
            }
        }
    }

    /// <summary>The number of the iteration of all loops around an instruction, counted in one.</summary>
    public ulong Iteration(Address activation, Instruction instruction)
    {
        var iteration = 0UL;
        for (var loop = 0; loop < instruction.LoopCounts.Length; loop++)
            iteration = unchecked((iteration * (ulong)instruction.LoopCounts[loop]) + LoopCounter(activation, loop));
        return iteration;
    }

    private bool CountRound(Address activation, Instruction repeat)
    {
        var depth = repeat.LoopCounts.Length;
        var round = unchecked(LoopCounter(activation, depth - 1) + 1);
        var again = round < (ulong)repeat.Count;
        if (again)
            SetLoop(activation, depth, round);
        else
            SetLoop(activation, depth - 1, null);
        return again;
    }

    private void SetLoop(Address activation, int depth, ulong? round)
    {
        process.Journal.WriteOwn(activation + RuntimeWords.Activation.LoopDepth, (ulong)depth);
        if (round is { } value)
            process.Journal.WriteOwn(activation + RuntimeWords.Activation.LoopCounters + (depth - 1) * 8L, value);
    }

    private ulong LoopCounter(Address activation, int loop) =>
        process.Journal.ReadOwn(activation + RuntimeWords.Activation.LoopCounters + loop * 8L);
}
