using GcReplay.Heaps.Events;
using GcReplay.Heaps.Memory;
using GcReplay.Simulation.Interpreters;

namespace GcReplay.Simulation.Collectors.Incminimark;

/// <summary>Ids of objects. An object in the nursery will move, so it gets its shadow: the place to which it will move, whose address
/// is the id already.</summary>
/// <remarks>Source: rpython/memory/gc/incminimark.py, id_or_identityhash, _find_shadow, _allocate_shadow.</remarks>
internal sealed class Shadows(GcContext gc, OldSpace oldSpace)
{
    private readonly int allocates = gc.Site("_allocate_shadow");
    private readonly int finds = gc.Site("_find_shadow");
    private readonly int notMoving = gc.Site("id-of-object-that-stays");

    /// <summary>The id: an address that no other object has while this one lives.</summary>
    public Address IdOf(Address reference)
    {
        var header = gc.Objects.Peek(reference);
        var isYoung = gc.Words.IsInNursery(reference);
        var hasShadow = isYoung && (header & GcFlag.HasShadow) != 0;
        gc.Event(EventKind.Flag, reference.Value, reference.Value, 0, 0, !isYoung ? notMoving : hasShadow ? finds : allocates);
        gc.Journal.Read(reference);
        if (!isYoung)
            return reference;
        if (!hasShadow)
            return Allocate(reference, header);
        var shadow = gc.Words.NurseryObjectsShadows.Get(reference);
        gc.Assert(!shadow.IsNull, "shadow-missing", reference);
        return shadow;
    }

    /// <summary>The shadow is a runtime object of the same type, with enough of a header to be freed when the object dies young.</summary>
    private Address Allocate(Address reference, ulong header)
    {
        var process = gc.Process;
        var kind = gc.Objects.KindOf(header);
        var bytes = gc.Objects.SizeOf(reference, kind);
        var born = process.RootWord(RuntimeWords.Root.RuntimeObjectsBorn) + 1;
        gc.Words.NurseryObjectsShadows.Prepare();
        var shadow = oldSpace.MallocOutOfNursery(bytes, born | GcReplay.Heaps.Memory.Shadow.RuntimeFlag, DescriptorOf(reference));
        process.SetRootWord(RuntimeWords.Root.RuntimeObjectsBorn, born);
        for (var offset = 0L; offset < bytes; offset += 8)
            gc.Journal.Write(shadow + offset, 0);
        gc.Journal.Write(shadow, header);
        if (kind.LengthAt() is var at and > 0)
            gc.Journal.Write(shadow + at, gc.Journal.Read(reference + at));
        gc.Event(EventKind.Flag, reference.Value, reference.Value, 0, 0, allocates);
        gc.Objects.Set(reference, GcFlag.HasShadow);
        gc.Words.NurseryObjectsShadows.Set(reference, shadow);
        return shadow;
    }

    private ulong DescriptorOf(Address reference) => gc.Journal.Shadow.OccupantAt(reference) is { } entry
        ? ObjectEntry.Descriptor(entry.TypeId, entry.NameId, entry.Birthplace, 0)
        : 0;
}
