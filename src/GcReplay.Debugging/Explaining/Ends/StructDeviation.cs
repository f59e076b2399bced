using GcReplay.Debugging.Explaining.Links;
using GcReplay.Debugging.Timelines;
using GcReplay.Heaps.Events;
using GcReplay.Heaps.Memory;
using GcReplay.Traces;

namespace GcReplay.Debugging.Explaining.Ends;

/// <summary>Finds the event that left out what events of its kind and site do to a struct of the runtime elsewhere in the trace.</summary>
internal static class StructDeviation
{
    private const int PeersMax = 16;

    /// <summary>So many events before the failure are compared.</summary>
    private const int EventsMax = 2000;

    /// <summary>The last event before a failure, in its collection, that leaves a word of a struct as it is where all its peers write it, or leaves
    /// out the event that follows each of them; null when none does.</summary>
    /// <param name="about">Address of the struct.</param>
    public static Deviation? Of(Inquiry inquiry, Address about, long failed)
    {
        var timeline = inquiry.At(failed);
        if (timeline.View.InstanceAt(about) is not { } instance)
            return null;
        var thread = timeline.Thread;
        var begin = timeline.Shadow.OpenSpans(thread).LastOrDefault(span => timeline.EventAt(span).Kind == EventKind.CollectionBegin);
        var (start, end) = (instance.Address.Value, instance.Address.Value + (ulong)Math.Max(instance.Layout.Size, 8));
        for (var number = failed - 1; number > Math.Max(begin, failed - EventsMax) && number > timeline.Start; number--)
        {
            var e = timeline.EventAt(number);
            if (e.Thread != thread || e.Event.Site == 0 || e.Kind.BeginsSpan() || e.Kind.EndsSpan())
                continue;
            if (Compare(inquiry, number, start, end) is { } deviation)
                return deviation;
        }

        return null;
    }

    private static Deviation? Compare(Inquiry inquiry, long number, ulong start, ulong end)
    {
        var blocks = inquiry.Debugger.Timeline.Blocks;
        var own = blocks.EventAt(number);
        var peers = Peers(inquiry, number, own.Event);
        if (peers.Count == 0)
            return null;
        var written = WordsOf(blocks.EventAt(peers[0]), start, end);
        foreach (var peer in peers.Skip(1))
            written.IntersectWith(WordsOf(blocks.EventAt(peer), start, end));
        written.ExceptWith(WordsOf(own, start, end));
        if (written.Count > 0)
            return new Deviation(number, $"leaves {inquiry.At(number).View.Describe(new Address(written.Min))} as it is; {Others(peers.Count)} of this kind write it", peers[0]);
        var next = Behind(blocks, number);
        var nexts = peers.Select(p => Behind(blocks, p)).Distinct().ToList();
        return nexts is [var (kind, site)] && (kind, site) != next && kind != EventKind.None
            ? new Deviation(number, $"is followed by {next.Kind}; {Others(peers.Count)} of this kind {(peers.Count == 1 ? "is" : "are")} followed by {kind}", peers[0])
            : null;
    }

    private static string Others(int count) => count == 1 ? "the other event" : $"the {count} other events";

    private static (EventKind Kind, int Site) Behind(BlockCache blocks, long number) =>
        number < blocks.Source.EventCount && blocks.EventAt(number + 1) is var next ? (next.Kind, next.Event.Site) : default;

    private static SortedSet<ulong> WordsOf(RecordedEvent e, ulong start, ulong end)
    {
        var words = new SortedSet<ulong>();
        for (var i = 0; i < e.ChangeCount; i++)
        {
            if (e.Change(i).Address.Value is var word && word >= start && word < end)
                words.Add(word);
        }

        return words;
    }

    private static List<long> Peers(Inquiry inquiry, long number, in Event e)
    {
        var timeline = inquiry.Debugger.Timeline;
        var scan = new EventScan(timeline.Blocks);
        var test = new IsPeer(e.Kind, e.Site);
        var found = new List<long>();
        for (var at = number; found.Count < PeersMax && (at = scan.Backward(at - 1, timeline.Start + 1, ref test, inquiry.Progress)) > 0;)
            found.Add(at);
        return found;
    }

    private readonly struct IsPeer(EventKind kind, int site) : IEventTest
    {
        public bool Hits(EventBlock block, int index) => (EventKind)block.Kinds[index] == kind && block.Sites[index] == site;

        public bool MayHit(BlockSummary summary) => (summary.Kinds & 1UL << (int)kind) != 0;
    }
}
