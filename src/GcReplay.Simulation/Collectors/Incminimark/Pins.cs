using GcReplay.Heaps.Events;
using GcReplay.Heaps.Memory;

namespace GcReplay.Simulation.Collectors.Incminimark;

/// <summary>Pinned objects: they stay in the nursery while they are pinned and reached.</summary>
/// <remarks>Source: rpython/memory/gc/incminimark.py, pin, unpin, max_number_of_pinned_objects.</remarks>
internal sealed class Pins(GcContext gc)
{
    private readonly int pins = gc.Site("pin");
    private readonly int tooMany = gc.Site("pin-too-many");
    private readonly int notInNursery = gc.Site("pin-not-in-nursery");
    private readonly int already = gc.Site("pin-already");
    private readonly int hasReferences = gc.Site("pin-has-references");
    private readonly int unpins = gc.Site("unpin");

    private GcWords Words => gc.Words;

    /// <summary>Pins an object if it can be pinned; the list of the program's pins has an entry in any case.</summary>
    public bool Pin(Address reference)
    {
        var site = Site(reference);
        gc.Event(EventKind.Flag, reference.Value, reference.Value, 0, 0, site);
        gc.Journal.Read(reference);
        if (site == pins)
        {
            gc.Objects.Set(reference, GcFlag.Pinned);
            Words.PinnedObjectsInNursery++;
        }

        Words.Pins.Append(site == pins ? reference : Address.Null, site);
        return site == pins;
    }

    /// <summary>Removes an entry of the program's pins, and unpins its object when pinning it had succeeded.</summary>
    public bool Unpin(ulong index)
    {
        var reference = Words.Pins.RemoveAt(index, unpins);
        if (reference.IsNull)
            return false;
        gc.Event(EventKind.Flag, reference.Value, reference.Value, 0, 0, unpins);
        gc.Assert(gc.Objects.Has(reference, GcFlag.Pinned), "unpin-not-pinned", reference);
        gc.Objects.Clear(reference, GcFlag.Pinned);
        Words.PinnedObjectsInNursery = unchecked(Words.PinnedObjectsInNursery - 1);
        return true;
    }

    private int Site(Address reference)
    {
        var header = gc.Objects.Peek(reference);
        if (Words.PinnedObjectsInNursery >= Words.MaxNumberOfPinnedObjects)
            return tooMany;
        if (!Words.IsInNursery(reference))
            return notInNursery;
        if ((header & GcFlag.Pinned) != 0)
            return already;
        return gc.Objects.KindOf(header).IsString() ? pins : hasReferences;
    }
}
