namespace GcReplay.Debugging.Explaining.Links;

/// <summary>Knows how a list comes to be broken: an action that left a link out, the free of a member or of a head that is still named, a link
/// word that something else overwrote.</summary>
internal sealed class LinkReasoner : IReasoner
{
    private static readonly string[] Codes = ["freed-named-by-live-link", "list-integrity", "dead-list", "member-of-two-lists"];

    public bool Takes(Inquiry inquiry) => inquiry.Corruption is { } first && Codes.Contains(first.Code) && inquiry.Debugger.Timeline.View.Families.Length > 0;

    public void Explain(Inquiry inquiry)
    {
        var violation = inquiry.Corruption!;
        if (ExplainsAction(inquiry, violation.Event))
            return;
        if (BadLink.Of(inquiry.At(violation.Event).View, violation) is not { } bad)
            return;
        else if (bad.IsHeadGone)
            FreedHead.Explain(inquiry, violation, bad);
        else if (!FreedMember.Explain(inquiry, bad))
            OverwrittenLink.Explain(inquiry, bad.Word, violation.Event);
    }

    /// <summary>Ends the chain at the first event up to one that declares one thing of a list and whose words say another; false when there is
    /// none.</summary>
    public static bool ExplainsAction(Inquiry inquiry, long last)
    {
        if (BrokenListAction.First(inquiry, last) is not var (number, link))
            return false;
        var timeline = inquiry.At(number);
        var family = timeline.View.Families[0];
        var what = inquiry.What(number);
        var (node, holds) = (timeline.View.DescribeNode(link.Node, family), timeline.View.DescribeNode(link.Holds, family));
        var should = link.Expected is { } expected && expected != link.Holds ? $" instead of {timeline.View.DescribeNode(expected, family)}" : "";
        var isWritten = Telling.IsWritten(timeline, link.Word);
        var left = $"{(link.IsPrev ? "prev" : "next")} of {node} names {holds}{should}";
        var decision = isWritten ? $"{what} writes a link that is wrong: {left}" : $"{what} leaves a link out that it should have written: {left}";
        Telling.LastWriteBefore(inquiry, link.Word, number, "the link was written last, and right until then");
        inquiry.End(new ChainLink(number, ChainRole.Decision, decision) { Objects = Telling.NumbersAt(inquiry.At(number), link.Node, link.Holds) });
        inquiry.Summary = Telling.Sentences(inquiry, $"Event {number}, {what}, changed a list and did not {(isWritten ? "set" : "write")} one of its links: {left}");
        return true;
    }
}
