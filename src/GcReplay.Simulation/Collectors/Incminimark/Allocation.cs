using GcReplay.Heaps.Memory;

namespace GcReplay.Simulation.Collectors.Incminimark;

/// <summary>Where objects are born: in the nursery, by moving a pointer; large ones outside; prebuilt ones before the program.</summary>
/// <remarks>Source: rpython/memory/gc/incminimark.py, malloc_fixedsize, malloc_varsize, collect_and_reserve, external_malloc.</remarks>
internal sealed class Allocation(GcContext gc, Collections collections)
{
    private readonly int jumps = gc.Site("collect_and_reserve-jumps-over-pinned");
    private readonly int external = gc.Site("external_malloc");
    private readonly int incrementHere = gc.Site("gc.increment-here");

    private GcWords Words => gc.Words;

    /// <summary>Allocates an object with empty slots; the reference is in flight.</summary>
    public Address New(int typeId, int slots, int nameId)
    {
        var kind = gc.Objects.KindOfType(typeId);
        var length = kind.LengthOf(slots);
        CollectByChance();
        var bytes = kind.Bytes(length);
        var rounded = Kinds.Rounded(bytes);
        var birthplace = gc.Process.InterpreterId(gc.Process.Interpreter);
        var descriptor = ObjectEntry.Descriptor(typeId, nameId, birthplace, 0);
        if (bytes > Words.NonlargeMax)
            return MallocExternal(kind, length, typeId, bytes, rounded, descriptor);
        if (Words.NurseryFree + rounded > Words.NurseryTop)
            CollectAndReserve(rounded);
        var number = gc.Process.NextObjectNumber();
        var reference = Words.NurseryFree;
        gc.Journal.Allocate(reference, (ulong)rounded, number, descriptor);
        Words.NurseryFree = reference + rounded;
        BeBorn(reference, kind, length, (uint)typeId, number);
        return reference;
    }

    /// <summary>Makes an object that is there before the program, in the region of its own. Its Allocate event stays open.</summary>
    public Address Prebuild(ulong number, int typeId, int slots, int nameId)
    {
        var kind = gc.Objects.KindOfType(typeId);
        var length = kind.LengthOf(slots);
        var bytes = Kinds.Rounded(kind.Bytes(length));
        var end = gc.Words.Address + GcField.PrebuiltEnd;
        var reference = new Address(gc.Journal.ReadOwn(end));
        var next = reference + bytes;
        var firstPage = (reference + (AddressSpace.PageBytes - 1)).Page;
        var endPage = (next + (AddressSpace.PageBytes - 1)).Page;
        if (endPage > firstPage)
            gc.Journal.Map(new Address(firstPage << AddressSpace.PageShift), (endPage - firstPage) << AddressSpace.PageShift);
        gc.Journal.Allocate(reference, (ulong)bytes, number, ObjectEntry.Descriptor(typeId, nameId, 0, 0));
        gc.Journal.WriteOwn(end, next.Value);
        Fill(reference, kind, length, (uint)typeId | GcFlag.TrackYoungPtrs | GcFlag.NoHeapPtrs, number);
        return reference;
    }

    /// <summary>Chaos: a minor collection, and perhaps a step of the major one, at any allocation.</summary>
    private void CollectByChance()
    {
        var chosen = gc.Process.Choices.Choose(64, "gc.increment-here");
        if (chosen is not (1 or 2))
            return;
        Words.Counters(incrementHere);
        collections.Minor(isAutomatic: true);
        if (chosen == 2 && Words.IsEnabled)
            collections.MajorStep(0, isAutomatic: true);
    }

    private void CollectAndReserve(long bytes)
    {
        var collected = 0;
        do
        {
            if (!Words.NurseryBarriers.IsEmpty)
            {
                JumpOverPinned();
                continue;
            }

            switch (collected++)
            {
                case 0:
                    collections.MinorWithMajorProgress(0, isForced: false, isAutomatic: true);
                    break;
                case 1:
                    // Pinned objects may have been unpinned by a step's finalizers; upstream tries once more.
                    collections.Minor(isAutomatic: true);
                    break;
                default:
                    throw gc.Process.Assertion("nursery-exhausted-by-pins", Words.Address);
            }
        }
        while (Words.NurseryFree + bytes > Words.NurseryTop);
    }

    /// <summary>Goes on in the gap behind the next pinned object.</summary>
    private void JumpOverPinned()
    {
        var pinned = Words.NurseryTop;
        var next = Words.NurseryBarriers.PopLeft(jumps);
        Words.NurseryFree = pinned + gc.Objects.SizeOf(pinned);
        Words.NurseryTop = next;
    }

    private Address MallocExternal(Kind kind, int length, int typeId, long bytes, long rounded, ulong descriptor)
    {
        if (gc.ThresholdReached(bytes))
            collections.MinorWithMajorProgress(bytes + Words.NurserySize / 2, isForced: false, isAutomatic: true);
        var number = gc.Process.NextObjectNumber();
        var cardBytes = kind == Kind.Array ? gc.Settings.CardBytes(length) : 0;
        var cell = gc.Process.Allocator.Allocate((ulong)(cardBytes + rounded), number, descriptor | (ulong)(cardBytes / 8) << 56);
        var reference = cell + cardBytes;
        Words.RawmallocedTotalSize = unchecked(Words.RawmallocedTotalSize + rounded + cardBytes);
        for (var offset = 0L; offset < cardBytes; offset += 8)
            gc.Journal.Write(cell + offset, 0);
        // A young array with cards tracks from its birth: its cards are complete, there is nothing young in it.
        BeBorn(reference, kind, length, (uint)typeId | (cardBytes == 0 ? 0 : GcFlag.HasCards | GcFlag.CardsSet | GcFlag.TrackYoungPtrs), number);
        Words.YoungRawmallocedIndex.Prepare();
        Words.YoungRawmallocedObjects.Append(reference, external);
        Words.YoungRawmallocedIndex.Set(reference, reference);
        return reference;
    }

    /// <summary>In the Allocate event: counts the object, empties it, and holds it in flight.</summary>
    private void BeBorn(Address reference, Kind kind, int length, ulong header, ulong number)
    {
        gc.Process.CountObject(number);
        Fill(reference, kind, length, header, number);
        gc.Journal.WriteOwn(gc.Process.InFlightSlot, reference.Value);
    }

    private void Fill(Address reference, Kind kind, int length, ulong header, ulong number)
    {
        var bytes = Kinds.Rounded(kind.Bytes(length));
        if (bytes > AddressSpace.PageBytes)
        {
            foreach (var word in gc.Journal.Space.NonZeroWords(reference, (ulong)bytes))
                gc.Journal.Write(word, 0);
        }
        else
        {
            for (var word = reference; word < reference + bytes; word += 8)
            {
                if (gc.Objects.Peek(word) != 0)
                    gc.Journal.Write(word, 0);
            }
        }

        gc.Journal.Write(reference, header);
        if (kind.LengthAt() is var at and > 0)
            gc.Journal.Write(reference + at, (ulong)length);
        if (kind == Kind.Node)
            gc.Journal.Write(reference + Kinds.NodeX, number);
    }
}
