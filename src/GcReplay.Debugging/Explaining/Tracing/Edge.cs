using GcReplay.Debugging.Provenance;
using GcReplay.Heaps.Memory;
using GcReplay.Heaps.Views;

namespace GcReplay.Debugging.Explaining.Tracing;

/// <summary>An owned reference that should have kept its target alive.</summary>
/// <param name="Holder">Null for a root.</param>
/// <param name="Offset">From the holder's address to the slot, wherever it lies.</param>
/// <param name="Root">Slot of a root.</param>
/// <param name="Name">Holder and slot by name.</param>
internal sealed record Edge(ObjectName? Holder, long Offset, Address Root, string Name, ObjectName Target)
{
    /// <summary>Whether it is known only that somebody used what is gone, not who named it.</summary>
    public bool IsUnknown => Holder is null && Root.IsNull;

    /// <summary>Where the slot lies during an event.</summary>
    public Address SlotAt(Witness witness, long number) => Holder is { } holder ? witness.Dealings.AddressAt(holder, number) + Offset : Root;

    /// <summary>The reference in a slot as it is now.</summary>
    public static Edge At(HeapView view, Address slot, ObjectName target)
    {
        if (view.ObjectCovering(slot) is { } holder && holder.References.FirstOrDefault(r => r.Slot == slot) is { Slot.IsNull: false } reference)
            return new Edge(new ObjectName(holder.Number, holder.IsRuntime), slot - holder.Address, Address.Null, $"{holder}.{reference.Name}", target);
        var root = view.StructReferences().FirstOrDefault(r => r.Slot == slot);
        return new Edge(null, 0, slot, root.Slot.IsNull ? view.Describe(slot) : root.Name, target);
    }

    public static Edge Of(Census census, OwnedReference reference, ObjectName target)
    {
        if (reference.Holder < 0)
            return new Edge(null, 0, reference.Slot, census.Describe(reference), target);
        var holder = census.Objects[reference.Holder];
        return new Edge(new ObjectName(holder.Number, false), reference.Slot - holder.Address, Address.Null, census.Describe(reference), target);
    }
}

/// <summary>Finds where on the ways to an object the collector lost the trail.</summary>
internal static class LostEdges
{
    /// <summary>The references from what the collector knows to live to what it does not, on ways to an object: those nearest to the object. Empty
    /// when nothing keeps it.</summary>
    /// <param name="isKnown">Whether the collector knows that an object lives.</param>
    public static IReadOnlyList<Edge> To(HeapView view, ulong victim, Func<ObjectEntry, bool> isKnown)
    {
        var census = view.Census();
        if (view.Object(victim) is not { IsLive: true } goal || census.IndexOf(goal.Address) is not (>= 0 and var start))
            return [];
        var reached = census.Reachable();
        var referrers = census.OwnedReferences.Where(r => r.Holder < 0 || reached[r.Holder]).ToLookup(r => census.IndexOf(r.Target));
        var seen = new HashSet<int> { start };
        var open = new Queue<int>([start]);
        while (open.TryDequeue(out var target))
        {
            var known = referrers[target].Where(r => r.Holder < 0 || isKnown(census.Objects[r.Holder])).ToList();
            if (known.Count > 0)
                return [.. known.Select(r => Edge.Of(census, r, new ObjectName(census.Objects[target].Number, false)))];
            foreach (var reference in referrers[target].Where(r => seen.Add(r.Holder)))
                open.Enqueue(reference.Holder);
        }

        return [];
    }

    /// <summary>The owned reference in a slot as it is now; null when there is none to a living object.</summary>
    public static Edge? At(HeapView view, Address slot)
    {
        var census = view.Census();
        foreach (var reference in census.OwnedReferences)
        {
            if (reference.Slot == slot && census.IndexOf(reference.Target) is >= 0 and var target)
                return Edge.Of(census, reference, new ObjectName(census.Objects[target].Number, false));
        }

        return null;
    }
}
