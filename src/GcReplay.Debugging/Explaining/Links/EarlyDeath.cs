using GcReplay.Debugging.Provenance;
using GcReplay.Heaps.Events;
using GcReplay.Heaps.Memory;

namespace GcReplay.Debugging.Explaining.Links;

/// <summary>An object of a heap with reference counts died, and somebody went on with it: it was counted too low, nothing held it while it was
/// worked on, or its death left a word that names it.</summary>
internal sealed class EarlyDeath(Inquiry inquiry, ulong number, Address address, string text, Lifetime life, long deallocated)
{
    /// <summary>The event with which its death began.</summary>
    public long Deallocated => deallocated;

    /// <summary>Null when the object did not die of its count.</summary>
    /// <param name="position">At which the object is known: its row is there.</param>
    public static EarlyDeath? Of(Inquiry inquiry, ulong number, long position)
    {
        if (Telling.LifeOf(inquiry, number) is not { Death: > 0 } life || !Telling.IsKnown(inquiry, life.Death) || life.Death > position
            || inquiry.At(life.Death).View.Object(number) is not { } o)
            return null;
        var (address, text) = (o.Address, o.ToString());
        var deallocated = inquiry.Witness.Last(new OfSubject(address.Value, EventKind.Dealloc), life.Death, life.Birth);
        return deallocated == 0 ? null : new EarlyDeath(inquiry, number, address, text, life, deallocated);
    }

    /// <summary>Ends the chain at the cause.</summary>
    /// <param name="access">The event that went on with the dead object, or after which a reference to it is found.</param>
    public void Explain(long access)
    {
        inquiry.Add(life.Death, ChainRole.Consequence, $"the memory of {text} goes", number);
        if (UnheldScript.Explains(inquiry, number, life.Death))
            return;
        if (CountBalance.FirstShort(inquiry, number, deallocated) is { } shortage)
        {
            inquiry.Add(deallocated, ChainRole.Consequence, $"{text} dies, since its count is 0", number);
            CountReasoner.OfShortage(inquiry, number, shortage, ", so that it was freed too early");
        }
        else if (!OfContainer(access) && !OfBorrowed(access) && !OfClear(access) && !OfOrder(access))
        {
            Finish(deallocated, $"{text} dies, and event {access} goes on with it", $"{text} died in event {deallocated}, and {Clause.Event(inquiry, access)} went on with it");
        }
    }

    /// <summary>Taken from a container twice: the first time did not take it out.</summary>
    private bool OfContainer(long access)
    {
        if (inquiry.Debugger.Timeline.EventAt(access).Event is not { Kind: EventKind.Pop } pop || pop.B != address.Value)
            return false;
        var first = inquiry.Witness.Last(new OfSubject(address.Value, EventKind.Pop), access - 1, life.Birth);
        var pushed = inquiry.Witness.Last(new OfSubject(address.Value, EventKind.Push), access - 1, life.Birth);
        if (first == 0 || pushed > first)
            return false;
        if (pushed > 0)
            inquiry.Add(pushed, ChainRole.Evidence, $"{text} is put there once", number);
        Finish(
            first, $"takes {text} and leaves it the one to be taken next",
            $"{Clause.Event(inquiry, first)} did not take it out, so that it was taken again after its death");
        return true;
    }

    /// <summary>A word that keeps nothing alive still names the object: its death, or an action on the other end, should have cleared it.</summary>
    private bool OfBorrowed(long access)
    {
        var view = inquiry.At(life.Death).View;
        var holders = view.ReferrersOf(address).Where(r => !r.IsOwned && r.Holder is { } h && view.ObjectAt(h) is { IsLive: true }).ToList();
        if (holders.Count == 0)
            return false;
        var subject = new Address(inquiry.Debugger.Timeline.EventAt(access).Event.A);
        var word = holders.FirstOrDefault(r => r.Holder == subject) is { Holder: not null } own ? own : holders[0];
        return StaleName.Explains(inquiry, word.Slot, access);
    }

    /// <summary>The collector worked on an object that nothing held for the time, and it died under its hands.</summary>
    private bool OfClear(long access)
    {
        var clear = inquiry.Witness.Last(new OfSubject(address.Value, EventKind.Clear), deallocated, life.Birth);
        if (clear == 0 || inquiry.Debugger.Timeline.EventAt(clear).Event.B != 0 || !Telling.IsInSameSpan(inquiry, clear, access))
            return false;
        if (inquiry.Witness.Beside(clear, EventKind.Clear, e => inquiry.Witness.Follows(e, EventKind.Retain)) is var peer and > 0)
            inquiry.Add(peer, ChainRole.Evidence, $"{Clause.Of(inquiry, peer)}: elsewhere a reference is taken before an object is cleared");
        inquiry.Add(deallocated, ChainRole.Consequence, $"{text} dies while it is being cleared", number);
        Finish(
            clear, $"the collector clears {text}, and nothing holds it for that time",
            $"{Clause.Event(inquiry, clear)} began while nothing held the object, so that it died before the collector was done with it");
        return true;
    }

    /// <summary>It died in the same operation, by a step that elsewhere comes behind what went on with it.</summary>
    private bool OfOrder(long access)
    {
        if (inquiry.Witness.Around(access, EventKind.OperationBegin) is var begin && (begin == 0 || deallocated < begin) || new Precedent(inquiry.Witness).OutOfTurn(access) is not { } early || early.Event > deallocated)
            return false;
        inquiry.Add(deallocated, ChainRole.Consequence, $"{text} dies", number);
        inquiry.Add(early.Peer, ChainRole.Evidence, $"{Clause.Of(inquiry, early.Peer)}: here nothing like event {early.Event} comes in front of it");
        Finish(early.Event, early.Message, $"{Clause.Event(inquiry, early.Event)} came too early: {text} died through it, and event {access} went on with it");
        return true;
    }

    private void Finish(long cause, string message, string why)
    {
        inquiry.End(new ChainLink(cause, ChainRole.Decision, message) { Objects = [number] });
        inquiry.Summary = Telling.Sentences(inquiry, why);
    }
}
