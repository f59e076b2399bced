using GcReplay.Debugging.Timelines;
using GcReplay.Heaps.Events;
using GcReplay.Traces;

namespace GcReplay.Debugging.Explaining.Links;

/// <summary>Looks for the first event that did not do to a list what it declares.</summary>
internal static class BrokenListAction
{
    /// <summary>Null when each list action up to an event did what it declares.</summary>
    /// <remarks>Cost: playing the events, and a look at some words at each list action.</remarks>
    public static (long Event, WrongLink Link)? First(Inquiry inquiry, long last)
    {
        var source = inquiry.Debugger.Timeline.Source;
        var scan = new EventScan(inquiry.Debugger.Timeline.Blocks);
        var number = source.Header.FirstPosition;
        while (true)
        {
            var test = default(IsListAction);
            number = scan.Forward(number + 1, last, ref test, inquiry.Progress);
            if (number == 0)
                return null;
            if (Telling.IsCutShort(inquiry.Debugger.Timeline, number))
                continue;
            if (ListAction.FaultOf(inquiry.At(number)) is { } link)
                return (number, link);
        }
    }

    private readonly struct IsListAction : IEventTest
    {
        public bool Hits(EventBlock block, int index) => (ListAction.Kinds >> block.Kinds[index] & 1) != 0;

        public bool MayHit(BlockSummary summary) => (summary.Kinds & ListAction.Kinds) != 0;
    }
}
