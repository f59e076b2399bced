using GcReplay.Heaps.Layouts;
using GcReplay.Heaps.Memory;
using GcReplay.Heaps.Views;

namespace GcReplay.Heaps.Sanitizers.Indexes;

/// <summary>How many owned references name each address; from that, which reference counts may be too low and which references
/// may name freed memory.</summary>
internal sealed class OwnedIndex(HeapView view, WordNotes notes, TrackedObjects objects, TypeShape[] shapes)
{
    private readonly List<ulong> dangling = [];
    private readonly List<ulong> excused = [];
    private readonly List<int> counts = [];
    private readonly SortedDictionary<int, List<ulong>> complexObjects = [];
    private readonly Unreached unreached = new(view, notes, objects);

    /// <summary>A word that holds an owned reference has another value now; 0 for one that holds none any more.</summary>
    /// <param name="holder">The object that it lies in; <see cref="Note.Root"/> for a root.</param>
    public void Resync(ref Note slot, int holder, ulong target)
    {
        var before = slot.Held;
        if (before == target)
            return;
        slot.Held = target;
        if (unreached.IsKnown)
            Follow(holder, before, target);
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
        LookAtCount(unit);
        if (shape.Owned is not { } owned)
        {
            complexObjects.Add(unit, []);
            return;
        }

        foreach (var field in owned.Fields)
            ResyncSlot(unit, o.Address + field.Offset);
        o.Slots = SlotsOf(o, shape);
        for (var i = 0L; i < o.Slots; i++)
            ResyncSlot(unit, o.Address + shape.VectorOffset + i * 8);
    }

    public void Forget(int unit)
    {
        ref var o = ref objects[unit];
        var shape = shapes[o.TypeId];
        if (complexObjects.Remove(unit, out var targets))
        {
            foreach (var target in targets)
                Count(target, -1);
            ForgetUnreached();
            return;
        }

        foreach (var field in shape.Owned!.Fields)
            Resync(ref notes.At(o.Address + field.Offset), unit, 0);
        for (var i = 0L; i < o.Slots; i++)
            Resync(ref notes.At(o.Address + shape.VectorOffset + i * 8), unit, 0);
    }

    /// <summary>The number of items of an object's vector changed.</summary>
    public void Resize(int unit)
    {
        ref var o = ref objects[unit];
        var shape = shapes[o.TypeId];
        var (before, after) = (o.Slots, SlotsOf(o, shape));
        o.Slots = after;
        for (var i = before; i < after; i++)
            ResyncSlot(unit, o.Address + shape.VectorOffset + i * 8);
        for (var i = after; i < before; i++)
            Resync(ref notes.At(o.Address + shape.VectorOffset + i * 8), unit, 0);
    }

    /// <summary>Reads again where only the views can tell: the objects whose references have no simple shape.</summary>
    public void ResyncComplex()
    {
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
        ForgetUnreached();
    }

    /// <summary>The memory at an address that is named was freed or unmapped.</summary>
    public void Dangle(Address target) => dangling.Add(target.Value);

    public void LookAtCount(int unit)
    {
        ref var o = ref objects[unit];
        if (o.CountWaits)
            return;
        o.CountWaits = true;
        counts.Add(unit);
    }

    /// <summary>Whether a reference count may be below the number of references.</summary>
    public bool MayCountTooFew()
    {
        var (kept, low) = (0, false);
        for (var i = 0; i < counts.Count; i++)
        {
            var unit = counts[i];
            ref var o = ref objects[unit];
            o.CountWaits = false;
            if (!o.IsLive || shapes[o.TypeId].Plan.ReferenceCount is not { } field)
                continue;
            var isLow = IsLow(o, shapes[o.TypeId], field);
            low |= isLow;
            if (!isLow && shapes[o.TypeId].CountIsPlain)
                continue;
            o.CountWaits = true;
            counts[kept++] = unit;
        }

        counts.RemoveRange(kept, counts.Count - kept);
        return low;
    }

    /// <summary>Whether an owned reference may name freed or unmapped memory without an excuse.</summary>
    public bool MayDangle(Skeleton skeleton)
    {
        if (!skeleton.IsSweeping)
            ForgetUnreached();
        if (!AnyDangles())
            return false;
        if (!skeleton.IsSweeping || view.CountsReferences)
            return true;
        ForgetUnreached();
        unreached.Find();
        return AnyDangles();
    }

    /// <summary>An object moved to another list: what excused its references may not hold there.</summary>
    public void Relinked(int unit)
    {
        if (!objects[unit].IsExcused)
            return;
        foreach (var target in TargetsOf(unit))
        {
            unreached.Lose(unit, target);
            dangling.Add(target);
        }

        objects[unit].IsExcused = false;
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
            .Concat(Enumerable.Range(0, (int)o.Slots).Select(i => notes.Peek(o.Address + shape.VectorOffset + i * 8L).Held))
            .Where(target => target != 0);
    }

    private void Follow(int holder, ulong before, ulong target)
    {
        if (before != 0 && unreached.Lose(holder, before) && IsGone(new Address(before)))
            dangling.Add(before);
        if (target != 0 && !unreached.Gain(holder, target))
            ForgetUnreached();
    }

    private void ResyncSlot(int unit, Address slot) => Resync(ref notes.At(slot), unit, view.TryRead(slot, out var word) ? word : 0);

    private long SlotsOf(in TrackedObject o, TypeShape shape)
    {
        if (shape.Owned!.Vector is not { } vector)
            return 0;
        var room = (o.CellEnd - (o.Address + vector.Offset)) / 8;
        var count = shape.Owned.Count is not { } field ? (ulong)vector.Count
            : view.TryRead(o.Address + field.Offset, out var word) ? word : 0;
        return room <= 0 ? 0 : (long)Math.Min(count, (ulong)room);
    }

    private void Count(ulong target, int change)
    {
        var address = new Address(target);
        ref var note = ref notes.At(address);
        note.Owned += change;
        if (note.Unit > 0)
            LookAtCount(note.Unit);
        if (change > 0 && IsGone(address))
            dangling.Add(target);
        if (note.Owned == 0)
            notes.Tidy(address);
    }

    private bool IsGone(Address address) => !view.Space.TryPeek(address, out _, out var isFreed) || isFreed;

    private bool IsLow(in TrackedObject o, TypeShape shape, Field field)
    {
        var owned = notes.Peek(o.Address).Owned;
        if (owned == 0)
            return false;
        if (shape.CountIsPlain)
        {
            view.TryRead(o.Address + field.Offset, out var word);
            return field.Extract(word, FieldRole.ReferenceCount) < (ulong)owned;
        }

        var count = view.Read(shape.Plan, o.Address, field, view.Shadow.Object(o.Number));
        return count.Role == FieldRole.ReferenceCount && count.Value < (ulong)owned;
    }

    /// <summary>Drops from the list what is named no more or not gone, and sets apart what is excused.</summary>
    private bool AnyDangles()
    {
        var kept = 0;
        for (var i = 0; i < dangling.Count; i++)
        {
            var address = new Address(dangling[i]);
            var count = notes.Peek(address).Owned;
            if (count == 0 || !IsGone(address))
                continue;
            if (count <= unreached.ReferencesTo(dangling[i]))
                excused.Add(dangling[i]);
            else
                dangling[kept++] = dangling[i];
        }

        dangling.RemoveRange(kept, dangling.Count - kept);
        return kept > 0;
    }

    private void ForgetUnreached()
    {
        unreached.Forget();
        dangling.AddRange(excused);
        excused.Clear();
    }
}
