using GcReplay.Debugging.Provenance;
using GcReplay.Heaps.Memory;
using GcReplay.Heaps.Views;

namespace GcReplay.Debugging.Explaining.Tracing;

/// <summary>A tracing collector, or its program, went to memory that is not there before a sanitizer could ask: the address stood in a word, and either
/// that was never a reference, or what it named is gone.</summary>
internal static class FollowedWord
{
    /// <summary>Ends the chain at the cause; false when it is not known which word was followed, or why it led nowhere.</summary>
    /// <param name="address">Where the access went.</param>
    /// <param name="access">The event that made it.</param>
    public static bool Explains(Inquiry inquiry, Address address, long access)
    {
        var witness = inquiry.Witness;
        var number = inquiry.Failure!.Event;
        var view = witness.ViewAt(number);
        var isGone = view.ObjectCovering(address) is { IsLive: false };
        if ((OfObjectAtWork(witness, view, access, address) ?? FailureWalk.Followed(view, address)) is not { } slot || slot.Target.Number == 0 && isGone)
            return false;
        var links = new List<ChainLink>();
        var (source, known) = new Origin(witness, links).Of(slot, number);
        var verdict = LostObjectReasoner.Verdict(witness, source, known);
        if (verdict is null || !Telling.IsKnown(inquiry, verdict.Event))
            return false;
        foreach (var link in links.Concat(verdict.Before).Where(link => Telling.IsKnown(inquiry, link.Event)))
            inquiry.Add(link);
        ulong[] objects = slot.Target.Number == 0 ? [] : [slot.Target.Number];
        if (slot.Target.Number > 0)
            FailureWalk.Freed(inquiry, slot.Target, number);
        inquiry.Add(access, ChainRole.Consequence, $"{witness.What(access)}: follows {slot.Name}; no sanitizer was asked since it became wrong", objects);
        inquiry.End(new ChainLink(verdict.Event, ChainRole.Decision, verdict.What) { Objects = objects });
        var led = slot.Target.Number > 0 ? $"to {witness.NameOf(slot.Target, number)}, which is gone" : "nowhere";
        inquiry.Summary = Telling.Sentences(inquiry, $"event {access} followed {slot.Name} {led}; the cause is event {verdict.Event}: {verdict.Why}");
        return true;
    }

    /// <summary>The reference that leads nearest to an address, of those in the objects that an event names, wherever they lie by now.</summary>
    private static Edge? OfObjectAtWork(Witness witness, HeapView view, long access, Address address)
    {
        var e = witness.Event(access).Event;
        var found = default((ObjectView Holder, Reference Reference)?);
        foreach (var operand in (ReadOnlySpan<ulong>)[e.A, e.B, e.C])
        {
            if (view.Shadow.OccupantAt(new Address(operand)) is not { } entry || view.Object(entry.Number, entry.IsRuntime) is not { IsLive: true } holder)
                continue;
            foreach (var reference in holder.References.Where(r => FailureWalk.IsNear(r.Target, address)))
            {
                if (found is null || reference.Target > found.Value.Reference.Target)
                    found = (holder, reference);
            }
        }

        if (found is not var (from, slot))
            return null;
        var target = view.Shadow.OccupantAt(slot.Target) is { IsRuntime: false } there ? new ObjectName(there.Number, false) : default;
        return new Edge(new ObjectName(from.Number, from.IsRuntime), slot.Slot - from.Address, Address.Null, $"{from}.{slot.Name}", target);
    }
}
