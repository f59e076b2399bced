using GcReplay.Heaps.Events;
using GcReplay.Heaps.Memory;

namespace GcReplay.Debugging.Explaining.Tracing;

/// <summary>Follows a stale reference back through the loads that copied it, to where the value was when its target went.</summary>
/// <param name="links">Takes each copy.</param>
internal sealed class Origin(Witness witness, List<ChainLink> links)
{
    /// <summary>So many copies are followed.</summary>
    private const int CopiesMax = 50;

    /// <summary>The slot that the value came from, and an event after which it held it.</summary>
    public (Edge Slot, long Number) Of(Edge slot, long number)
    {
        for (var i = 0; i < CopiesMax && !slot.IsUnknown && Written(slot, number) is > 0 and var written; i++)
        {
            links.Add(new ChainLink(written, ChainRole.Origin, $"{witness.What(written)}: stores in {slot.Name} what is gone by then") { Objects = [slot.Target.Number] });
            if (Source(slot, written) is not { } source)
                return (slot, number);
            (slot, number) = (source, written - 1);
        }

        return (slot, number);
    }

    /// <summary>The event that wrote the slot, when what it wrote had gone before; 0 when it had not.</summary>
    private long Written(Edge slot, long number)
    {
        var place = slot.SlotAt(witness, number);
        var written = witness.Debugger.Words.LastWrite(place, number, 1, witness.Progress)?.Number ?? 0;
        if (written == 0 || witness.Event(written).Kind is EventKind.Move or EventKind.Visit)
            return 0;
        var view = witness.ViewAt(written);
        return view.TryRead(place, out var word) && view.Shadow.IsFreed(new Address(word)) ? written : 0;
    }

    /// <summary>Where the statement that wrote a slot had the value from: what it loaded, or else what held it then, weak references first.</summary>
    private Edge? Source(Edge slot, long written)
    {
        var view = witness.ViewAt(written);
        if (!view.TryRead(slot.SlotAt(witness, written), out var word))
            return null;
        var begin = Math.Max(1, witness.Around(written, EventKind.OperationBegin));
        var load = witness.AllOf(begin, written, EventKind.Load).LastOrDefault(n => witness.Event(n).Event.C == word);
        view = witness.ViewAt(written - 1);
        if (load > 0)
        {
            links.Add(new ChainLink(load, ChainRole.Origin, $"{witness.What(load)}: what is stored was read from there") { Objects = [slot.Target.Number] });
            return Edge.At(view, new Address(witness.Event(load).Event.B), slot.Target);
        }

        var holders = view.ReferrersOf(new Address(word)).OrderBy(r => r.IsOwned ? 1 : 0).ToList();
        return holders.Count == 0 ? null : Edge.At(view, holders[0].Slot, slot.Target);
    }
}
