using GcReplay.Debugging.Timelines;
using GcReplay.Heaps.Events;
using GcReplay.Heaps.Memory;
using GcReplay.Traces;

namespace GcReplay.Debugging.Explaining.Links;

/// <summary>An object was freed while its neighbours were still linked to it: its death did not take it off its list.</summary>
internal static class FreedMember
{
    /// <summary>False when the link names no dead object, or one that was taken off.</summary>
    public static bool Explain(Inquiry inquiry, BadLink bad)
    {
        var end = inquiry.Corruption!.Event;
        var view = inquiry.At(end).View;
        if (view.ObjectAt(bad.Family.ObjectOf(bad.Target)) is not { IsLive: false } dead || Telling.LifeOf(inquiry, dead.Number) is not { Death: > 0 } life)
            return false;
        var (number, address, text) = (dead.Number, dead.Address, dead.ToString());
        var timeline = inquiry.Debugger.Timeline;
        var linked = Last(inquiry, new Joins(address.Value), life.Death, life.Birth);
        if (linked == 0 || !Telling.IsKnown(inquiry, linked))
            return false;
        var left = new Leaves(address.Value);
        if (new EventScan(timeline.Blocks).Backward(life.Death, linked + 1, ref left, inquiry.Progress) > 0)
            return false;

        inquiry.Add(life.Death, ChainRole.Consequence, $"the memory of {text} goes while its neighbours still name it", number);
        inquiry.Add(linked, ChainRole.Evidence, $"{text} is on its list from here on", number);
        var died = Last(inquiry, new Dies(address.Value), life.Death, linked + 1);
        var peer = died == 0 ? 0 : Peer(inquiry, died);
        if (peer > 0)
            inquiry.Add(peer, ChainRole.Evidence, $"another death begins with {Clause.Of(inquiry, peer)}");
        var cause = died > 0 ? died : life.Death;
        inquiry.End(new ChainLink(cause, ChainRole.Decision, $"{text} dies and is not taken off the list that it has been on since event {linked}") { Objects = [number] });
        inquiry.Summary = Telling.Sentences(
            inquiry, $"{text} died in event {cause} without being taken off its list, on which it was since event {linked}, so that its neighbours name freed memory");
        return true;
    }

    /// <summary>Another death that was followed at once by taking its object off a list; 0 when there is none.</summary>
    private static long Peer(Inquiry inquiry, long died) =>
        inquiry.Witness.Beside(died, EventKind.Unlink, e => inquiry.Witness.Follows(e, EventKind.Dealloc));

    private static long Last<T>(Inquiry inquiry, T test, long last, long first)
        where T : struct, IEventTest =>
        new EventScan(inquiry.Debugger.Timeline.Blocks).Backward(last, first, ref test, inquiry.Progress);

    internal readonly struct Joins(ulong address) : IEventTest
    {
        public bool Hits(EventBlock block, int index) =>
            (EventKind)block.Kinds[index] == EventKind.Link && block.B[index] == address || (EventKind)block.Kinds[index] == EventKind.Relink && block.A[index] == address;

        public bool MayHit(BlockSummary summary) => summary.Names(new Address(address));
    }

    private readonly struct Leaves(ulong address) : IEventTest
    {
        public bool Hits(EventBlock block, int index) => (EventKind)block.Kinds[index] == EventKind.Unlink && block.A[index] == address;

        public bool MayHit(BlockSummary summary) => summary.Names(new Address(address));
    }

    internal readonly struct Dies(ulong address) : IEventTest
    {
        public bool Hits(EventBlock block, int index) => (EventKind)block.Kinds[index] == EventKind.Dealloc && block.A[index] == address;

        public bool MayHit(BlockSummary summary) => summary.Names(new Address(address));
    }
}
