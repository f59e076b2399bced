using GcReplay.Debugging.Timelines;
using GcReplay.Heaps.Events;
using GcReplay.Traces;

namespace GcReplay.Debugging.Explaining.Links;

/// <summary>Knows how a reference count comes to be too low: a reference that appears without a count, or a count that is lowered for a reference
/// that stays.</summary>
internal sealed class CountReasoner : IReasoner
{
    public bool Takes(Inquiry inquiry) => inquiry.Corruption is { Code: "reference-count", Object: > 0 };

    public void Explain(Inquiry inquiry)
    {
        var violation = inquiry.Corruption!;
        if (!BrokenPromise.Explains(inquiry, violation.Event) && !UnheldScript.Explains(inquiry, violation.Object, violation.Event) && CountBalance.FirstShort(inquiry, violation.Object, violation.Event) is { } shortage)
            OfShortage(inquiry, violation.Object, shortage);
    }

    /// <summary>Ends the chain at the event that made a count too low.</summary>
    /// <param name="consequence">What follows for the object, behind a comma; empty when the trace does not come to it.</param>
    public static void OfShortage(Inquiry inquiry, ulong number, Shortage shortage, string consequence = "")
    {
        shortage = Uncounted(inquiry, number, shortage) is var store and > 0 ? shortage with { Event = store } : shortage;
        if (OfClear(inquiry, number, shortage))
            return;
        var timeline = inquiry.At(shortage.Event);
        var text = timeline.View.Object(number)?.ToString() ?? $"#{number}";
        var lowers = timeline.EventAt(shortage.Event).Kind == EventKind.Release;
        var before = LastCounted(inquiry, timeline.View.Object(number)?.Address.Value ?? 0, shortage.Event);
        if (before > 0 && Telling.IsKnown(inquiry, before))
            inquiry.Add(before, ChainRole.Evidence, $"the count of {text} changed here last, and was right then", number);
        if (Peer(inquiry, shortage.Event) is var peer and > 0)
            inquiry.Add(peer, ChainRole.Evidence, $"{Clause.Of(inquiry, peer)}: elsewhere the reference was counted just before");
        var fact = lowers
            ? $"gives a reference to {text} back too early: {shortage}"
            : $"makes a reference to {text} that nothing counted: {shortage}";
        inquiry.End(new ChainLink(shortage.Event, ChainRole.Decision, fact) { Objects = [number] });
        inquiry.Summary = Telling.Sentences(inquiry, $"{(lowers ? $"event {shortage.Event}" : Clause.Event(inquiry, shortage.Event))} {fact}{consequence}");
    }

    /// <summary>A store of a reference over the same reference changes no word: that it was not counted shows only when the old one is given back,
    /// by the event behind it. 0 when the shortage did not come about so.</summary>
    private static long Uncounted(Inquiry inquiry, ulong number, Shortage shortage)
    {
        var timeline = inquiry.At(shortage.Event);
        var (store, release) = (shortage.Event - 1, timeline.EventAt(shortage.Event));
        if (release.Kind != EventKind.Release || !Telling.IsKnown(inquiry, store - 1) || timeline.View.Object(number) is not { } o)
            return 0;
        var stored = timeline.EventAt(store);
        var value = stored.Kind switch { EventKind.Store => stored.Event.C, EventKind.RootStore => stored.Event.B, _ => 0UL };
        var before = timeline.EventAt(store - 1);
        var isCounted = before.Kind == EventKind.Retain && before.Event.A == value;
        return value == o.Address.Value && stored.NetChanges().Any(c => c.Xor == 0) && !isCounted ? store : 0;
    }

    /// <summary>The reference that is given back was to hold the object while the collector cleared it, and was never taken.</summary>
    private static bool OfClear(Inquiry inquiry, ulong number, Shortage shortage)
    {
        var timeline = inquiry.At(shortage.Event);
        if (timeline.EventAt(shortage.Event).Kind != EventKind.Release || timeline.View.Object(number) is not { } o)
            return false;
        var (address, text) = (o.Address, o.ToString());
        var test = new Clears(address.Value);
        var clear = new EventScan(timeline.Blocks).Backward(shortage.Event, timeline.Start + 1, ref test, inquiry.Progress);
        if (clear <= 1 || !Telling.IsInSameSpan(inquiry, clear, shortage.Event) || inquiry.Debugger.Timeline.EventAt(clear - 1).Event is { Kind: EventKind.Retain } held && held.A == address.Value)
            return false;
        inquiry.Add(shortage.Event, ChainRole.Consequence, $"{text} is counted too low: {shortage}", number);
        inquiry.End(new ChainLink(clear, ChainRole.Decision, $"the collector clears {text}, and nothing holds it for that time: the reference that is given back later was never taken") { Objects = [number] });
        inquiry.Summary = Telling.Sentences(
            inquiry, $"{Clause.Event(inquiry, clear)} began without taking the reference that event {shortage.Event} gives back, so that the object was counted too low");
        return true;
    }

    private static long LastCounted(Inquiry inquiry, ulong address, long before)
    {
        var test = new Counts(address);
        return new EventScan(inquiry.Debugger.Timeline.Blocks).Backward(before - 1, inquiry.Debugger.Timeline.Start + 1, ref test, inquiry.Progress);
    }

    /// <summary>Another event of the kind whose value was counted by the event in front of it; 0 when there is none.</summary>
    private static long Peer(Inquiry inquiry, long number)
    {
        var (witness, kind) = (inquiry.Witness, inquiry.Debugger.Timeline.EventAt(number).Kind);
        return kind is EventKind.Store or EventKind.RootStore ? witness.Beside(number, kind, IsCounted) : 0;

        bool IsCounted(RecordedEvent e) =>
            e.Number > 1 && witness.Event(e.Number - 1).Event is { Kind: EventKind.Retain } taken && taken.A == (kind == EventKind.Store ? e.Event.C : e.Event.B);
    }

    private readonly struct Counts(ulong address) : IEventTest
    {
        public bool Hits(EventBlock block, int index) =>
            block.A[index] == address && (EventKind)block.Kinds[index] is EventKind.Retain or EventKind.Release
            || (EventKind)block.Kinds[index] == EventKind.Allocate && address >= block.A[index] && address - block.A[index] < block.B[index];

        public bool MayHit(BlockSummary summary) => (summary.Kinds & (1UL << (int)EventKind.Retain | 1UL << (int)EventKind.Release | 1UL << (int)EventKind.Allocate)) != 0;
    }

    private readonly struct Clears(ulong address) : IEventTest
    {
        public bool Hits(EventBlock block, int index) => (EventKind)block.Kinds[index] == EventKind.Clear && block.A[index] == address && block.B[index] == 0;

        public bool MayHit(BlockSummary summary) => (summary.Kinds & 1UL << (int)EventKind.Clear) != 0;
    }
}
