using GcReplay.Heaps;
using GcReplay.Heaps.Events;
using GcReplay.Heaps.Memory;
using GcReplay.Simulation.Interpreters;

namespace GcReplay.Simulation.Collectors;

/// <summary>What collectors do to the process in the same way: find its roots, place objects in memory of their own, move them, give
/// their places back.</summary>
public static class Mutator
{
    /// <summary>Every word of the mutator that may hold a reference: globals, then for each thread its frame from the bottom up and the
    /// reference in flight. The collector may write them while it enumerates.</summary>
    public static IEnumerable<Address> RootSlots(this Process process)
    {
        for (var i = 0; i < process.Code.Program.GlobalCount; i++)
            yield return process.GlobalSlot(i);
        for (var i = 0; i < process.Code.Threads.Length; i++)
        {
            var thread = process.ThreadStruct(i);
            if (thread.IsNull)
                continue;
            for (var k = 0; k < process.FrameCount(thread); k++)
                yield return process.FrameBase(thread) + k * 8L;
            yield return thread + RuntimeWords.Thread.InFlight;
        }
    }

    /// <summary>Allocates a new object and zeroes it: one Allocate event, which stays open for the words of its header. The reference is in
    /// flight afterwards.</summary>
    /// <param name="place">Where, in memory of the collector's own; null: where the process's allocator says.</param>
    /// <param name="bytes">A multiple of 8.</param>
    public static Address NewObject(this Process process, Address place, ulong bytes, int typeId, int nameId)
    {
        var journal = process.Journal;
        var number = process.NextObjectNumber();
        var descriptor = ObjectEntry.Descriptor(typeId, nameId, process.InterpreterId(process.Interpreter), 0);
        if (place.IsNull)
            place = process.Allocator.Allocate(bytes, number, descriptor);
        else
            journal.Allocate(place, bytes, number, descriptor);
        process.CountObject(number);
        foreach (var address in journal.Space.NonZeroWords(place, bytes))
            journal.Write(address, 0);
        journal.WriteOwn(process.InFlightSlot, place.Value);
        return place;
    }

    /// <summary>Whether an object lives at an address; where none does, none can move from it.</summary>
    public static bool IsLiveObject(this Process process, Address address) =>
        process.Journal.Shadow.CellAt(address) is { State: CellState.Live } cell && cell.Start == address;

    /// <summary>Moves an object: an Allocate event for its new place, then a Move event with the words copied, which stays open for the
    /// words of a forwarding pointer. The old place keeps its words until <see cref="GiveBack"/>.</summary>
    /// <param name="place">As for <see cref="NewObject"/>.</param>
    public static Address MoveObject(this Process process, Address from, Address place, ulong bytes)
    {
        var journal = process.Journal;
        if (place.IsNull)
            place = process.Allocator.Allocate(bytes, 0, 0);
        else
            journal.Allocate(place, bytes, 0, 0);
        process.Event(EventKind.Move, from.Value, place.Value, bytes);
        for (var offset = 0L; offset < (long)bytes; offset += 8)
            journal.Write(place + offset, journal.Read(from + offset));
        return place;
    }

    /// <summary>Gives a place in memory of the collector's own back, in a Free event: of an object that died, or that moved away.</summary>
    public static void GiveBack(this Process process, Address place)
    {
        var cell = process.Journal.Shadow.CellAt(place);
        Check.That(
            cell is { State: CellState.Live or CellState.Forwarded } && cell.Value.Start == place, $"{place}, which is to be given back, is no place of an object");
        process.Journal.Free(cell.Value);
    }
}
