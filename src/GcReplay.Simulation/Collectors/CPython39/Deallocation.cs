using GcReplay.Heaps.Events;
using GcReplay.Heaps.Memory;
using GcReplay.Simulation.Interpreters;
using static GcReplay.Simulation.Collectors.CPython39.ObjectWords;

namespace GcReplay.Simulation.Collectors.CPython39;

/// <summary>The death of an object whose count reached 0: untrack, empty the slots in order (children die in between), free.</summary>
/// <remarks>Upstream recurses through tp_dealloc. Here the frames of that recursion are pairs of words (object, next slot) on the
/// simulated C stack, so that a chain of any length dies without recursion of ours and runs into the end of that stack as the
/// real one would. Source: Objects/typeobject.c subtype_dealloc, Modules/gcmodule.c PyObject_GC_Del.</remarks>
internal sealed class Deallocation(CPython39Collector collector, Process process, GcLists lists)
{
    private const int FrameBytes = 16;

    /// <summary>Kills an object and everything that dies with it, depth first.</summary>
    public void Run(Address reference)
    {
        var bottom = Enter(reference);
        var frame = bottom;
        while (frame >= bottom)
        {
            var dying = new Address(process.Journal.ReadOwn(frame));
            if (ReleaseNextSlot(frame, dying) is { IsNull: false } child)
            {
                frame = Enter(child);
                continue;
            }

            FreeObject(dying, frame);
            frame -= FrameBytes;
        }
    }

    private Address Enter(Address reference)
    {
        process.Event(EventKind.Dealloc, reference.Value);
        var frame = process.PushCStack(FrameBytes);
        process.Journal.WriteOwn(frame, reference.Value);
        if (collector.IsCollected(collector.TypeOf(reference)) && lists.IsTracked(reference))
            lists.Untrack(reference);
        return frame;
    }

    /// <summary>Empties slots from where the frame stands; gives the first child that died by it, null when no slot is left.</summary>
    private Address ReleaseNextSlot(Address frame, Address dying)
    {
        var count = collector.SlotCount(dying);
        for (var i = (int)process.Journal.ReadOwn(frame + 8); i < count; i++)
        {
            var slot = collector.SlotAddress(dying, i);
            var child = new Address(process.Journal.Read(slot));
            if (child.IsNull)
                continue;
            process.Event(EventKind.Store, dying.Value, slot.Value, 0);
            process.Journal.Write(slot, 0);
            process.Journal.WriteOwn(frame + 8, (ulong)i + 1);
            if (collector.Decrement(child) == 0)
                return child;
        }

        return Address.Null;
    }

    private void FreeObject(Address dying, Address frame)
    {
        var isCollected = collector.IsCollected(collector.TypeOf(dying));
        if (isCollected)
            collector.UncountAllocation();
        process.Allocator.Free(isCollected ? dying - HeadBytes : dying);
        process.PopCStack(frame);
    }
}
