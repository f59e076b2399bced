using GcReplay.Debugging.Provenance;
using GcReplay.Heaps.Events;
using GcReplay.Heaps.Memory;

namespace GcReplay.Debugging.Explaining.Ends;

/// <summary>A slot that a collection did not look at in a phase in which it looked at other slots of garbage.</summary>
/// <param name="Event">The last look at another slot of its holder, or at the holder; where there is none, at what stands in front of it.</param>
/// <param name="Slot">By name.</param>
/// <param name="Target">What it names, and <paramref name="Text"/> in words.</param>
/// <param name="Peer">A slot of another object that was looked at in that phase.</param>
internal sealed record SkippedSlot(long Event, string Slot, ObjectName Target, string Text, long Peer)
{
    /// <summary>Of the slots by which garbage names an object, the one that the first phase of looking at slots left out; null when it left out none.</summary>
    public static SkippedSlot? Of(Witness witness, ObjectName o, long begin, long end)
    {
        var visits = witness.AllOf(begin, end, EventKind.Visit);
        if (visits.Count == 0)
            return null;
        var phase = witness.PhaseAt(visits[0]);
        var first = visits.TakeWhile(n => witness.PhaseAt(n) == phase).ToList();
        var phaseBegin = Math.Max(begin, witness.LastOf(visits[0], begin, EventKind.PhaseBegin));
        var view = witness.ViewAt(begin - 1);
        if (view.Object(o.Number, o.IsRuntime) is not { IsLive: true } target)
            return null;
        var (text, seen) = (target.ToString(), first.Select(n => witness.Event(n).Event.B).ToHashSet());
        foreach (var reference in target.Referrers.Where(r => r.IsOwned && !seen.Contains(r.Slot.Value)).ToList())
        {
            view = witness.ViewAt(begin - 1);
            if (view.ObjectCovering(reference.Slot) is not { IsRuntime: false } holder || view.IsReachable(holder))
                continue;
            var last = witness.AllOf(phaseBegin, first[^1], EventKind.Visit, EventKind.Scan).LastOrDefault(n => witness.Event(n).Event.A == holder.Address.Value);
            if (last == 0)
                last = LastBefore(witness, first, holder.Address, begin);
            if (last == 0)
                continue;
            var peer = first.Find(n => witness.Event(n).Event.A != holder.Address.Value);
            return new SkippedSlot(last, $"{holder}.{reference.Name}", o, text, peer > 0 ? peer : last);
        }

        return null;
    }

    /// <summary>The last look at a slot of what the collection took up before an object; 0 when it did not take the object up.</summary>
    private static long LastBefore(Witness witness, List<long> visits, Address holder, long begin)
    {
        var order = witness.AllOf(begin, visits[0], EventKind.SetCollectorCount, EventKind.Scan, EventKind.Mark).Select(n => witness.Event(n).Event.A).ToList();
        for (var at = order.LastIndexOf(holder.Value) - 1; at >= 0; at--)
        {
            if (visits.FindLast(n => witness.Event(n).Event.A == order[at]) is var last and > 0)
                return last;
        }

        return order.Contains(holder.Value) ? visits[0] - 1 : 0;
    }
}
