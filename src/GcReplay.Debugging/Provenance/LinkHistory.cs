using GcReplay.Debugging.Timelines;
using GcReplay.Heaps.Events;
using GcReplay.Heaps.Memory;
using GcReplay.Heaps.Views;
using GcReplay.Traces;

namespace GcReplay.Debugging.Provenance;

/// <summary>How an object stands to the lists of its collector.</summary>
public enum LinkState
{
    /// <summary>Objects of its kind have no link words.</summary>
    NoLinks = 0,

    /// <summary>Its links lead to the head of a list.</summary>
    OnList,

    /// <summary>It has links, and no list's head is where they lead.</summary>
    Headless,

    /// <summary>It has no links.</summary>
    Unlinked,
}

/// <summary>When an object came to the list it is on, and when it left the lists: by its link words, so that what no list action did is
/// found too.</summary>
public sealed class LinkHistory(BlockCache blocks, WordHistory words)
{
    public static LinkState StateOf(HeapView view, ObjectView o)
    {
        if (FamilyOf(view, o) is not { } family)
            return LinkState.NoLinks;
        if (o.List is not null)
            return LinkState.OnList;
        return family.IsCircular && IsLinked(family, view.Space.Peek(NextOf(family, o.Address))) ? LinkState.Headless : LinkState.Unlinked;
    }

    /// <summary>The last event up to where a timeline stands that linked the object, or that took its links away; 0 when none did since
    /// its birth.</summary>
    public long LastChange(Timeline timeline, ObjectView o, long birth, Progress progress = default)
    {
        if (FamilyOf(timeline.View, o) is not { } family)
            return 0;
        var next = NextOf(family, o.Address);
        var word = timeline.Space.Peek(next);
        var position = timeline.Position;
        while (words.LastWrite(next, position, birth + 1, progress) is { } write)
        {
            var before = word ^ write.Xor;
            if (IsLinked(family, before) != IsLinked(family, word))
                return write.Number;
            word = before;
            position = write.Number - 1;
        }

        return 0;
    }

    /// <summary>The first event behind a position that links the object; 0 when none does in its life.</summary>
    public long NextLink(Address address, long position, long death, Progress progress = default)
    {
        var test = new NamesSecond(EventKind.Link, EventKind.Link, address.Value);
        return new EventScan(blocks).Forward(position + 1, death == 0 ? blocks.Source.EventCount : death, ref test, progress);
    }

    /// <summary>The event that put the object's death off, if it is still to come: the last that pushed it onto a chain and was not
    /// followed by one that took it off; 0 when there is none.</summary>
    public long PutOffBy(Address address, long position, long birth, Progress progress = default)
    {
        var test = new NamesSecond(EventKind.Push, EventKind.Pop, address.Value);
        var number = new EventScan(blocks).Backward(position, birth + 1, ref test, progress);
        return number > 0 && blocks.EventAt(number).Kind == EventKind.Push ? number : 0;
    }

    /// <summary>Events that took the head of a list away from its members, the latest first.</summary>
    public IEnumerable<long> Beheadings(long position, long birth, Progress progress = default)
    {
        while (true)
        {
            var test = new OfKinds(EventKind.Behead, EventKind.ListInit);
            position = new EventScan(blocks).Backward(position, birth + 1, ref test, progress);
            if (position == 0)
                yield break;
            yield return position--;
        }
    }

    private static LinkFamily? FamilyOf(HeapView view, ObjectView o) => view.Families.FirstOrDefault(f => view.HasNode(o.Entry, f));

    private static Address NextOf(LinkFamily family, Address o) => family.NodeOf(o) + family.NextOffset;

    private static bool IsLinked(LinkFamily family, ulong word) => !family.Address(word).IsNull;

    /// <summary>Events of two kinds whose second operand is an object.</summary>
    private readonly struct NamesSecond(EventKind kind, EventKind other, ulong value) : IEventTest
    {
        public bool Hits(EventBlock block, int index) =>
            block.B[index] == value && ((EventKind)block.Kinds[index] == kind || (EventKind)block.Kinds[index] == other);

        public bool MayHit(BlockSummary summary) => summary.Names(new Address(value));
    }
}
