using GcReplay.Debugging.Timelines;

namespace GcReplay.Debugging.Explaining.Links;

/// <summary>Looks for the first event that did not do to a list what it declares.</summary>
internal static class BrokenListAction
{
    /// <summary>Null when each list action up to an event did what it declares.</summary>
    /// <remarks>Cost: playing the events, and a look at some words at each list action.</remarks>
    public static (long Event, WrongLink Link)? First(Inquiry inquiry, long last)
    {
        var timeline = inquiry.Debugger.Timeline;
        var scan = new EventScan(timeline.Blocks);
        var test = new OfKinds(ListAction.Kinds);
        for (var number = timeline.Source.Header.FirstPosition; (number = scan.Forward(number + 1, last, ref test, inquiry.Progress)) > 0;)
        {
            if (!Telling.IsCutShort(timeline, number) && ListAction.FaultOf(inquiry.At(number)) is { } link)
                return (number, link);
        }

        return null;
    }
}
