using GcReplay.Debugging.Explaining.Links;
using GcReplay.Debugging.Timelines;
using GcReplay.Heaps.Events;
using GcReplay.Heaps.Memory;
using GcReplay.Heaps.Views;
using GcReplay.Traces;

namespace GcReplay.Debugging.Explaining.Ends;

/// <summary>Finds the event that left out what events of its kind and site do to a struct of the runtime elsewhere in the trace.</summary>
internal sealed class StructDeviation
{
    private const int PeersMax = 16;

    /// <summary>So many events before the failure are compared.</summary>
    private const int EventsMax = 2000;

    private readonly Inquiry inquiry;
    private readonly StructInstance instance;
    private readonly long failed;
    private readonly int thread;

    /// <summary>Events up to this one are peers only.</summary>
    private readonly long before;

    /// <summary>Events of one kind and site in front of the failure, the nearest first: all that are compared, and peers of the first of those.</summary>
    private readonly Dictionary<(EventKind Kind, int Site), List<long>> events = [];

    /// <param name="failure">Stands at the failure.</param>
    private StructDeviation(Inquiry inquiry, Timeline failure, StructInstance instance)
    {
        this.inquiry = inquiry;
        this.instance = instance;
        failed = failure.Position;
        thread = failure.Thread;
        var begin = failure.Shadow.OpenSpans(thread).LastOrDefault(span => failure.EventAt(span).Kind == EventKind.CollectionBegin);
        before = Math.Max(Math.Max(begin, failed - EventsMax), failure.Start);
    }

    /// <summary>The last event before a failure, in its collection, that leaves a word of a struct as it is where all its peers write it, or leaves
    /// out the event that follows each of them; null when none does.</summary>
    /// <param name="about">Address of the struct.</param>
    public static Deviation? Of(Inquiry inquiry, Address about, long failed)
    {
        var failure = inquiry.At(failed);
        return failure.View.InstanceAt(about) is { } instance ? new StructDeviation(inquiry, failure, instance).Last() : null;
    }

    private Deviation? Last()
    {
        for (var number = failed - 1; number > before; number--)
        {
            var e = inquiry.Debugger.Timeline.EventAt(number);
            if (e.Thread != thread || e.Event.Site == 0 || e.Kind.BeginsSpan() || e.Kind.EndsSpan())
                continue;
            if (Compare(e) is { } deviation)
                return deviation;
        }

        return null;
    }

    private Deviation? Compare(RecordedEvent own)
    {
        var (blocks, number) = (inquiry.Debugger.Timeline.Blocks, own.Number);
        var peers = Peers(own);
        if (peers.Count == 0)
            return null;
        var written = WordsOf(blocks.EventAt(peers[0]));
        foreach (var peer in peers.Skip(1))
            written.IntersectWith(WordsOf(blocks.EventAt(peer)));
        written.ExceptWith(WordsOf(own));
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

    /// <summary>Words of the struct that an event wrote.</summary>
    private SortedSet<ulong> WordsOf(RecordedEvent e)
    {
        var words = new SortedSet<ulong>();
        for (var i = 0; i < e.ChangeCount; i++)
        {
            if (e.Change(i).Address is var word && word - instance.Address is var offset && offset >= 0 && offset < Math.Max(instance.Layout.Size, 8))
                words.Add(word.Value);
        }

        return words;
    }

    private List<long> Peers(RecordedEvent own)
    {
        var sort = (own.Kind, own.Event.Site);
        if (!events.TryGetValue(sort, out var found))
            events.Add(sort, found = Events(own.Kind, own.Event.Site));
        return [.. found.Where(n => n < own.Number).Take(PeersMax)];
    }

    private List<long> Events(EventKind kind, int site)
    {
        var timeline = inquiry.Debugger.Timeline;
        var scan = new EventScan(timeline.Blocks);
        var test = new IsPeer(kind, site);
        var found = new List<long>();
        var peersOnly = 0;
        for (var at = failed; peersOnly < PeersMax && (at = scan.Backward(at - 1, timeline.Start + 1, ref test, inquiry.Progress)) > 0;)
        {
            found.Add(at);
            if (at <= before)
                peersOnly++;
        }

        return found;
    }

    private readonly struct IsPeer(EventKind kind, int site) : IEventTest
    {
        public bool Hits(EventBlock block, int index) => (EventKind)block.Kinds[index] == kind && block.Sites[index] == site;

        public bool MayHit(BlockSummary summary) => (summary.Kinds & 1UL << (int)kind) != 0;
    }
}
