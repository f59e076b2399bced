using GcReplay.Heaps.Memory;
using GcReplay.Heaps.Views;

namespace GcReplay.Heaps.Sanitizers.Indexes;

/// <summary>How many owned references name each address.</summary>
internal sealed class OwnedIndex(HeapView view, WordNotes notes, TrackedObjects objects, TypeShape[] shapes, CountIndex counts)
{
    private readonly SortedDictionary<int, List<ulong>> complexObjects = [];
    private readonly SortedSet<int> cut = [];

    /// <summary>What of it may name freed memory.</summary>
    public DanglingIndex Dangling { get; } = new(view, notes, objects);

    public ColourIndex? Colours { get; set; }

    public YoungIndex? Young { get; set; }

    /// <summary>Whether a word is an item of two objects, which notes can not tell.</summary>
    public bool IsConfused { get; private set; }

    /// <summary>A word that holds an owned reference has another value now; 0 for one that holds none any more.</summary>
    /// <param name="holder">The object that it lies in; <see cref="Note.Root"/> for a root.</param>
    public void Resync(ref Note slot, Address place, int holder, ulong target)
    {
        var before = slot.Held;
        if (before == target)
            return;
        slot.Held = target;
        Young?.SlotChanged(place, holder);
        Colours?.SlotChanged(holder, before, target);
        Dangling.SlotChanged(holder, before, target);
        if (before != 0)
            Count(before, -1);
        if (target != 0)
            Count(target, 1);
    }

    /// <summary>Begins with an object that was just born or found.</summary>
    public void Track(int unit)
    {
        ref var o = ref objects[unit];
        var shape = shapes[o.TypeId];
        counts.LookAt(unit);
        if (shape.Owned is not { } owned)
        {
            complexObjects.Add(unit, []);
            return;
        }

        foreach (var field in owned.Fields)
            ResyncSlot(unit, o.Address + field.Offset);
        MoveItems(unit);
    }

    public void Forget(int unit)
    {
        ref var o = ref objects[unit];
        var shape = shapes[o.TypeId];
        if (complexObjects.Remove(unit, out var targets))
        {
            foreach (var target in targets)
                Count(target, -1);
            Colours?.Forget();
            Dangling.ForgetUnreached();
            return;
        }

        cut.Remove(unit);
        foreach (var field in shape.Owned!.Fields)
            Resync(ref notes.At(o.Address + field.Offset), o.Address + field.Offset, unit, 0);
        MoveItems(unit, Address.Null, 0);
    }

    /// <summary>An object's vector may lie elsewhere or have another length now.</summary>
    public void MoveItems(int unit)
    {
        ref var o = ref objects[unit];
        if (!o.IsLive || shapes[o.TypeId].Owned is not { Vector: { } vector } owned)
            return;
        var count = owned.Count is not { } field ? (ulong)vector.Count
            : view.TryRead(o.Address + field.Offset, out var word) ? word : 0;
        if (!vector.IsIndirect)
        {
            var first = o.Address + vector.Offset;
            var room = (o.CellEnd - first) / 8;
            cut.Remove(unit);
            MoveItems(unit, first, room <= 0 ? 0 : (long)Math.Min(count, (ulong)room));
            return;
        }

        var table = view.TryRead(o.Address + vector.Offset, out var pointer) ? new Address(pointer) : Address.Null;
        var wanted = table.IsNull || !table.IsWordAligned ? 0 : ContainerView.Bounded(view, table, count);
        var slots = view.MappedWords(table, wanted);
        if (slots < wanted)
            cut.Add(unit);
        else
            cut.Remove(unit);
        MoveItems(unit, table, slots);
    }

    /// <summary>Looks again at vectors whose end was not mapped.</summary>
    public void ResyncCut()
    {
        if (cut.Count == 0)
            return;
        foreach (var unit in cut.ToArray())
            MoveItems(unit);
    }

    /// <summary>Looks again at the vectors that have items in a page which was unmapped.</summary>
    public void LookAtItems(Note[] page)
    {
        var last = 0;
        foreach (ref readonly var note in page.AsSpan())
        {
            if (note.Unit > 0 && note.Unit != last)
                cut.Add(last = note.Unit);
        }
    }

