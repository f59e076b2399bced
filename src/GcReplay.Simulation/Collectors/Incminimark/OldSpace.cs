using GcReplay.Heaps.Memory;

namespace GcReplay.Simulation.Collectors.Incminimark;

/// <summary>Memory outside the nursery: small-object arenas, and the raw allocator for what is larger.</summary>
/// <remarks>Source: rpython/memory/gc/incminimark.py, _malloc_out_of_nursery, free_rawmalloced_object_if_unvisited.</remarks>
internal sealed class OldSpace(GcContext gc)
{
    private readonly int outOfNursery = gc.Site("_malloc_out_of_nursery_nonsmall");
    private readonly int survives = gc.Site("raw-malloced-survives");
    private readonly int dies = gc.Site("raw-malloced-dies");

    /// <summary>Room for an object that leaves the nursery, as events of its own.</summary>
    /// <param name="bytes">Of the object, rounded.</param>
    /// <param name="number">0 for a place into which an object moves; else of the object that is born in it.</param>
    public Address MallocOutOfNursery(long bytes, ulong number, ulong descriptor)
    {
        if (bytes <= gc.Settings.SmallRequestThresholdBytes)
            return gc.SmallObjects.Malloc((ulong)bytes, number, descriptor);
        var place = gc.Process.Allocator.Allocate((ulong)bytes, number, descriptor);
        gc.Words.RawmallocedTotalSize += bytes;
        gc.Words.OldRawmallocedObjects.Append(place, outOfNursery);
        return place;
    }

    /// <summary>free_rawmalloced_object_if_unvisited: an object with the flag loses it and is old, one without is freed.</summary>
    public void FreeIfUnvisited(Address reference, ulong flag)
    {
        var header = gc.Objects.Peek(reference);
        var isDead = (header & flag) == 0;
        gc.Event(GcReplay.Heaps.Events.EventKind.Sweep, reference.Value, isDead ? 1UL : 0, 0, 0, isDead ? dies : survives);
        gc.Journal.Read(reference);
        if (!isDead)
        {
            gc.Objects.Clear(reference, flag);
            gc.Words.OldRawmallocedObjects.Append(reference, survives);
            return;
        }

        var kind = gc.Objects.KindOf(header);
        var cardBytes = (header & GcFlag.HasCards) == 0 ? 0 : gc.Settings.CardBytes(gc.Objects.LengthOf(reference, kind));
        gc.Words.RawmallocedTotalSize = unchecked(gc.Words.RawmallocedTotalSize - gc.Objects.SizeOf(reference, kind) - cardBytes);
        gc.Words.Freed++;
        gc.Process.Allocator.Free(reference - cardBytes);
    }
}
