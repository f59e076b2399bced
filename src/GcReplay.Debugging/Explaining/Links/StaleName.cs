using GcReplay.Debugging.Timelines;
using GcReplay.Heaps.Events;
using GcReplay.Heaps.Layouts;
using GcReplay.Heaps.Memory;
using GcReplay.Traces;

namespace GcReplay.Debugging.Explaining.Links;

/// <summary>A word that keeps nothing alive names an object after its death: what should have cleared it did not.</summary>
internal static class StaleName
{
    /// <summary>So many writes to the dead object are looked at.</summary>
    private const int WritesMax = 64;

    /// <summary>So often a stale name that made another one stale is followed.</summary>
    private const int DepthMax = 8;

    /// <summary>Ends the chain at the event that left a word as it was; false when what the word named lives, or is not known.</summary>
    /// <param name="access">The event that followed the word.</param>
    public static bool Explains(Inquiry inquiry, Address slot, long access) => Explains(inquiry, slot, access, DepthMax);

    private static bool Explains(Inquiry inquiry, Address slot, long access, int depth)
    {
        if (inquiry.Debugger.Words.LastWrite(slot, access - 1, progress: inquiry.Progress) is not { Number: var written } || !Telling.IsKnown(inquiry, written))
            return false;
        var there = inquiry.At(written);
        if (!there.View.TryRead(slot, out var word) || there.View.ObjectAt(new Address(word)) is not { IsLive: true } target || there.View.ObjectCovering(slot) is not { } holder)
            return false;
        var (number, address, text, holderAddress, name) = (target.Number, target.Address, target.ToString(), holder.Address, there.View.Describe(slot));
        if (EarlyDeath.Of(inquiry, number, access) is not { } death || Telling.LifeOf(inquiry, number) is not { } life)
            return false;
        inquiry.Add(written, ChainRole.Origin, $"{name} names {text} from here on, without keeping it alive", number);
        var cut = OtherEnd(inquiry, address, holderAddress, written, life.Death);
        if (cut > 0 && depth > 0 && StrayWord(inquiry, cut, address, life.Birth, holderAddress) is { } stray && Explains(inquiry, stray, cut, depth - 1))
            return true;
        var cause = cut > 0 ? cut : Omitted(inquiry, address, death.Deallocated, life.Death);
        var fact = cut > 0
            ? $"cuts the tie between {text} and {name} at one end alone: {name} still names it"
            : $"{text} dies, and {name} still names it";
        inquiry.Add(death.Deallocated, ChainRole.Consequence, $"the death of {text} begins", number);
        inquiry.End(new ChainLink(cause, ChainRole.Decision, fact) { Objects = [number] });
        inquiry.Summary = Telling.Sentences(
            inquiry, cut > 0
                ? $"event {cut} {fact} after its death, and event {access} followed that"
                : $"the death of {text} (event {death.Deallocated}) did not clear {name}, which names it without keeping it alive, and event {access} followed that");
        return true;
    }

    /// <summary>The last event that took the address of a holder out of a word of the object, and, unless it is about the object itself, put it nowhere
    /// else; 0 when none did.</summary>
    private static long OtherEnd(Inquiry inquiry, Address address, Address holder, long from, long death)
    {
        if (inquiry.At(death - 1).Shadow.CellAt(address) is not { } own)
            return 0;
        var position = death;
        for (var i = 0; i < WritesMax; i++)
        {
            var test = new WritesIn(own.Start.Value, own.Bytes);
            position = new EventScan(inquiry.Debugger.Timeline.Blocks).Backward(position - 1, from + 1, ref test, inquiry.Progress);
            if (position == 0)
                return 0;
            var there = inquiry.At(position);
            var changes = there.EventAt(position).NetChanges();
            if (there.EventAt(position).Kind is not (EventKind.Free or EventKind.Allocate)
                && changes.Any(c => own.Contains(c.Address) && (there.Space.Peek(c.Address) ^ c.Xor) == holder.Value && c.Xor != 0)
                && (there.EventAt(position).Event.A == address.Value || !changes.Any(c => c.Xor != 0 && there.Space.Peek(c.Address) == holder.Value)))
                return position;
        }

        return 0;
    }