    /// <summary>Reads again where only the views can tell: the objects whose references have no simple shape.</summary>
    public void ResyncComplex()
    {
        if (complexObjects.Count == 0)
            return;
        foreach (var (unit, targets) in complexObjects)
        {
            var now = view.Shadow.Object(objects[unit].Number) is { } entry
                ? view.References(entry).Where(r => r.IsOwned).Select(r => r.Target.Value).ToList()
                : [];
            Replace(targets, now);
        }
    }

    /// <summary>References whose words are not followed one by one.</summary>
    /// <param name="targets">What is counted by now; afterwards what is given.</param>
    public void Replace(List<ulong> targets, List<ulong> now)
    {
        if (targets.SequenceEqual(now))
            return;
        foreach (var target in targets)
            Count(target, -1);
        foreach (var target in now)
            Count(target, 1);
        targets.Clear();
        targets.AddRange(now);
        Colours?.Forget();
        Dangling.ForgetUnreached();
    }

    /// <summary>Every object whose owned references are followed otherwise than word by word, with what they name.</summary>
    public IEnumerable<(ulong Number, ulong Target)> ComplexReferences() =>
        complexObjects.SelectMany(c => c.Value.Select(target => (objects[c.Key].Number, target)));

    /// <summary>What an object's owned references name.</summary>
    public IEnumerable<ulong> TargetsOf(int unit)
    {
        var o = objects[unit];
        if (complexObjects.TryGetValue(unit, out var targets))
            return targets;
        var shape = shapes[o.TypeId];
        return shape.Owned!.Fields.Select(f => notes.Peek(o.Address + f.Offset).Held)
            .Concat(Enumerable.Range(0, (int)o.Slots).Select(i => notes.Peek(o.Items + i * 8L).Held))
            .Where(target => target != 0);
    }

    /// <summary>Whether owned references name these objects that are not their own.</summary>
    public bool AreNamedByOthers(IReadOnlySet<int> units)
    {
        var byOthers = 0L;
        // order: a sum.
        foreach (var unit in units)
        {
            byOthers += notes.Peek(objects[unit].Address).Owned;
            foreach (var target in TargetsOf(unit))
            {
                if (notes.Peek(new Address(target)).Unit is var named and > 0 && objects[named].Address.Value == target && units.Contains(named))
                    byOthers--;
            }
        }

        return byOthers != 0;
    }

    private void ResyncSlot(int unit, Address slot) => Resync(ref notes.At(slot), slot, unit, view.TryRead(slot, out var word) ? word : 0);

    private void MoveItems(int unit, Address first, long slots)
    {
        ref var o = ref objects[unit];
        var (oldFirst, before) = (o.Items, o.Slots);
        var common = first == oldFirst ? Math.Min(slots, before) : 0;
        for (var i = common; i < before; i++)
            Untrack(unit, oldFirst + i * 8);
        o.Items = first;
        o.Slots = slots;
        for (var i = common; i < slots; i++)
            Track(unit, first + i * 8);
    }

    private void Track(int unit, Address slot)
    {
        ref var note = ref notes.At(slot);
        if (note.Unit != 0 && note.Unit != unit)
        {
            IsConfused = true;
            return;
        }

        note.Unit = unit;
        Resync(ref note, slot, unit, view.TryRead(slot, out var word) ? word : 0);
    }

    private void Untrack(int unit, Address slot)
    {
        ref var note = ref notes.At(slot);
        if (note.Unit != unit)
            return;
        Resync(ref note, slot, unit, 0);
        ref var o = ref objects[unit];
        if (slot < o.CellStart || slot >= o.CellEnd)
            notes.At(slot).Unit = 0;
    }

    private void Count(ulong target, int change)
    {
        var address = new Address(target);
        ref var note = ref notes.At(address);
        note.Owned += change;
        if (note.Unit > 0)
            counts.LookAt(note.Unit);
        if (change > 0)
            Dangling.Named(address);
        if (note.Owned == 0)
            notes.Tidy(address);
    }
}
