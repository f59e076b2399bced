using GcReplay.Heaps.Events;

namespace GcReplay.Debugging.Explaining.Links;

/// <summary>The first event whose words are not what it declares, if there is one, is the cause of what went wrong later.</summary>
internal static class BrokenPromise
{
    /// <summary>Ends the chain at that event; false when each event up to one did what it declares.</summary>
    public static bool Explains(Inquiry inquiry, long last)
    {
        var action = BrokenListAction.First(inquiry, last);
        var handed = HandedOut.First(inquiry, action?.Event ?? last);
        if (BrokenStore.Explains(inquiry, handed?.Event ?? action?.Event ?? last))
            return true;
        if (handed is not null)
            handed.Explain(inquiry);
        else if (action is var (number, link))
            OfAction(inquiry, number, link);
        return handed is not null || action is not null;
    }

    private static void OfAction(Inquiry inquiry, long number, WrongLink link)
    {
        if (link.IsSecond)
        {
            OfSecond(inquiry, number, link);
            return;
        }

        var family = link.Family;
        var what = Clause.Event(inquiry, number);
        var timeline = inquiry.At(number);
        var (node, holds) = (timeline.View.DescribeNode(link.Node, family), timeline.View.DescribeNode(link.Holds, family));
        var should = link.Expected is { } expected && expected != link.Holds ? $" instead of {timeline.View.DescribeNode(expected, family)}" : "";
        var isWritten = timeline.EventAt(number).Writes(link.Word);
        var part = $"{(link.IsPrev ? "prev" : "next")} of {node}";
        var fact = isWritten ? $"sets {part} to {holds}{should}" : $"leaves {part} as it was: it names {holds}{should}";
        Telling.LastWriteBefore(inquiry, link.Word, number, $"{part} was written here last, and was right until event {number}");
        inquiry.End(new ChainLink(number, ChainRole.Decision, fact) { Objects = Telling.NumbersAt(inquiry.At(number), family, link.Node, link.Holds) });
        inquiry.Summary = Telling.Sentences(inquiry, $"{what} {fact}");
    }

    /// <summary>What joins a list while it is on one should have left that before.</summary>
    private static void OfSecond(Inquiry inquiry, long number, WrongLink link)
    {
        var timeline = inquiry.At(number);
        var family = link.Family;
        var address = family.ObjectOf(link.Holds);
        var (text, neighbour) = (timeline.View.DescribeNode(link.Holds, family), timeline.View.DescribeNode(link.Node, family));
        var objects = Telling.NumbersAt(inquiry.At(number), family, link.Holds, link.Node);
        var joined = inquiry.Witness.Last(new OfSubject(address.Value, EventKind.Link, EventKind.Relink), number - 1);
        if (joined > 0)
            inquiry.Add(joined, ChainRole.Evidence, $"{text} is on a list from here on", [.. objects]);
        var died = inquiry.Witness.Last(new OfSubject(address.Value, EventKind.Dealloc), number - 1, joined + 1);
        var fact = $"puts {text} on a list while it is on one: next of {neighbour} still names it";
        if (died == 0)
        {
            inquiry.End(new ChainLink(number, ChainRole.Decision, fact) { Objects = objects });
            inquiry.Summary = Telling.Sentences(inquiry, $"event {number} {fact}");
            return;
        }

        inquiry.Add(number, ChainRole.Consequence, fact, [.. objects]);
        inquiry.End(new ChainLink(died, ChainRole.Decision, $"{text} begins to die here and is not taken off its list") { Objects = objects });
        inquiry.Summary = Telling.Sentences(inquiry, $"the death of {text} (event {died}) did not take it off its list, so that event {number} put it on a second one");
    }
}