    /// <summary>The word of the object at work that led an event to a place where its object was not any more; null when it had its business
    /// there.</summary>
    /// <param name="birth">Of the object that is there now.</param>
    private static Address? StrayWord(Inquiry inquiry, long cut, Address address, long birth, Address holder)
    {
        var subject = new Address(inquiry.Debugger.Timeline.EventAt(cut).Event.A);
        if (subject == address || subject == holder || inquiry.At(cut - 1).View.ObjectAt(subject) is not { } o)
            return null;
        foreach (var slot in o.References.Where(r => !r.IsOwned && r.Target == address).Select(r => r.Slot).ToList())
        {
            if (inquiry.Debugger.Words.LastWrite(slot, cut - 1, progress: inquiry.Progress) is { } write && write.Number < birth)
                return slot;
        }

        return null;
    }

    /// <summary>Where in a death the words that name the dying object are cleared elsewhere: the event behind the one that comes before that. When no
    /// other death shows it, the event that says that the object is emptied.</summary>
    private static long Omitted(Inquiry inquiry, Address address, long deallocated, long death)
    {
        var timeline = inquiry.Debugger.Timeline;
        var scan = new EventScan(timeline.Blocks);
        var test = new ClearsName();
        // A death that a script put off, for which the object was held, begins anew when it is given back.
        var released = new OfSubject(address.Value, EventKind.Release);
        var begun = Math.Max(deallocated, scan.Backward(death, deallocated, ref released, inquiry.Progress));
        for (var at = timeline.Start; (at = scan.Forward(at + 1, timeline.EventCount, ref test, inquiry.Progress)) > 0;)
        {
            var before = timeline.EventAt(at - 1).Event;
            if (before.A == address.Value || !IsAboutAnother(timeline.EventAt(at - 1), timeline.EventAt(at)) || !LeavesDying(inquiry, at))
                continue;
            var same = new OfSubject(address.Value, before.Kind);
            var place = scan.Forward(begun, death, ref same, inquiry.Progress) is var found and > 0 ? found : scan.Forward(deallocated, death, ref same, inquiry.Progress);
            if (place == 0)
                continue;
            inquiry.Add(at, ChainRole.Evidence, "in another death, what names the dying object is cleared here");
            return Math.Min(place + 1, death);
        }

        return inquiry.Witness.Last(new OfSubject(address.Value, EventKind.Clear), death, deallocated) is var last and > 0 ? last : deallocated;
    }

    /// <summary>Whether a store of nothing takes the address of the object out that the event before is about.</summary>
    private static bool LeavesDying(Inquiry inquiry, long store)
    {
        var there = inquiry.At(store);
        var dying = there.EventAt(store - 1).Event.A;
        return there.EventAt(store).NetChanges().Any(c => c.Xor != 0 && (there.Space.Peek(c.Address) ^ c.Xor) == dying)
            && there.View.ObjectAt(new Address(dying))?.Fields.Any(f => f is { Role: FieldRole.ReferenceCount, Value: 0 }) == true;
    }

    private readonly struct WritesIn(ulong start, ulong bytes) : IEventTest
    {
        public bool Hits(EventBlock block, int index)
        {
            for (var change = block.ChangeStart(index); change < block.ChangeEnds[index]; change++)
            {
                if (block.ChangeAddresses[change] >= start && block.ChangeAddresses[change] - start < bytes)
                    return true;
            }

            return false;
        }

        public bool MayHit(BlockSummary summary) => summary.Written.Overlaps(new Address(start), new Address(start + bytes));
    }

    /// <summary>Whether a store is behind an event of the same thread about another object, as in its death.</summary>
    private static bool IsAboutAnother(RecordedEvent before, RecordedEvent store) =>
        before.Thread == store.Thread && before.Event.A != store.Event.A && before.Kind is EventKind.Unlink or EventKind.Dealloc or EventKind.Release or EventKind.Flag;

    /// <summary>A store of nothing.</summary>
    private readonly struct ClearsName : IEventTest
    {
        public bool Hits(EventBlock block, int index) =>
            (EventKind)block.Kinds[index] == EventKind.Store && block.C[index] == 0;

        public bool MayHit(BlockSummary summary) => (summary.Kinds & 1UL << (int)EventKind.Store) != 0;
    }
}
