using GcReplay.Heaps.Events;
using GcReplay.Heaps.Memory;

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
    private static long Counted(Inquiry inquiry, Address address, long position) =>
        inquiry.Witness.Last(new OfSubject(address.Value, EventKind.SetCollectorCount), position);

    private static long LastAbout(Inquiry inquiry, Address address, long from, long position)
    {
        var until = inquiry.Witness.FirstOf(from + 1, position, EventKind.CollectionEnd);
        var treats = new OfSubject(address.Value, EventKind.Mark, EventKind.Unmark, EventKind.Relink, EventKind.Link, EventKind.Unlink, EventKind.Flag);
        return inquiry.Witness.Last(treats, until > 0 ? until : position, from + 1);
    }
}
