using GcReplay.Debugging.Provenance;
using GcReplay.Debugging.Timelines;
using GcReplay.Heaps.Events;
using GcReplay.Heaps.Memory;
using GcReplay.Traces;

namespace GcReplay.Debugging.Explaining;

/// <summary>An event of the collector or of a barrier that names an object.</summary>
/// <param name="IsHolder">Whether the object is the one whose slot the event looks at, not the one that the slot names.</param>
internal readonly record struct Dealing(long Number, Event Event, bool IsHolder)
{
    public EventKind Kind => Event.Kind;

    /// <summary>Whether the collector looks at a slot of the object: at its own or, for a root, at nobody's.</summary>
    public bool IsVisitOf(Address slot) => Kind == EventKind.Visit && Event.B == slot.Value;

    /// <summary>Whether a reference to the object was visited, and nothing came of it.</summary>
    public bool IsIdleVisit => Kind == EventKind.Visit && !IsHolder && Event.D == 0;

    /// <summary>Whether nothing was done: neither a visit nor a barrier that decided so changes what becomes of the object.</summary>
    public bool IsIdle => IsIdleVisit || Kind == EventKind.Barrier && Event.D == 0;

    /// <summary>Whether the object itself is looked at as a whole.</summary>
    public bool IsScan => Kind is EventKind.Scan or EventKind.Mark;
}

/// <summary>Finds what collector and barriers did with an object in a stretch of a trace, wherever it lay. Cost: the blocks of the stretch that
/// name one of its places.</summary>
internal sealed class Dealings(BlockCache blocks, Placements placements, Progress progress)
{
    private readonly Dictionary<ObjectName, IReadOnlyList<Placement>> places = [];

    /// <summary>In the order of time.</summary>
    public IReadOnlyList<Dealing> With(ObjectName o, long first, long last)
    {
        // Of an object that moved in each of a thousand collections the stretch concerns a few.
        var collector = new Collector { Places = [.. PlacesOf(o).Where(p => p.From <= last && p.To >= first)], Found = [] };
        new EventScan(blocks).Forward(first, last, ref collector, progress);
        return collector.Found;
    }

    /// <summary>Where an object is during an event; null when it is nowhere.</summary>
    public Address AddressAt(ObjectName o, long number)
    {
        var found = PlacesOf(o).LastOrDefault(p => p.From <= number);
        return found.Object;
    }

    /// <summary>Whether an address is where an object is during an event, or was before.</summary>
    public bool Names(Address address, ObjectName o, long number) => PlacesOf(o).Any(p => p.From <= number && p.Object == address);

    /// <summary>The event since which an object lies where it is: its birth or a move; 0 when that is unknown.</summary>
    public long PlacedAt(ObjectName o, long number) => PlacesOf(o).LastOrDefault(p => p.From <= number).From;

    /// <summary>The places of an object, each as long as events of the collection that moved it away may still name it.</summary>
    private IReadOnlyList<Placement> PlacesOf(ObjectName o)
    {
        if (places.TryGetValue(o, out var known))
            return known;
        var found = placements.Of(o, progress).ToArray();
        for (var i = 0; i + 1 < found.Length; i++)
            found[i] = found[i] with { To = Math.Max(found[i].To, EndOfCollection(found[i + 1].From)) };
        places.Add(o, found);
        return found;
    }

    private long EndOfCollection(long number)
    {
        var test = new OfKinds(EventKind.CollectionEnd);
        return new EventScan(blocks).Forward(number, blocks.Source.EventCount, ref test, progress) is var end and > 0 ? end : blocks.Source.EventCount;
    }

    private struct Collector : IEventTest
    {
        public IReadOnlyList<Placement> Places;
        public List<Dealing> Found;

        public readonly bool Hits(EventBlock block, int index)
        {
            var kind = (EventKind)block.Kinds[index];
            if (!IsOfCollector(kind))
                return false;
            var number = block.FirstEvent + index;
            if (IsObject(number, block.A[index]) && kind is not (EventKind.Push or EventKind.Pop or EventKind.Link))
                Found.Add(new Dealing(number, block[index], kind is EventKind.Visit or EventKind.Barrier));
            else if (IsObject(number, SecondOf(kind, block, index)))
                Found.Add(new Dealing(number, block[index], false));
            return false;
        }

        public readonly bool MayHit(BlockSummary summary)
        {
            foreach (var place in Places)
            {
                if (summary.Names(place.Object))
                    return true;
            }

            return false;
        }

        /// <summary>The other object that an event names; 0 for none.</summary>
        private static ulong SecondOf(EventKind kind, EventBlock block, int index) => kind switch
        {
            EventKind.Visit or EventKind.Barrier => block.C[index],
            EventKind.Push or EventKind.Pop or EventKind.Link or EventKind.Move => block.B[index],
            _ => 0,
        };

        private static bool IsOfCollector(EventKind kind) => kind is EventKind.Barrier or (>= EventKind.Visit and <= EventKind.Clear);

        private readonly bool IsObject(long number, ulong address)
        {
            foreach (var place in Places)
            {
                if (address != 0 && place.Object.Value == address && number >= place.From && number <= place.To)
                    return true;
            }

            return false;
        }
    }
}
