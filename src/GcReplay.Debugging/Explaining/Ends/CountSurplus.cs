using GcReplay.Debugging.Explaining.Links;
using GcReplay.Debugging.Timelines;
using GcReplay.Heaps.Events;
using GcReplay.Heaps.Layouts;
using GcReplay.Heaps.Memory;
using GcReplay.Traces;

namespace GcReplay.Debugging.Explaining.Ends;

/// <summary>Finds the event that left a count too high. While a statement runs, a count is ahead of the references in words by those in hand; when
/// none does, it is not.</summary>
internal sealed class CountSurplus(Inquiry inquiry, ulong number)
{
    /// <summary>Since which event the count is too high for good, up to a position; 0 when it is not, or that is not in the trace.</summary>
    /// <remarks>Cost: some looks at all references.</remarks>
    public long First(long position)
    {
        var life = Telling.LifeOf(inquiry, number);
        if (life is not { } known || !Telling.IsKnown(inquiry, known.Birth) || At(position) <= 0)
            return 0;
        var events = EventsAbout(known.Birth, position);
        // The first of the events about it from which on, whenever the process is idle, the count is too high.
        var (low, high) = (0, events.Count - 1);
        while (low < high)
        {
            var middle = (low + high) / 2;
            if (At(IdleAfter(events[middle], position)) > 0)
                high = middle;
            else
                low = middle + 1;
        }

        return events.Count == 0 ? 0 : Deciding(events, low, position);
    }

    /// <summary>Within the statement: the reference that went away without the count being lowered, or the count that was raised without one.</summary>
    private long Deciding(List<long> events, int index, long position)
    {
        var from = CountBalance.IdleBefore(inquiry, events[index]);
        var to = IdleAfter(events[index], position);
        var inside = events.Where(n => n > from && n <= to).ToList();
        // Behind the last event after which the count is right, or too low by what is in hand, it only grows too high.
        var cause = inside.FindLastIndex(n => At(n) <= 0);
        var at = cause + 1 < inside.Count ? cause + 1 : inside.Count - 1;
        return inside.Count == 0 ? events[index] : inside[at];
    }

    private long IdleAfter(long event_, long position)
    {
        for (var at = event_; at < position; at++)
        {
            if (inquiry.At(at).View.IsIdle())
                return at;
        }

        return position;
    }

    private long At(long position)
    {
        var view = inquiry.At(position).View;
        if (view.Object(number) is not { IsLive: true } o || view.Census() is var census && census.IndexOf(o.Address) is var index && index < 0)
            return 0;
        return o.Fields.FirstOrDefault(f => f.Role == FieldRole.ReferenceCount) is { IsMapped: true, Value: < int.MaxValue } count
            ? (long)count.Value - view.Census().OwnedReferencesTo(index)
            : 0;
    }

    private List<long> EventsAbout(long first, long last)
    {
        var address = inquiry.At(last).View.Object(number)?.Address ?? Address.Null;
        var test = new Concerns(address);
        var found = new List<long>();
        var scan = new EventScan(inquiry.Debugger.Timeline.Blocks);
        for (var at = first - 1; (at = scan.Forward(at + 1, last, ref test, inquiry.Progress)) > 0;)
            found.Add(at);
        return found;
    }

    private readonly struct Concerns(Address address) : IEventTest
    {
        public bool Hits(EventBlock block, int index) => block.A[index] == address.Value || block.B[index] == address.Value || block.C[index] == address.Value || Holds(block, index);

        public bool MayHit(BlockSummary summary) => true;

        /// <summary>Whether a word that it wrote names the object, or named it before: the change is then the address itself, or one from it.</summary>
        private bool Holds(EventBlock block, int index)
        {
            for (var change = block.ChangeStart(index); change < block.ChangeEnds[index]; change++)
            {
                if (block.ChangeXors[change] == address.Value)
                    return true;
            }

            return (EventKind)block.Kinds[index] is EventKind.Store or EventKind.RootStore;
        }
    }
}
