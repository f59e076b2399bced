using GcReplay.Debugging.Timelines;
using GcReplay.Heaps.Events;
using GcReplay.Heaps.Layouts;
using GcReplay.Heaps.Memory;

namespace GcReplay.Debugging.Explaining.Links;

/// <summary>Knows why a collection that counts took an object for garbage that something outside refers to: it began with a wrong count, counted a
/// reference off twice, or did not act when it came to the object from one that is reachable.</summary>
internal sealed class GarbageReasoner : IReasoner
{
    /// <summary>So many events about the object in its collection are looked at: each reference to it makes a few.</summary>
    private const int EventsMax = 1000;

    public bool Takes(Inquiry inquiry) => inquiry.Corruption is { Code: "garbage-in-use", Object: > 0 };

    public void Explain(Inquiry inquiry)
    {
        var violation = inquiry.Corruption!;
        if (BrokenPromise.Explains(inquiry, violation.Event))
            return;
        var there = inquiry.At(violation.Event);
        if (there.View.Object(violation.Object) is not { } o)
            return;
        var (address, text, number) = (o.Address, o.ToString(), o.Number);
        var begin = there.Shadow.OpenSpans(there.Thread).LastOrDefault(span => there.EventAt(span).Kind == EventKind.CollectionBegin);
        var referred = there.View.Describe(violation.About);
        if (inquiry.Debugger.Words.LastWrite(violation.About, violation.Event, progress: inquiry.Progress) is { } stored && Telling.IsKnown(inquiry, stored.Number))
            inquiry.Add(stored.Number, ChainRole.Evidence, $"{referred} refers to {text} from here on", number);
        var events = About(inquiry, address, Math.Max(begin, inquiry.Debugger.Timeline.Start + 1), violation.Event);
        var verdict = WrongStart(inquiry, events, number) ?? CountedTwice(inquiry, events) ?? NotActed(inquiry, events, number, violation.List) ?? Taken(inquiry, events, address);
        if (verdict is not var (cause, fact))
            return;
        foreach (var counted in events.Where(e => e < cause && inquiry.Debugger.Timeline.EventAt(e).Kind == EventKind.SetCollectorCount).TakeLast(1))
            inquiry.Add(counted, ChainRole.Precondition, $"the collection begins to count what refers to {text} with {inquiry.Debugger.Timeline.EventAt(counted).Event.B}", number);
        foreach (var moved in events.Where(e => e != cause && inquiry.Debugger.Timeline.EventAt(e).Kind == EventKind.Relink).TakeLast(1))
            inquiry.Add(moved, moved > cause ? ChainRole.Consequence : ChainRole.Precondition, $"{text} is taken for unreachable", number);
        inquiry.End(new ChainLink(cause, ChainRole.Decision, fact) { Objects = [number], Lists = [violation.List] });
        inquiry.Summary = Telling.Sentences(inquiry, $"event {cause} {fact}, so that {text} was taken for garbage although {referred} refers to it");
    }

    /// <summary>The collector's count began otherwise than with the number of references.</summary>
    private static (long Event, string Fact)? WrongStart(Inquiry inquiry, List<long> events, ulong number)
    {
        foreach (var counted in events)
        {
            var there = inquiry.At(counted);
            var e = there.EventAt(counted).Event;
            if (e.Kind == EventKind.SetCollectorCount && there.View.Object(number)?.Fields.FirstOrDefault(f => f.Role == FieldRole.ReferenceCount) is { IsMapped: true, Field: not null } count && count.Value != e.B)
                return (counted, $"begins to count with {e.B}, while {count.Field.Name} is {count.Value}");
        }

        return null;
    }

    /// <summary>One slot was counted off a second time since the collector began to count.</summary>
    private static (long Event, string Fact)? CountedTwice(Inquiry inquiry, List<long> events)
    {
        var slots = new HashSet<(ulong Object, ulong Slot)>();
        foreach (var number in events)
        {
            var e = inquiry.Debugger.Timeline.EventAt(number);
            if (e.Kind == EventKind.SetCollectorCount)
                slots.Clear();
            else if (e.Kind == EventKind.Visit && IsCountedOff(e) && !slots.Add((e.Event.A, e.Event.B)))
                return (number, "counts the same reference off a second time");
        }

        return null;
    }

    private static bool IsCountedOff(RecordedEvent e) => e.Event.D != 0 && e.ChangeCount == 1;

    /// <summary>It was visited from an object that is reachable, and neither moved nor noted for later.</summary>
    private static (long Event, string Fact)? NotActed(Inquiry inquiry, List<long> events, ulong number, string garbage)
    {
        foreach (var visit in events)
        {
            var there = inquiry.At(visit);
            var e = there.EventAt(visit);
            if (e.Kind != EventKind.Visit || e.Event.D == 0 || IsMovedNext(inquiry, visit, e.Event.C) || there.View.Object(number) is not { } o)
                continue;
            var (start, end) = (o.Entry.CellStart, there.Shadow.CellAt(o.Entry.CellStart)?.End ?? o.Address);
            if (e.NetChanges().Any(c => c.Address >= start && c.Address < end))
                continue;
            var isWaiting = o.Fields.Any(f => f is { Role: FieldRole.CollectorCount, Value: 0 });
            var isGivenUp = o.List?.Name == garbage;
            if (isWaiting || isGivenUp)
                return (visit, $"comes to {o} from {there.View.Describe(new Address(e.Event.B))}, which is reachable, and {(isGivenUp ? "does not move it back" : "does not note that it is reachable")}");
        }

        return null;
    }

    private static bool IsMovedNext(Inquiry inquiry, long visit, ulong target) =>
        visit < inquiry.Debugger.Timeline.EventCount && inquiry.Debugger.Timeline.EventAt(visit + 1).Event is { Kind: EventKind.Relink } moved && moved.A == target;

    /// <summary>When nothing else is known: where it was decided.</summary>
    private static (long Event, string Fact)? Taken(Inquiry inquiry, List<long> events, Address address)
    {
        var moved = events.LastOrDefault(e => inquiry.Debugger.Timeline.EventAt(e).Event is { Kind: EventKind.Relink } relink && relink.A == address.Value);
        return moved == 0 ? null : (moved, "takes it for unreachable");
    }

    private static List<long> About(Inquiry inquiry, Address address, long first, long last)
    {
        var scan = new EventScan(inquiry.Debugger.Timeline.Blocks);
        var test = new OfSubject(address.Value, EventKind.SetCollectorCount, EventKind.Relink, EventKind.Mark, EventKind.Visit);
        var found = new List<long>();
        for (var at = first - 1; found.Count < EventsMax && (at = scan.Forward(at + 1, last, ref test, inquiry.Progress)) > 0;)
            found.Add(at);
        return found;
    }
}
