using GcReplay.Debugging.Timelines;
using GcReplay.Heaps.Events;
using GcReplay.Heaps.Memory;
using GcReplay.Traces;

namespace GcReplay.Debugging.Provenance;

/// <summary>Where an object was, and during which events that memory was its: from its birth or move until it moved away or other
/// things were allocated there. Freed memory stays its last occupant's.</summary>
/// <param name="From">First event.</param>
/// <param name="To">Last event; <see cref="long.MaxValue"/> when nothing took its place.</param>
/// <param name="Cell">First byte of its cell.</param>
/// <param name="End">First byte behind its cell.</param>
/// <param name="Object">Address of the object itself.</param>
public readonly record struct Placement(long From, long To, Address Cell, Address End, Address Object)
{
    public bool Contains(long number, ulong address) => number >= From && number <= To && address >= Cell.Value && address < End.Value;
}

/// <summary>Finds where an object was at all times, by one scan from its birth, kept for the next question.</summary>
public sealed class Placements(BlockCache blocks, ObjectIndex objects)
{
    private readonly Dictionary<ObjectName, Placement[]> known = [];

    /// <summary>In the order of time; empty when no such object is born in the trace.</summary>
    public IReadOnlyList<Placement> Of(ObjectName name, Progress progress = default)
    {
        if (known.TryGetValue(name, out var placements))
            return placements;
        if (objects.Find(name, progress) is not { } life)
            return [];
        var birth = blocks.EventAt(life.Birth).Event;
        var cell = new Address(birth.A);
        var tracker = new Tracker
        {
            PrefixBytes = (long)(birth.D >> 56) * 8,
            Current = new Placement(life.Birth, long.MaxValue, cell, cell + (long)birth.B, cell + (long)(birth.D >> 56) * 8),
            Found = [],
        };
        new EventScan(blocks).Forward(life.Birth + 1, blocks.Source.EventCount, ref tracker, progress);
        if (tracker.Current is { } last)
            tracker.Found.Add(last);
        placements = [.. tracker.Found];
        known.Add(name, placements);
        return placements;
    }

    /// <summary>Follows one object: an allocation displaces its cell, a move puts it elsewhere.</summary>
    private struct Tracker : IEventTest
    {
        public long PrefixBytes;
        public Placement? Current;
        public List<Placement> Found;

        public bool Hits(EventBlock block, int index)
        {
            if ((EventKind)block.Kinds[index] == EventKind.Move && Current is { } before && block.A[index] == before.Object.Value)
                Follow(before, block, index);
            for (var change = block.ChangeStart(index); change < block.ChangeEnds[index]; change++)
            {
                var address = block.ChangeAddresses[change];
                if (Current is { } current && address == Windows.CellWord(current.Cell).Value)
                    Displace(current, block, index);
            }

            return Current is null;
        }

        public readonly bool MayHit(BlockSummary summary) =>
            Current is { } current && (summary.Written.Contains(Windows.CellWord(current.Cell)) || summary.Names(current.Object));

        private void Follow(Placement current, EventBlock block, int index)
        {
            var number = block.FirstEvent + index;
            Found.Add(current with { To = number - 1 });
            var moved = new Address(block.B[index]);
            Current = new Placement(number, long.MaxValue, moved - PrefixBytes, moved - PrefixBytes + (long)block.C[index], moved);
        }

        private void Displace(Placement current, EventBlock block, int index)
        {
            // Cut from above, the cell goes on being this object's; anything else ends it.
            if ((EventKind)block.Kinds[index] == EventKind.Allocate && block.A[index] > current.Cell.Value)
            {
                Current = current with { End = new Address(block.A[index]) };
                return;
            }

            Found.Add(current with { To = block.FirstEvent + index - 1 });
            Current = null;
        }
    }
}
