using GcReplay.Debugging.Timelines;
using GcReplay.Heaps.Events;
using GcReplay.Heaps.Memory;

namespace GcReplay.Debugging.Provenance;

/// <summary>An object as a program or a user names it: the N-th born in the run. See <see cref="ObjectNumber"/>.</summary>
/// <param name="IsRuntime">Whether it is a struct of the runtime; those are counted separately.</param>
public readonly record struct ObjectName(ulong Number, bool IsRuntime)
{
    /// <summary>As an event's operand holds it.</summary>
    public ulong Operand => Number | (IsRuntime ? Shadow.RuntimeFlag : 0);

    /// <summary><c>#12</c>, <c>#12.1</c>; runtime objects have no such name.</summary>
    public override string ToString() => (IsRuntime ? "runtime object " : "#") + ObjectNumber.Text(Number);

    public static ObjectName FromOperand(ulong operand) => new(operand & ~Shadow.RuntimeFlag, (operand & Shadow.RuntimeFlag) != 0);
}

/// <summary>When an object was born and when it died.</summary>
/// <param name="Birth">Number of its Allocate event.</param>
/// <param name="Death">Number of its first Free event; 0 when it lives at the end of the trace.</param>
public readonly record struct Lifetime(long Birth, long Death)
{
    public bool IsLiveAt(long position) => position >= Birth && (Death == 0 || position < Death);
}

/// <summary>Births and deaths of all objects of a trace, of every time, made in one pass when first asked.</summary>
/// <remarks>Memory: some 50 bytes for each object ever born.</remarks>
public sealed class ObjectIndex(BlockCache blocks)
{
    private Dictionary<ulong, Lifetime>? lifetimes;
    private ulong highest;

    /// <summary>Null when no object of this number is born in the whole trace.</summary>
    public Lifetime? Find(ObjectName name, Progress progress = default) =>
        All(progress).TryGetValue(name.Operand, out var lifetime) ? lifetime : null;

    /// <summary>The highest number of a program object, those born in scripts aside.</summary>
    public ulong Highest(Progress progress = default)
    {
        All(progress);
        return highest;
    }

    private Dictionary<ulong, Lifetime> All(Progress progress)
    {
        if (lifetimes is not null)
            return lifetimes;
        var collector = new Collector { Lifetimes = [] };
        new EventScan(blocks).Forward(1, blocks.Source.EventCount, ref collector, progress);
        highest = collector.Highest;
        return lifetimes = collector.Lifetimes;
    }

    private struct Collector : IEventTest
    {
        public Dictionary<ulong, Lifetime> Lifetimes;
        public ulong Highest;

        public bool Hits(EventBlock block, int index)
        {
            var kind = (EventKind)block.Kinds[index];
            var operand = block.C[index];
            if (kind is not (EventKind.Allocate or EventKind.Free) || operand == 0)
                return false;
            var number = block.FirstEvent + index;
            // Memory that was kept in a free list is freed long after its object died, and a place that an object left is no death.
            if (kind == EventKind.Free && block.D[index] == (ulong)FreeKind.Left)
                return false;
            if (kind == EventKind.Free && Lifetimes.TryGetValue(operand, out var born) && born.Death == 0)
                Lifetimes[operand] = born with { Death = number };
            else if (kind == EventKind.Allocate)
                Lifetimes[operand] = new Lifetime(number, 0);
            if ((operand & Shadow.RuntimeFlag) == 0 && ObjectNumber.Ordinal(operand) == 0)
                Highest = Math.Max(Highest, operand);
            return false;
        }
    }
}
