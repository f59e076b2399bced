using GcReplay.Debugging.Timelines;
using GcReplay.Heaps.Events;
using GcReplay.Heaps.Memory;
using GcReplay.Traces;

namespace GcReplay.Debugging.Explaining.Links;

/// <summary>A link word holds something that no list action wrote: a count of the collector that was not replaced by the link again, or a wild
/// store.</summary>
internal static class OverwrittenLink
{
    public static void Explain(Inquiry inquiry, Address word, long position)
    {
        if (inquiry.Debugger.Words.LastWrite(word, position, progress: inquiry.Progress) is not { } write || !Telling.IsKnown(inquiry, write.Number))
            return;
        var there = inquiry.At(write.Number);
        var place = there.View.Describe(word);
        var holder = there.View.ObjectCovering(word);
        var what = Clause.Event(inquiry, write.Number);
        inquiry.Add(write.Number, ChainRole.Origin, $"{Clause.Of(inquiry, write.Number)} wrote {place} last, and it is no link since", holder is { IsRuntime: false } ? [holder.Number] : []);
        if (holder is null)
        {
            Finish(inquiry, write.Number, $"writes {place}, and is no action on its list", $"{what} overwrote {place}, a link");
            return;
        }

        var (address, number, text) = (holder.Address, holder.Number, holder.ToString());
        var counted = Counted(inquiry, address, write.Number);
        var from = counted > 0 ? counted : write.Number;
        if (counted > 0 && counted < write.Number)
            inquiry.Add(counted, ChainRole.Precondition, $"from here on {place} is the collector's count", number);
        if (new Precedent(inquiry.Witness).FirstOfWord(address, word, from + 1, position) is { } deviation)
        {
            inquiry.Add(deviation.Peer, ChainRole.Evidence, $"one that does: {Clause.Of(inquiry, deviation.Peer)}");
            Finish(
                inquiry, deviation.Event, deviation.Message, $"{Clause.Event(inquiry, deviation.Event)} {deviation.Message}, so that {place} was taken for something else later", number);
            return;
        }

        var last = LastAbout(inquiry, address, from, position);
        var cause = last > 0 ? last : write.Number;
        Finish(
            inquiry, cause, $"the last about {text} before its link was needed, and it did not put the link back",
            $"{place} was no link since {what}, and {Clause.Event(inquiry, cause)} did not put it back", number);
    }

    private static void Finish(Inquiry inquiry, long cause, string message, string why, params ulong[] objects)
    {
        inquiry.End(new ChainLink(cause, ChainRole.Decision, message) { Objects = objects });
        inquiry.Summary = Telling.Sentences(inquiry, why);
    }

    /// <summary>The last time up to a position that the collector began to count in a word of an object; 0 when it never did.</summary>
    private static long Counted(Inquiry inquiry, Address address, long position)
    {
        var test = new Counts(address.Value);
        return new EventScan(inquiry.Debugger.Timeline.Blocks).Backward(position, inquiry.Debugger.Timeline.Start + 1, ref test, inquiry.Progress);
    }

    private static long LastAbout(Inquiry inquiry, Address address, long from, long position)
    {
        var end = new CollectionEnds();
        var until = new EventScan(inquiry.Debugger.Timeline.Blocks).Forward(from + 1, position, ref end, inquiry.Progress);
        var test = new Treats(address.Value);
        return new EventScan(inquiry.Debugger.Timeline.Blocks).Backward(until > 0 ? until : position, from + 1, ref test, inquiry.Progress);
    }

    private readonly struct Counts(ulong address) : IEventTest
    {
        public bool Hits(EventBlock block, int index) => (EventKind)block.Kinds[index] == EventKind.SetCollectorCount && block.A[index] == address;

        public bool MayHit(BlockSummary summary) => summary.Names(new Address(address));
    }

    private readonly struct Treats(ulong address) : IEventTest
    {
        public bool Hits(EventBlock block, int index) =>
            block.A[index] == address && (EventKind)block.Kinds[index] is EventKind.Mark or EventKind.Unmark or EventKind.Relink or EventKind.Link or EventKind.Unlink or EventKind.Flag;

        public bool MayHit(BlockSummary summary) => summary.Names(new Address(address));
    }

    private readonly struct CollectionEnds : IEventTest
    {
        public bool Hits(EventBlock block, int index) => (EventKind)block.Kinds[index] == EventKind.CollectionEnd;
    }
}
