using GcReplay.Debugging.Provenance;
using GcReplay.Heaps.Events;
using GcReplay.Heaps.Memory;
using GcReplay.Heaps.Sanitizers;
using GcReplay.Heaps.Views;

namespace GcReplay.Debugging.Explaining.Tracing;

/// <summary>A tracing collector freed what the program can reach, or moved it and left a reference to its old place.</summary>
internal sealed class LostObjectReasoner : IReasoner
{
    public bool Takes(Inquiry inquiry) =>
        inquiry.Corruption is { Code: "live-object-freed" or "use-after-free" or "forwarding-left-behind" } && inquiry.Debugger.Timeline.View is { CountsReferences: false };

    public void Explain(Inquiry inquiry)
    {
        var witness = inquiry.Witness;
        var violation = inquiry.Corruption!;
        if (BrokenStore.Explains(inquiry, violation.Event))
        {
            FailureWalk.Add(inquiry);
            return;
        }

        var origins = new List<ChainLink>();
        var slot = Stale(witness, violation);
        var verdict = slot is null
            ? ShadowReasoner.Freed(witness, witness.ViewAt(violation.Event).Shadow.CellAt(violation.About)?.Start ?? violation.About, violation.Event)
            : new Origin(witness, origins).Of(slot, violation.Event) is var (source, number) ? Verdict(witness, source, number) : null;
        if (verdict is null)
            return;
        foreach (var link in origins)
            inquiry.Add(link);
        FailureWalk.Add(inquiry);
        Conclusion.Add(inquiry, violation, verdict, slot is null ? [] : [slot.Target.Number]);
    }

    /// <summary>The reference to what is gone: as the violation says or, where somebody accessed freed memory, one that names it.</summary>
    private static Edge? Stale(Witness witness, Violation violation)
    {
        var view = witness.ViewAt(violation.Event);
        if (witness.Event(violation.Event).Kind != EventKind.Hazard)
            return view.TryRead(violation.About, out var word) ? Edge.At(view, violation.About, Named(view, new Address(word))) : null;
        if (view.Shadow.CellAt(violation.About) is not { } cell || Named(view, violation.About) is not { Number: > 0 } victim)
            return null;
        var referrer = view.ReferrersOf(cell.Start + PrefixOf(view, victim)).OrderBy(r => r.IsOwned ? 0 : 1).Select(r => (Reference?)r).FirstOrDefault();
        return referrer is { } found ? Edge.At(view, found.Slot, victim) : new Edge(null, 0, Address.Null, "", victim);
    }

    /// <summary>The object that an address names, or named before it was freed there or moved away; number 0 for none.</summary>
    private static ObjectName Named(HeapView view, Address address) =>
        view.Shadow.OccupantAt(address) is { IsRuntime: false } entry ? new ObjectName(entry.Number, false) : default;

    private static long PrefixOf(HeapView view, ObjectName o) => (view.Object(o.Number)?.Entry.PrefixWords ?? 0) * 8L;

    /// <summary>Why a slot names what is gone; null when that is not known.</summary>
    /// <param name="number">An event after which it does.</param>
    public static Verdict? Verdict(Witness witness, Edge slot, long number)
    {
        var (view, victim) = (witness.ViewAt(number), slot.Target);
        var isLive = view.Object(victim.Number)?.IsLive ?? false;
        var place = slot.IsUnknown ? Address.Null : slot.SlotAt(witness, number);
        var word = view.Space.Peek(place);
        if (!place.IsNull && LeftOver(witness, slot, place, number) is { } leftOver)
            return leftOver;
        if (victim.Number == 0)
            return null;
        if (!isLive && KeptDead.Of(witness, victim, number) is { } kept)
            return kept;
        var went = witness.Debugger.Words.LastFree(word == 0 ? witness.AddressAt(victim, number) : new Address(word), number, witness.Progress);
        var at = went > 0 ? went : number;
        return Death.Of(witness, slot, at, isLive);
    }

    /// <summary>The object that holds the slot moved, and the word was not copied: what stands there is what was there before.</summary>
    private static Verdict? LeftOver(Witness witness, Edge slot, Address place, long number)
    {
        if (slot.Holder is not { } holder || witness.LastMove(holder, number) is not (> 0 and var move))
            return null;
        var written = witness.Debugger.Words.LastWrite(place, number, 1, witness.Progress)?.Number ?? 0;
        return written >= move ? null : new Verdict(
            move, $"{witness.What(move)}: {slot.Name} is not copied, and what stood there before is taken for its contents", $"a word of the object that holds {slot.Name} was not copied when it moved");
    }
}
