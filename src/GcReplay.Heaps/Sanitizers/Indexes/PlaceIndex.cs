using GcReplay.Heaps.Memory;
using GcReplay.Heaps.Views;

namespace GcReplay.Heaps.Sanitizers.Indexes;

/// <summary>Places that objects left, borrowed references that may name one, members of lists that must live and may not, and the map of
/// shadows.</summary>
internal sealed class PlaceIndex
{
    private readonly HeapView view;
    private readonly WordNotes notes;
    private readonly TrackedObjects objects;
    private readonly HeaderIndex headers;
    private readonly int[] liveLists;
    private readonly bool listsAreExact;
    private readonly bool borrowedIsExact;
    private readonly HashSet<ulong> left = [];
    private readonly Dictionary<ulong, int> borrowed = [];
    private readonly List<ulong> borrowedGone = [];
    private readonly Dictionary<ulong, int> listed = [];
    private readonly List<ulong> dead = [];
    private readonly HashSet<ulong> shadowPlaces = [];
    private bool mapChanged = true;

    public PlaceIndex(HeapView view, WordNotes notes, TrackedObjects objects, MemberIndex members, HeaderIndex headers, TypeShape[] shapes)
    {
        this.view = view;
        this.notes = notes;
        this.objects = objects;
        this.headers = headers;
        borrowedIsExact = shapes.All(s => s.BorrowedIsPlain);
        listsAreExact = members.AreExact(view.Tracing.LiveLists);
        liveLists = listsAreExact ? members.NumbersOf(view.Tracing.LiveLists) : [];
    }

    public void CellChanged(in Cell cell)
    {
        if (cell.State == CellState.Forwarded)
            left.Add(cell.Start.Value);
        else
            left.Remove(cell.Start.Value);
        mapChanged |= shadowPlaces.Contains(cell.Start.Value);
    }

    /// <summary>The words of the map of shadows changed.</summary>
    public void MapChanged() => mapChanged = true;

    public void BorrowedChanged(ulong before, ulong target)
    {
        Borrow(before, -1);
        Borrow(target, 1);
        if (target != 0)
            borrowedGone.Add(target);
    }

    public void MemberChanged(int list, Address member, bool entered)
    {
        if (Array.IndexOf(liveLists, list) < 0)
            return;
        var count = listed.GetValueOrDefault(member.Value) + (entered ? 1 : -1);
        ref var note = ref notes.At(member);
        if (count == 0)
        {
            listed.Remove(member.Value);
            note.Flags &= ~NoteFlags.MustLive;
            notes.Tidy(member);
            return;
        }

        listed[member.Value] = count;
        note.Flags |= NoteFlags.MustLive;
        if (entered)
            dead.Add(member.Value);
    }

    /// <summary>The memory at an address that is named, or listed, was freed, left or unmapped.</summary>
    public void Gone(Address address, NoteFlags flags)
    {
        if ((flags & NoteFlags.Borrowed) != 0)
            borrowedGone.Add(address.Value);
        if ((flags & NoteFlags.MustLive) != 0)
            dead.Add(address.Value);
    }

    /// <summary>Drops what is suspected no more.</summary>
    public void Look()
    {
        if (borrowedGone.Count > 0)
            borrowedGone.RemoveAll(target => !borrowed.ContainsKey(target) || ForwardingLeft.MovedFrom(view, new Address(target)) is null);
        if (dead.Count > 0)
            dead.RemoveAll(member => !listed.ContainsKey(member) || IsObject(new Address(member)));
    }

    public bool MayForwardingBeLeft() => !borrowedIsExact || left.Count > 0 || headers.MayLookMoved || borrowedGone.Count > 0;

    public bool MayMemberBeDead() => listsAreExact ? dead.Count > 0 : !view.Tracing.LiveLists.IsEmpty;

    public bool MayShadowsBeWrong()
    {
        if (!mapChanged && !headers.ShadowsChanged)
            return false;
        mapChanged = true;
        headers.ShadowsChanged = false;
        if (headers.Shadowed is not { } shadowed)
            return true;
        shadowPlaces.Clear();
        var keys = 0;
        foreach (var (key, value) in ShadowWithoutObject.Entries(view))
        {
            keys++;
            var unit = notes.Peek(key).Unit;
            if (unit <= 0 || objects[unit].Address != key || !shadowed.Contains(unit) || !shadowPlaces.Add(value.Value) || !IsLiveCell(value))
                return true;
        }

        if (keys != shadowed.Count)
            return true;
        mapChanged = false;
        return false;
    }

    /// <summary>What it knows, in words.</summary>
    public IEnumerable<string> Contents() =>
        // order: sorted.
        left.Order().Select(place => $"left {place:x}")
            .Concat(borrowed.OrderBy(b => b.Key).Select(b => $"borrowed {b.Key:x} {b.Value} times"))
            .Concat(listed.OrderBy(l => l.Key).Select(l => $"must live {l.Key:x} {l.Value} times"));

    private void Borrow(ulong target, int change)
    {
        if (target == 0)
            return;
        var count = borrowed.GetValueOrDefault(target) + change;
        var address = new Address(target);
        ref var note = ref notes.At(address);
        if (count > 0)
        {
            borrowed[target] = count;
            note.Flags |= NoteFlags.Borrowed;
            return;
        }

        borrowed.Remove(target);
        note.Flags &= ~NoteFlags.Borrowed;
        notes.Tidy(address);
    }

    private bool IsObject(Address address) => notes.Peek(address).Unit is var unit and > 0 && objects[unit].Address == address;

    private bool IsLiveCell(Address start) =>
        Windows.IsProcess(start) && Cell.Decode(start, view.Space.Peek(Windows.CellWord(start))).State == CellState.Live;
}
