using GcReplay.Heaps.Memory;
using GcReplay.Heaps.Views;

namespace GcReplay.Heaps.Sanitizers.Indexes;

/// <summary>Which nodes link words name. All lists are whole when each node that is named is a living object's or list's, is
/// named by one next word only, names the node before it by its own prev, and is no open end: that is looked at node by node.</summary>
/// <remarks>What fails there matters only when a living list leads to it; rings that a dead list left behind are not looked at.</remarks>
internal sealed class LinkIndex(HeapView view, WordNotes notes, TrackedObjects objects, LinkFamily family)
{
    private readonly List<ulong> waiting = [];
    private readonly SortedSet<ulong> failing = [];
    private readonly List<ulong> dangling = [];
    private readonly Dictionary<ulong, Address> headByWord = [];
    private List<Address> heads = [];
    private bool hasBadHead;
    private bool? reached;

    /// <summary>Whether a word is a list's and something else at once, which notes can not tell.</summary>
    public bool IsConfused { get; private set; }

    /// <summary>Takes the lists that are there now.</summary>
    public void Set(IReadOnlyList<ListInstance> lists)
    {
        var now = lists.Select(l => l.Head).Distinct().OrderBy(h => h.Value).ToList();
        // Lists with one head share all members.
        hasBadHead = now.Count < lists.Count || lists.Any(l => l.HeadState != HeadState.Live || !l.Head.IsWordAligned);
        if (now.SequenceEqual(heads))
            return;
        reached = null;
        foreach (var head in heads.Except(now).ToList())
            Untrack(head);
        var fresh = now.Except(heads).ToList();
        heads = now;
        foreach (var head in fresh)
            Track(head);
    }

    public void Track(int unit, TypeShape shape)
    {
        ref var o = ref objects[unit];
        o.HasNode = shape.IsCollected && family.NodeOf(o.Address) + family.NextOffset >= o.CellStart;
        if (!o.HasNode)
            return;
        Resync(family.NodeOf(o.Address));
        LookAt(family.NodeOf(o.Address));
    }

    public void Forget(int unit)
    {
        ref var o = ref objects[unit];
        if (!o.HasNode)
            return;
        Resync(family.NodeOf(o.Address), false);
        LookAt(family.NodeOf(o.Address));
    }

    /// <summary>A link word of an object changed.</summary>
    public void Changed(int unit)
    {
        if (objects[unit].HasNode)
            Resync(family.NodeOf(objects[unit].Address));
    }

    /// <summary>A link word of a list's head changed.</summary>
    public void HeadChanged(Address word)
    {
        if (headByWord.TryGetValue(word.Value, out var head))
            Resync(head);
    }

    /// <summary>The memory of a node that is named was freed or unmapped.</summary>
    public void Dangle(Address node)
    {
        dangling.Add(node.Value);
        LookAt(node);
    }

    /// <summary>Whether a link may name freed or unmapped memory in a range.</summary>
    public bool MayDangle(Address start, Address end)
    {
        var (kept, found) = (0, false);
        for (var i = 0; i < dangling.Count; i++)
        {
            var address = new Address(dangling[i]);
            if (!notes.Peek(address).IsLinked || !IsGone(address))
                continue;
            dangling[kept++] = dangling[i];
            found |= address >= start && address < end;
        }

        dangling.RemoveRange(kept, dangling.Count - kept);
        return found;
    }

    /// <summary>Whether a living list may be broken. Ask only while all prev words are links.</summary>
    public bool MayBeBroken()
    {
        foreach (var node in waiting)
        {
            var address = new Address(node);
            ref var note = ref notes.At(address);
            note.Flags &= ~NoteFlags.NodeWaits;
            if (Fails(address, note))
                failing.Add(node);
            else
                failing.Remove(node);
            notes.Tidy(address);
        }

        waiting.Clear();
        if (hasBadHead)
            return true;
        return reached ??= failing.Any(node => IsReached(new Address(node)));
    }

    /// <summary>The living objects on a list, as their next words say; false when one of those leads elsewhere.</summary>
    public bool TryMembers(ListInstance list, out HashSet<int> members)
    {
        members = [];
        for (var node = new Address(Named(list.Head + family.NextOffset)); node != list.Head; node = new Address(Named(node + family.NextOffset)))
        {
            if (node.IsNull)
                return !family.IsCircular;
            if (!IsLiveNode(node) || !members.Add(notes.Peek(family.ObjectOf(node)).Unit))
                return false;
        }

        return true;
    }

