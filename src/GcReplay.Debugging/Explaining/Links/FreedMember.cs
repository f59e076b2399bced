using GcReplay.Heaps.Events;

namespace GcReplay.Debugging.Explaining.Links;

/// <summary>An object was freed while its neighbours were still linked to it: its death did not take it off its list.</summary>
internal static class FreedMember
{
    /// <summary>False when the link names no dead object, or one that was taken off.</summary>
    public static bool Explain(Inquiry inquiry, BadLink bad)
    {
        var end = inquiry.Corruption!.Event;
        var view = inquiry.At(end).View;
        if (view.ObjectAt(bad.Family.ObjectOf(bad.Target)) is not { IsLive: false } dead || Telling.LifeOf(inquiry, dead.Number) is not { Death: > 0 } life)
            return false;
        var (number, address, text) = (dead.Number, dead.Address, dead.ToString());
        var witness = inquiry.Witness;
        var linked = witness.Last(new OfSubject(address.Value, EventKind.Link, EventKind.Relink), life.Death, life.Birth);
        if (linked == 0 || !Telling.IsKnown(inquiry, linked))
            return false;
        if (witness.Last(new OfSubject(address.Value, EventKind.Unlink), life.Death, linked + 1) > 0)
            return false;

        inquiry.Add(life.Death, ChainRole.Consequence, $"the memory of {text} goes while its neighbours still name it", number);
        inquiry.Add(linked, ChainRole.Evidence, $"{text} is on its list from here on", number);
        var died = witness.Last(new OfSubject(address.Value, EventKind.Dealloc), life.Death, linked + 1);
        var peer = died == 0 ? 0 : Peer(inquiry, died);
        if (peer > 0)
            inquiry.Add(peer, ChainRole.Evidence, $"another death begins with {Clause.Of(inquiry, peer)}");
        var cause = died > 0 ? died : life.Death;
        inquiry.End(new ChainLink(cause, ChainRole.Decision, $"{text} dies and is not taken off the list that it has been on since event {linked}") { Objects = [number] });
        inquiry.Summary = Telling.Sentences(
            inquiry, $"{text} died in event {cause} without being taken off its list, on which it was since event {linked}, so that its neighbours name freed memory");
        return true;
    }

    /// <summary>Another death that was followed at once by taking its object off a list; 0 when there is none.</summary>
    private static long Peer(Inquiry inquiry, long died) =>
        inquiry.Witness.Beside(died, EventKind.Unlink, e => inquiry.Witness.Follows(e, EventKind.Dealloc));
}
