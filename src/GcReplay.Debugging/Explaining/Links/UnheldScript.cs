using GcReplay.Debugging.Timelines;
using GcReplay.Heaps.Events;
using GcReplay.Heaps.Layouts;
using GcReplay.Heaps.Memory;
using GcReplay.Traces;

namespace GcReplay.Debugging.Explaining.Links;

/// <summary>A script ran for an object whose count was 0: nothing held it for that time, so that a reference the script keeps is counted from 0 and
/// given back twice.</summary>
internal static class UnheldScript
{
    /// <summary>Ends the chain at the beginning of the script; false when no script of the object began so up to an event.</summary>
    public static bool Explains(Inquiry inquiry, ulong number, long last)
    {
        if (Telling.LifeOf(inquiry, number) is not { } life || inquiry.At(Math.Min(last, life.Death > 0 ? life.Death - 1 : last)).View.Object(number) is not { } o)
            return false;
        var text = o.ToString();
        var test = new OfSubject(o.Address.Value, EventKind.ScriptBegin);
        var dies = new OfSubject(o.Address.Value, EventKind.Dealloc);
        var scan = new EventScan(inquiry.Debugger.Timeline.Blocks);
        for (var began = Math.Max(life.Birth, inquiry.Debugger.Timeline.Start); (began = scan.Forward(began + 1, last, ref test, inquiry.Progress)) > 0;)
        {
            if (CountAt(inquiry, number, began) != 0)
                continue;
            var isHeldElsewhere = IsHeldElsewhere(inquiry, began, o.Address);
            if (isHeldElsewhere == false)
                continue;
            // Where no other script of the site shows that its object is held, only a count that came out wrong does, or a death within.
            var shortage = CountBalance.FirstShort(inquiry, number, began, last);
            var died = scan.Forward(began + 1, last, ref dies, inquiry.Progress);
            var isDying = died > 0 && Telling.IsInSameSpan(inquiry, began, died);
            if (isHeldElsewhere is null && shortage is null && !isDying)
                continue;
            if (isDying)
                inquiry.Add(died, ChainRole.Consequence, $"{text} dies within the script", number);
            if (shortage is not null)
                inquiry.Add(shortage.Event, ChainRole.Consequence, $"{text} is counted too low: {shortage}", number);
            var message = $"a script begins for {text} while its count is 0, so that nothing holds the object when it ends";
            inquiry.End(new ChainLink(began, ChainRole.Decision, message) { Objects = [number] });
            inquiry.Summary = Telling.Sentences(
                inquiry, $"the script that event {began} began for {text} ran while nothing held the object, so that it was freed although a reference was left");
            return true;
        }

        return false;
    }

    private static ulong? CountAt(Inquiry inquiry, ulong number, long position) =>
        inquiry.At(position).View.Object(number) is { IsLive: true } o ? o.Fields.FirstOrDefault(f => f.Role == FieldRole.ReferenceCount) is { IsMapped: true, Field: not null } count ? count.Value : null : null;

    /// <summary>Whether another script of that site began for an object that was held; null when there is no other.</summary>
    private static bool? IsHeldElsewhere(Inquiry inquiry, long began, Address self)
    {
        var site = inquiry.Debugger.Timeline.EventAt(began).Event.Site;
        var test = new IsOther(self.Value, site);
        var scan = new EventScan(inquiry.Debugger.Timeline.Blocks);
        var other = scan.Backward(began - 1, inquiry.Debugger.Timeline.Start + 1, ref test, inquiry.Progress);
        if (other == 0)
            other = scan.Forward(began + 1, inquiry.Debugger.Timeline.EventCount, ref test, inquiry.Progress);
        if (other == 0 || inquiry.At(other).View.ObjectAt(new Address(inquiry.Debugger.Timeline.EventAt(other).Event.A)) is not { } o)
            return null;
        var isHeld = CountAt(inquiry, o.Number, other) != 0;
        if (isHeld)
            inquiry.Add(other, ChainRole.Evidence, $"{Clause.Of(inquiry, other)}: elsewhere the object is held for the time");
        return isHeld;
    }

    private readonly struct IsOther(ulong address, int site) : IEventTest
    {
        public bool Hits(EventBlock block, int index) =>
            (EventKind)block.Kinds[index] == EventKind.ScriptBegin && block.Sites[index] == site && block.A[index] != address;

        public bool MayHit(BlockSummary summary) => (summary.Kinds & 1UL << (int)EventKind.ScriptBegin) != 0;
    }
}
