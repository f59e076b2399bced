using GcReplay.Debugging.Timelines;
using GcReplay.Heaps.Events;
using GcReplay.Heaps.Memory;
using GcReplay.Traces;

namespace GcReplay.Debugging.Explaining;

/// <summary>The object that an event deals with. Who joins or leaves a container, and who is visited or moved, stands behind it among the operands.</summary>
internal static class Subject
{
    public static ulong Of(in Event e) => e.Kind switch
    {
        EventKind.Push or EventKind.Pop or EventKind.Link or EventKind.Move => e.B,
        EventKind.Visit => e.C,
        _ => e.A,
    };
}

/// <summary>Events of some kinds that deal with what is at an address.</summary>
internal readonly struct OfSubject(ulong address, params ReadOnlySpan<EventKind> kinds) : IEventTest
{
    private readonly ulong mask = OfKinds.MaskOf(kinds);

    public bool Hits(EventBlock block, int index) => (mask >> block.Kinds[index] & 1) != 0 && Subject.Of(block[index]) == address;

    public bool MayHit(BlockSummary summary) => (summary.Kinds & mask) != 0 && summary.Names(new Address(address));
}
