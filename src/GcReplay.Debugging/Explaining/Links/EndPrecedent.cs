using GcReplay.Debugging.Timelines;
using GcReplay.Heaps.Events;
using GcReplay.Heaps.Memory;

namespace GcReplay.Debugging.Explaining.Links;

/// <summary>What the ends of interpreters did with their lists each other time. What is left out has no event of its own: the one in whose place it should
/// stand, or the first behind that, is named.</summary>
internal static class EndPrecedent
{
    /// <summary>So many other ends of interpreters are looked at.</summary>
    private const int PeersMax = 50;

    /// <summary>Null when nothing in the trace shows that something was left out.</summary>
    /// <param name="interpreter">Whose struct was freed.</param>
    /// <param name="head">Of the list that lies in it.</param>
    /// <param name="freed">The event that freed it.</param>
    public static Deviation? Of(Inquiry inquiry, int interpreter, Address head, long freed)
    {
        var ends = inquiry.Witness.AllOf(inquiry.Debugger.Timeline.Start + 1, inquiry.Witness.EventCount, EventKind.InterpreterEnd);
        var own = ends.LastOrDefault(e => e < freed && inquiry.Debugger.Timeline.EventAt(e).Event.A == (ulong)interpreter);
        if (own == 0)
            return null;
        var here = ActionsBefore(inquiry, own);
        if (here.Any(a => a.Head == head))
            return null;
        var peer = here.Count > 0 ? here[0] : ends.Where(e => e != own).Take(PeersMax).Select(e => ActionsBefore(inquiry, e)).FirstOrDefault(a => a.Count > 0)?[0];
        if (peer is not { } shown)
            return null;
        var before = here.Where(a => a.Head < head).Select(a => a.Event).LastOrDefault();
        var number = before > 0 ? before + 1 : here.Count > 0 ? here[0].Event : own;
        inquiry.Add(shown.Event, ChainRole.Evidence, $"{Clause.Of(inquiry, shown.Event)}: what the end of an interpreter does to {(here.Count > 0 ? "its other lists" : "a list with survivors")}");
        var name = inquiry.At(own).View.ListAt(head)?.Name ?? $"{head}";
        return new Deviation(number, $"by here the end of {inquiry.At(own).View.InterpreterName(interpreter)} has left {name} out", shown.Event);
    }

    /// <summary>Actions on lists between the last collection and the end of an interpreter, those on dying objects left out: which head they
    /// were about.</summary>
    private static List<(long Event, Address Head)> ActionsBefore(Inquiry inquiry, long end)
    {
        var timeline = inquiry.Debugger.Timeline;
        var thread = timeline.EventAt(end).Thread;
        var since = new BeginsOrCollects(thread);
        var first = new EventScan(timeline.Blocks).Backward(end - 1, timeline.Start + 1, ref since, inquiry.Progress);
        var found = new List<(long Event, Address Head)>();
        var action = new Unlinks(thread);
        for (var number = first; first > 0;)
        {
            number = new EventScan(timeline.Blocks).Forward(number + 1, end - 1, ref action, inquiry.Progress);
            if (number == 0)
                break;
            var e = timeline.EventAt(number).Event;
            if (e.Kind == EventKind.Unlink && inquiry.Witness.Follows(timeline.EventAt(number), EventKind.Dealloc))
                continue;
            if (e.Kind == EventKind.Behead)
                found.Add((number, new Address(e.A)));
            else if (inquiry.At(number - 1).View.ObjectAt(new Address(e.A)) is { List: { } list })
                found.Add((number, list.Head));
        }

        return found;
    }

    private readonly struct BeginsOrCollects(int thread) : IEventTest
    {
        public bool Hits(EventBlock block, int index) =>
            block.Threads[index] == thread && (EventKind)block.Kinds[index] is EventKind.CollectionEnd or EventKind.OperationBegin;
    }

    /// <summary>Takes something off a list.</summary>
    private readonly struct Unlinks(int thread) : IEventTest
    {
        public bool Hits(EventBlock block, int index) =>
            block.Threads[index] == thread && (EventKind)block.Kinds[index] is EventKind.Behead or EventKind.Unlink;
    }
}
