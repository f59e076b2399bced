using GcReplay.Debugging.Provenance;
using GcReplay.Debugging.Timelines;
using GcReplay.Heaps.Events;
using GcReplay.Heaps.Layouts;
using GcReplay.Heaps.Memory;

namespace GcReplay.Debugging.Explaining.Tracing;

/// <summary>How an object came to have a flag that says it is on a list of the collector, and to be on none: the list was left without the flag being
/// changed, or the flag was changed without the list being joined.</summary>
internal sealed class FlagHistory(Witness witness)
{
    /// <summary>So many others that left a list are compared.</summary>
    private const int PeersMax = 60;

    /// <summary>So many events at which lists change are looked at.</summary>
    private const int MovesMax = 1000;

    /// <summary>The event since which a flag is as it is after another one; what was never changed has its state since the object lies there. 0 when
    /// that is not known.</summary>
    public long Since(ObjectName o, Field flag, long number)
    {
        var placed = witness.Dealings.PlacedAt(o, number);
        return Math.Max(placed, witness.LastChange(witness.AddressAt(o, number) + flag.Offset, flag, number, Math.Max(1, placed)));
    }

    /// <summary>Whether a flag is changed where objects join or leave the lists by which minor collections find them.</summary>
    public bool StandsForList(Field flag, long number)
    {
        var view = witness.ViewAt(number);
        var lists = view.Tracing.YoungSources.ToHashSet();
        return witness.Nearest(number, new OfKinds(EventKind.Push, EventKind.Pop), MovesMax).Any(n =>
            witness.Event(n).Event is var e && lists.Contains(view.PartAt(new Address(e.A)).Split('.')[^1]) && witness.Changes(n, new Address(e.B) + flag.Offset, flag));
    }

    /// <summary>Null when the flag and the lists agree, as far as the trace tells.</summary>
    /// <param name="isUntold">Whether it is known that the collector was not told what the flag says.</param>
    public Verdict? Of(ObjectName o, Field flag, long number, bool isUntold)
    {
        if (witness.ViewAt(number).Object(o.Number, o.IsRuntime) is not { } subject || Since(o, flag, number) is not (> 0 and var changed))
            return null;
        var state = subject.Read(flag).Value != 0 ? "set" : "clear";
        var left = witness.Dealings.With(o, changed + 1, number)
            .FirstOrDefault(d => d.Kind is EventKind.Pop or EventKind.Unlink && witness.IsRemembered(o, d.Number - 1) && !witness.IsRemembered(o, d.Number)
                && Restores(d.Number, flag));
        if (left.Number > 0)
        {
            return new Verdict(
                left.Number, $"{witness.What(left.Number)}: takes the object off the list that {flag.Name} being {state} stands for, and leaves {flag.Name} {state}",
                $"barriers went by {flag.Name}, which was left {state} when the object was taken off its list")
                .With(new ChainLink(changed, ChainRole.Precondition, $"{witness.What(changed)}: since then {flag.Name} of {subject} is {state}"));
        }

        if (witness.Event(changed).Kind == EventKind.Move && NeverTold(o, changed, number))
        {
            return new Verdict(
                changed, $"{witness.What(changed)}: since the object lies there {flag.Name} is {state}, by which barriers take it for recorded, and it is not put on the list that this stands for",
                $"an object moved with {flag.Name} {state} and was not put on the list that this stands for");
        }

        return witness.Around(changed, EventKind.CollectionBegin) == 0 && IsBarrierOf(changed, o) && (isUntold || NeverTold(o, changed, number))
            ? new Verdict(
                changed, $"{witness.What(changed)}: leaves {flag.Name} {state}, by which later barriers take the object for recorded",
                $"an earlier barrier changed {flag.Name} and did not do all that belongs to it")
            : null;
    }

    /// <summary>Whether an object was on no list by which minor collections find it, from one event to another.</summary>
    private bool NeverTold(ObjectName o, long from, long to) =>
        !witness.IsRemembered(o, from) && !witness.Dealings.With(o, from, to).Any(d => d.Kind == EventKind.Push && witness.IsRemembered(o, d.Number));

    /// <summary>Whether events like one that takes an object off a list change a flag of their objects; true also when there are none.</summary>
    private bool Restores(long number, Field flag)
    {
        var peers = witness.PeersOf(number, PeersMax).ToList();
        return peers.Count == 0 || peers.Exists(n => witness.Changes(n, new Address(witness.Event(n).Event.B) + flag.Offset, flag));
    }

    /// <summary>Whether an event outside a collection belongs to a barrier of the object.</summary>
    private bool IsBarrierOf(long number, ObjectName o)
    {
        var begin = Math.Max(1, witness.Around(number, EventKind.OperationBegin));
        return witness.Dealings.With(o, begin, number).Any(d => d.Kind == EventKind.Barrier);
    }
}