    private void Track(Address head)
    {
        notes.At(head).Flags |= NoteFlags.IsHead;
        foreach (var word in WordsOf(head))
        {
            headByWord[word.Value] = head;
            ref var note = ref notes.At(word);
            if (note.Unit is not 0)
                IsConfused = true;
            note.Unit = Note.Head;
        }

        Resync(head);
        LookAt(head);
    }

    private void Untrack(Address head)
    {
        Resync(head, false);
        LookAt(head);
        notes.At(head).Flags &= ~NoteFlags.IsHead;
        foreach (var word in WordsOf(head))
        {
            headByWord.Remove(word.Value);
            notes.At(word).Unit = 0;
            notes.Tidy(word);
        }

        notes.Tidy(head);
    }

    private IEnumerable<Address> WordsOf(Address node) =>
        family.PrevOffset < 0 ? [node + family.NextOffset] : [node + family.NextOffset, node + family.PrevOffset];

    /// <summary>Counts again what the link words of a node name. Where 0 ends no list, an object whose next is 0 is on none, and its
    /// prev word is no link.</summary>
    private void Resync(Address node, bool isThere = true)
    {
        var next = isThere ? Named(node + family.NextOffset) : 0;
        var prev = isThere && family.PrevOffset >= 0 && (next != 0 || !family.IsCircular || IsHead(node)) ? Named(node + family.PrevOffset) : 0;
        ref var nextNote = ref notes.At(node + family.NextOffset);
        var before = nextNote.Held;
        if (before != next)
        {
            nextNote.Held = next;
            CountNext(before, node, -1);
            CountNext(next, node, 1);
            LookAt(node);
        }

        if (family.PrevOffset < 0)
            return;
        ref var prevNote = ref notes.At(node + family.PrevOffset);
        before = prevNote.Held;
        if (before == prev)
            return;
        prevNote.Held = prev;
        CountPrev(before, -1);
        CountPrev(prev, 1);
        LookAt(node);
    }

    private ulong Named(Address word) => view.TryRead(word, out var link) ? family.Address(link).Value : 0;

    private void CountNext(ulong target, Address from, int change)
    {
        if (target == 0)
            return;
        var address = new Address(target);
        ref var note = ref notes.At(address);
        note.NextIn += change;
        note.NextFrom ^= from.Value;
        LookAt(address);
        if (change > 0 && IsGone(address))
            dangling.Add(target);
    }

    private void CountPrev(ulong target, int change)
    {
        if (target == 0)
            return;
        var address = new Address(target);
        notes.At(address).PrevIn += change;
        if (change > 0 && IsGone(address))
            dangling.Add(target);
        notes.Tidy(address);
    }

    private void LookAt(Address node)
    {
        ref var note = ref notes.At(node);
        reached = null;
        if ((note.Flags & NoteFlags.NodeWaits) != 0)
            return;
        note.Flags |= NoteFlags.NodeWaits;
        waiting.Add(node.Value);
    }

    private bool Fails(Address node, in Note note)
    {
        var isHead = (note.Flags & NoteFlags.IsHead) != 0;
        if (note.NextIn != 1)
            return note.NextIn > 1 || isHead && family.IsCircular;
        if (isHead ? !family.IsCircular : !IsLiveNode(node))
            return true;
        if (family.PrevOffset >= 0 && notes.Peek(node + family.PrevOffset).Held != note.NextFrom)
            return true;
        return family.IsCircular && notes.Peek(node + family.NextOffset).Held == 0;
    }

    private bool IsLiveNode(Address node)
    {
        var unit = notes.Peek(family.ObjectOf(node)).Unit;
        return unit > 0 && objects[unit].HasNode && objects[unit].Address == family.ObjectOf(node);
    }

    private bool IsHead(Address node) => (notes.Peek(node).Flags & NoteFlags.IsHead) != 0;

    /// <summary>Whether the next words of a living list may lead to a node: follows them back as long as each node is named once.</summary>
    private bool IsReached(Address node)
    {
        if (IsHead(node))
            return true;
        var at = node;
        do
        {
            var note = notes.Peek(at);
            if (note.NextIn != 1)
                return note.NextIn > 1;
            at = new Address(note.NextFrom);
        }
        while (!IsHead(at) && at != node);
        return IsHead(at);
    }

    private bool IsGone(Address address) => !view.Space.TryPeek(address, out _, out var isFreed) || isFreed;
}
