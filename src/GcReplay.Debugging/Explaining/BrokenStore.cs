using GcReplay.Debugging.Timelines;
using GcReplay.Heaps.Events;
using GcReplay.Heaps.Memory;

namespace GcReplay.Debugging.Explaining;

/// <summary>A store that says what it writes, and does not write it.</summary>
/// <param name="Slot">Goes on holding what it held.</param>
internal sealed record BrokenStore(long Event, Address Slot)
{
    /// <summary>The first up to an event; null when there is none.</summary>
    /// <remarks>Cost: playing the events.</remarks>
    public static BrokenStore? First(Inquiry inquiry, long last)
    {
        var timeline = inquiry.Debugger.Timeline;
        var scan = new EventScan(timeline.Blocks);
        var test = new OfKinds(EventKind.Store, EventKind.RootStore);
        for (var number = timeline.Start; (number = scan.Forward(number + 1, last, ref test, inquiry.Progress)) > 0;)
        {
            var e = timeline.EventAt(number).Event;
            var (slot, value) = e.Kind == EventKind.Store ? (new Address(e.B), e.C) : (new Address(e.A), e.B);
            if (!Telling.IsCutShort(timeline, number) && inquiry.At(number).Space is var space && space.IsMapped(slot) && space.Peek(slot) != value)
                return new BrokenStore(number, slot);
        }

        return null;
    }

    /// <summary>Ends the chain at the first up to an event; false when each did what it says.</summary>
    public static bool Explains(Inquiry inquiry, long last)
    {
        if (First(inquiry, last) is not var (number, slot))
            return false;
        var there = inquiry.At(number);
        var name = there.View.Describe(slot);
        var held = there.View.ObjectAt(new Address(there.Space.Peek(slot))) is { } o ? o.ToString() : "what it held";
        var what = Clause.Event(inquiry, number);
        Telling.LastWriteBefore(inquiry, slot, number, $"{name} was written here last");
        inquiry.End(new ChainLink(number, ChainRole.Decision, $"says what it stores, and does not write it: {name} goes on naming {held}"));
        inquiry.Summary = Telling.Sentences(inquiry, $"{what} did not write what it says, so that {name} went on naming {held}");
        return true;
    }
}
