using GcReplay.Heaps.Events;
using GcReplay.Heaps.Memory;
using GcReplay.Simulation.Chaos.Faults;
using GcReplay.Simulation.Interpreters;
using static GcReplay.Simulation.Collectors.CPython39.ObjectWords;

namespace GcReplay.Simulation.Collectors.CPython39;

/// <summary>Keeps deallocations of containers from nesting too deep: beyond 50 they are chained, through the address bits of
/// <c>_gc_prev</c>, and done when the outermost is over. The nesting and the chain are the thread's.</summary>
/// <remarks>Source: Objects/object.c _PyTrash_begin, _PyTrash_thread_deposit_object, _PyTrash_thread_destroy_chain of 3.9.</remarks>
internal sealed class Trashcan(Process process)
{
    /// <summary>PyTrash_UNWIND_LEVEL.</summary>
    private const ulong NestingMax = 50;

    private readonly Fault keepsFirst = process.Fault(CPython39Faults.TrashcanKeepsFirst);

    private Address Nesting => process.Thread + RuntimeWords.Thread.TrashNesting;

    private Address Later => process.Thread + RuntimeWords.Thread.TrashLater;

    /// <summary>Begins a deallocation, in the open event; false when the object was put off instead.</summary>
    public bool Begin(Address untracked)
    {
        var journal = process.Journal;
        var nesting = journal.ReadOwn(Nesting);
        if (nesting < NestingMax)
        {
            journal.WriteOwn(Nesting, nesting + 1);
            return true;
        }

        process.Event(EventKind.Push, Later.Value, untracked.Value, 0, 0, process.Site("trashcan"));
        journal.Write(untracked + GcPrev, journal.ReadOwn(Later) | journal.Read(untracked + GcPrev) & PrevFlags);
        journal.WriteOwn(Later, untracked.Value);
        return false;
    }

    /// <summary>Ends a deallocation, in the open event; true when it was the outermost and others were put off: the nesting is held at
    /// 1 while they are done.</summary>
    public bool End()
    {
        var nesting = unchecked(process.Journal.ReadOwn(Nesting) - 1);
        var drains = nesting == 0 && process.Journal.ReadOwn(Later) != 0;
        process.Journal.WriteOwn(Nesting, drains ? 1 : nesting);
        return drains;
    }

    /// <summary>The object that was put off last; null when none is left, and the nesting is 0 again.</summary>
    public Address Take()
    {
        var journal = process.Journal;
        var next = new Address(journal.ReadOwn(Later));
        if (next.IsNull)
        {
            process.Event(EventKind.Counters, process.Thread.Value);
            journal.WriteOwn(Nesting, unchecked(journal.ReadOwn(Nesting) - 1));
            return next;
        }

        process.Event(EventKind.Pop, Later.Value, next.Value);
        var prev = journal.Read(next + GcPrev);
        if (!keepsFirst.Strikes())
            journal.WriteOwn(Later, prev & ~PrevFlags);
        journal.Write(next + GcPrev, prev & PrevFlags);
        return next;
    }
}
