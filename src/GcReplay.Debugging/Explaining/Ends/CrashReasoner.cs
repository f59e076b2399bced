using GcReplay.Debugging.Explaining.Links;
using GcReplay.Debugging.Explaining.Tracing;
using GcReplay.Heaps.Events;
using GcReplay.Heaps.Memory;
using GcReplay.Heaps.Views;

namespace GcReplay.Debugging.Explaining.Ends;

/// <summary>Knows how a run comes to touch memory that is not there, or not free, while no promise is broken: which word was followed, and who made
/// it what it is.</summary>
internal sealed class CrashReasoner : IReasoner
{
    public bool Takes(Inquiry inquiry) => inquiry is { Corruption: null, Failure: not null } && Fault(inquiry) is not null;

    public void Explain(Inquiry inquiry)
    {
        var fault = Fault(inquiry)!.Value;
        var number = inquiry.Failure!.Event;
        if (BrokenPromise.Explains(inquiry, number))
            return;
        var address = new Address(fault.A);
        var there = inquiry.At(number);
        var access = StaleReasoner.Interrupted(there);
        if (!there.View.CountsReferences && FollowedWord.Explains(inquiry, address, access))
            return;
        there = inquiry.At(number);
        var occupant = there.View.ObjectCovering(address);
        if (occupant is { IsRuntime: false, IsLive: false } && EarlyDeath.Of(inquiry, occupant.Number, number) is { } death)
            death.Explain(access);
        else if (FollowedLink(inquiry, access, address) is var (word, family))
            OfLink(inquiry, word, family, access);
    }

    private static Event? Fault(Inquiry inquiry)
    {
        var timeline = inquiry.Debugger.Timeline;
        return Telling.IsKnown(inquiry, inquiry.Failure!.Event) && timeline.EventAt(inquiry.Failure.Event) is { Kind: EventKind.Crash or EventKind.Hazard } fault ? fault.Event : null;
    }

    /// <summary>The link word of the object at work that leads to an address; null when none does.</summary>
    private static (Address Word, LinkFamily Family)? FollowedLink(Inquiry inquiry, long access, Address address)
    {
        var view = inquiry.At(Math.Max(access - 1, inquiry.Debugger.Timeline.Start)).View;
        var e = inquiry.Debugger.Timeline.EventAt(access).Event;
        var subject = new Address(e.Kind is EventKind.Link or EventKind.Push or EventKind.Pop ? e.B : e.A);
        if (view.ObjectAt(subject) is not { } o)
            return null;
        foreach (var family in view.Families.Where(f => view.HasNode(o.Entry, f)))
        {
            int[] offsets = family.PrevOffset < 0 ? [family.NextOffset] : [family.NextOffset, family.PrevOffset];
            foreach (var own in offsets)
            {
                var word = family.NodeOf(subject) + own;
                if (view.TryRead(word, out var link) && offsets.Any(o => family.Address(link) + o == address))
                    return (word, family);
            }
        }

        return null;
    }

    /// <summary>A link that was followed although it is none.</summary>
    private static void OfLink(Inquiry inquiry, Address word, LinkFamily family, long access)
    {
        if (inquiry.Debugger.Words.LastWrite(word, access - 1, progress: inquiry.Progress) is not { } write || !Telling.IsKnown(inquiry, write.Number))
            return;
        var there = inquiry.At(write.Number);
        if ((ListAction.Kinds >> (int)there.EventAt(write.Number).Kind & 1) == 0)
        {
            OverwrittenLink.Explain(inquiry, word, access - 1);
            return;
        }

        var (place, holder) = (there.View.Describe(word), there.View.ObjectCovering(word));
        var (text, identities) = holder is null ? (place, "") : (holder.ToString(), Telling.Identities(there, holder));
        ulong[] objects = holder is { IsRuntime: false } ? [holder.Number] : [];
        var before = inquiry.At(write.Number - 1).View is var was && was.TryRead(word, out var old)
            ? was.DescribeNode(family.Address(old), family)
            : "another node";
        inquiry.Add(access, ChainRole.Consequence, $"follows {place} without asking whether {text} is on a list", objects);
        inquiry.End(new ChainLink(write.Number, ChainRole.Decision, $"takes {text} ({identities}) off its list: until then {place} named {before}, and from here on it names nothing") { Objects = objects });
        inquiry.Summary = Telling.Sentences(
            inquiry, $"event {write.Number} had taken {text} ({identities}) off its list already, and event {access} unlinked it again through links that are no longer there");
    }
}
