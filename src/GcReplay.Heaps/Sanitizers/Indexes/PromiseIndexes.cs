using GcReplay.Heaps.Memory;
using GcReplay.Heaps.Views;

namespace GcReplay.Heaps.Sanitizers.Indexes;

/// <summary>The indexes of what a tracing collector promises, together: they are there only for layouts that promise something.</summary>
internal sealed class PromiseIndexes
{
    private readonly HeapView view;
    private readonly WordNotes notes;
    private readonly TrackedObjects objects;
    private readonly TypeShape[] shapes;
    private readonly List<int> born = [];

    public PromiseIndexes(HeapView view, WordNotes notes, TrackedObjects objects, MemberIndex members, TypeShape[] shapes)
    {
        this.view = view;
        this.notes = notes;
        this.objects = objects;
        this.shapes = shapes;
        Cards = new CardIndex(view, objects, members, shapes);
        Headers = new HeaderIndex(view, objects, members, shapes);
        Young = new YoungIndex(view, notes, objects, members, Cards, shapes);
        Places = new PlaceIndex(view, notes, objects, members, Headers, shapes);
        StrongLists = members.NumbersOf(view.Tracing.StrongLists);
    }

    public CardIndex Cards { get; }

    public HeaderIndex Headers { get; }

    public YoungIndex Young { get; }

    public PlaceIndex Places { get; }

    /// <summary>Numbers of the lists that keep their members alive.</summary>
    public int[] StrongLists { get; }

    /// <summary>An object was born or found.</summary>
    public void Born(int unit)
    {
        ref var o = ref objects[unit];
        o.IsNew = true;
        born.Add(unit);
        Headers.Born(unit);
        Cards.LookAt(unit);
        if (o.IsShadow)
            return;
        foreach (var (word, isCard) in Words(unit))
            WordChanged(unit, word, isCard, ref notes.At(word));
    }

    public void Died(int unit)
    {
        ref var o = ref objects[unit];
        Headers.Died(unit);
        Places.Gone(o.Address, notes.Peek(o.Address).Flags & NoteFlags.MustLive);
        if (o.IsShadow)
            return;
        foreach (var (word, isCard) in Words(unit))
        {
            ref var note = ref notes.At(word);
            var before = note.Held;
            note.Held = 0;
            if (!isCard)
                Places.BorrowedChanged(before, 0);
        }
    }

    /// <summary>A word of an object changed that is no item.</summary>
    public void WordChanged(int unit, Address address, ref Note note)
    {
        ref var o = ref objects[unit];
        var offset = address - o.Address;
        Headers.LookAt(unit, offset);
        Cards.LookAt(unit);
        if (o.IsShadow)
            return;
        var shape = shapes[o.TypeId];
        if (shape.Plan.Cards is not null && offset < 0)
            WordChanged(unit, address, isCard: true, ref note);
        else if (shape.RoleAt(offset) == WordRole.Borrowed)
            WordChanged(unit, address, isCard: false, ref note);
    }

    public void MemberChanged(int list, Address member, int unit, bool entered)
    {
        Young.MemberChanged(list, member, entered);
        Places.MemberChanged(list, member, entered);
        if (unit > 0 && objects[unit].Address == member)
            Cards.LookAt(unit);
    }

    public void Settle()
    {
        Young.Look();
        Places.Look();
        foreach (var unit in born)
            objects[unit].IsNew = false;
        born.Clear();
    }

    public IEnumerable<string> Contents() => Places.Contents();

    /// <summary>Words of an object that are followed here, and whether they hold cards; the others hold borrowed references.</summary>
    private List<(Address Word, bool IsCard)> Words(int unit)
    {
        ref var o = ref objects[unit];
        var shape = shapes[o.TypeId];
        var words = new List<(Address, bool)>();
        for (var word = o.CellStart; shape.Plan.Cards is not null && word < o.Address; word += 8)
            words.Add((word, true));
        foreach (var offset in shape.Borrowed)
        {
            if (o.Address + offset < o.CellEnd)
                words.Add((o.Address + offset, false));
        }

        return words;
    }

    private void WordChanged(int unit, Address address, bool isCard, ref Note note)
    {
        var now = view.TryRead(address, out var word) ? word : 0;
        var before = note.Held;
        note.Held = now;
        if (isCard && (before & ~now) != 0)
            Young.CardCleared();
        else if (!isCard && before != now)
            Places.BorrowedChanged(before, now);
    }
}
