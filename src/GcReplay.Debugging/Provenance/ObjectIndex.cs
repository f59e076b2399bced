using GcReplay.Debugging.Timelines;
using GcReplay.Heaps.Events;
using GcReplay.Heaps.Memory;
using GcReplay.Traces;

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

/// <summary>Births and deaths of the objects of a trace, at every time: by the blocks that name an object, or, where a trace has no index,
/// by one pass over all that is made when first asked.</summary>
/// <remarks>Memory: some 50 bytes for each object asked for, or ever born.</remarks>
public sealed class ObjectIndex(BlockCache blocks)
{
    private readonly bool hasIndex = blocks.Source.BlockCount > 0 && blocks.Source.ReadSummary(0) is not null;
    private readonly Dictionary<ulong, Lifetime> lifetimes = [];
    private bool isComplete;
    private ulong? highest;

    /// <summary>Null when no object of this number is born in the whole trace.</summary>
    public Lifetime? Find(ObjectName name, Progress progress = default)
    {
        if (!isComplete && !lifetimes.ContainsKey(name.Operand))
            Collect(hasIndex ? name.Operand : null, progress);
        return lifetimes.TryGetValue(name.Operand, out var lifetime) && lifetime.Birth > 0 ? lifetime : null;
    }

    /// <summary>The highest number of a program object, those born in scripts aside.</summary>
    public ulong Highest(Progress progress = default)
    {
        if (highest is null && hasIndex)
            FindHighest(progress);
        else if (highest is null)
            Collect(null, progress);
        return highest!.Value;
    }

    private void Collect(ulong? only, Progress progress)
    {
        var collector = new Collector { Lifetimes = [], Only = only };
        new EventScan(blocks).Forward(1, blocks.Source.EventCount, ref collector, progress);
        isComplete = only is null;
        if (isComplete)
            highest = collector.Highest;
        else
            lifetimes[only!.Value] = default;
        // order: each into its own place.
        foreach (var (operand, lifetime) in collector.Lifetimes)
            lifetimes[operand] = lifetime;
    }

    private void FindHighest(Progress progress)
    {
        var collector = new HighestBorn();
        new EventScan(blocks).Backward(blocks.Source.EventCount, 1, ref collector, progress);
        highest = collector.Highest;
    }

    private struct Collector : IEventTest
    {
        public Dictionary<ulong, Lifetime> Lifetimes;
        public ulong? Only;
        public ulong Highest;

        public bool Hits(EventBlock block, int index)
        {
            var kind = (EventKind)block.Kinds[index];
            var operand = block.C[index];
            if (kind is not (EventKind.Allocate or EventKind.Free) || operand == 0 || Only is not null && Only != operand)
                return false;
            var number = block.FirstEvent + index;
            // Memory that was kept in a free list is freed long after its object died, and a place that an object left is no death.
            if (kind == EventKind.Free && block.D[index] == (ulong)FreeKind.Left)
                return false;
            if (kind == EventKind.Free && Lifetimes.TryGetValue(operand, out var born) && born.Death == 0)
                Lifetimes[operand] = born with { Death = number };
            else if (kind == EventKind.Allocate)
                Lifetimes[operand] = new Lifetime(number, 0);
            if (IsPlain(operand))
                Highest = Math.Max(Highest, operand);
            return false;
        }

        public readonly bool MayHit(BlockSummary summary) => Only is null || summary.NamesNumber(Only.Value);
    }

    /// <summary>Going back, reads only blocks that name a higher number than was found.</summary>
    private struct HighestBorn : IEventTest
    {
        public ulong Highest;

        public bool Hits(EventBlock block, int index)
        {
            if ((EventKind)block.Kinds[index] is EventKind.Allocate or EventKind.Free && IsPlain(block.C[index]))
                Highest = Math.Max(Highest, block.C[index]);
            return false;
        }

        public readonly bool MayHit(BlockSummary summary) => summary.HighestPlainNumber > Highest;
    }

    private static bool IsPlain(ulong operand) => (operand & Shadow.RuntimeFlag) == 0 && ObjectNumber.Ordinal(operand) == 0;
}
