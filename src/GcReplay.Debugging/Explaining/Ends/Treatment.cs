using GcReplay.Debugging.Timelines;
using GcReplay.Heaps.Events;
using GcReplay.Heaps.Memory;

namespace GcReplay.Debugging.Explaining.Ends;

/// <summary>What a collector does with an object from taking it off a container until it takes the next one. A step that is left out at the end
/// has no event of its own: it belongs to the last one there.</summary>
internal static class Treatment
{
    /// <summary>So many events belong to one object at most.</summary>
    private const int EventsMax = 2000;

    /// <summary>The last event of the treatment that an event about an object belongs to; 0 when it belongs to none, or the treatment is not over in
    /// its span.</summary>
    /// <param name="before">It has ended before this event.</param>
    public static long EndOf(Inquiry inquiry, Address address, long number, long before)
    {
        var timeline = inquiry.Debugger.Timeline;
        if (before - number > EventsMax || !Telling.IsInSameSpan(inquiry, number, before))
            return 0;
        var begin = number;
        while (begin > timeline.Start + 1 && number - begin < EventsMax && IsAbout(timeline.EventAt(begin - 1), address))
            begin--;
        while (begin < number && timeline.EventAt(begin).Kind != EventKind.Pop)
            begin++;
        if (timeline.EventAt(begin).Kind != EventKind.Pop)
            return 0;
        // What is taken off a container that nothing was put on meanwhile is the next piece of work.
        var filled = new HashSet<ulong>();
        for (var at = begin + 1; at < before; at++)
        {
            var e = timeline.EventAt(at);
            if (e.Kind == EventKind.Push)
                filled.Add(e.Event.A);
            else if (at > number && e.Kind == EventKind.Pop && !filled.Contains(e.Event.A))
                return at - 1;
        }

        return before - 1;
    }

    private static bool IsAbout(RecordedEvent e, Address address) => e.Kind switch
    {
        EventKind.Push or EventKind.Pop or EventKind.Link => e.Event.B == address.Value,
        EventKind.Mark or EventKind.Unmark or EventKind.Flag => e.Event.A == address.Value,
        _ => false,
    };
}
