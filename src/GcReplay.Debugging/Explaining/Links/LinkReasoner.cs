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
        if (BrokenPromise.Explains(inquiry, violation.Event))
            return;
        if (BadLink.Of(inquiry.At(violation.Event).View, violation) is not { } bad)
            return;
        if (bad.IsHeadGone)
            FreedHead.Explain(inquiry, violation, bad);
        else if (!FreedMember.Explain(inquiry, bad))
            OverwrittenLink.Explain(inquiry, bad.Word, violation.Event);
    }
}
