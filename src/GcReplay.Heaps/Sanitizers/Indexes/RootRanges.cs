using GcReplay.Heaps.Layouts;
using GcReplay.Heaps.Memory;
using GcReplay.Heaps.Views;

namespace GcReplay.Heaps.Sanitizers.Indexes;

/// <summary>Where structs of the runtime hold owned references: fields, and vectors that grow and shrink as frames do.</summary>
internal sealed class RootRanges(HeapView view, WordNotes notes, OwnedIndex owned)
{
    private readonly Dictionary<ulong, List<Range>> byShapeWord = [];
    private readonly List<Range> changed = [];
    private readonly List<(StructInstance Struct, List<ulong> Targets)> complex = [];
    private List<Range> ranges = [];

    /// <summary>Whether a word is a root and something else at once, which notes can not tell.</summary>
    public bool IsConfused { get; private set; }

    /// <summary>Where ranges begin that lie apart from their structs.</summary>
    public IEnumerable<Address> Firsts => ranges.Where(r => r.IsIndirect).Select(r => r.First);

    /// <summary>Takes the structs that are there now.</summary>
    public void Set(IReadOnlyList<StructInstance> structs)
    {
        var known = ranges.ToDictionary(r => r.Key);
        foreach (var (_, targets) in complex)
            owned.Replace(targets, []);
        complex.Clear();
        // Those that stay are looked at below, and one that goes must not come back by what changed in it before.
        ForgetChanges();
        ForgetShapeWords();
        ranges = [];
        var keys = new HashSet<(Address, bool, Address, int)>();
        foreach (var range in structs.SelectMany(RangesOf))
        {
            if (keys.Add(range.Key))
                ranges.Add(known.Remove(range.Key, out var same) ? same : range);
            else
                IsConfused = true;
        }

        // order: sorted, so that a confusion shows the same way each time.
        foreach (var range in known.Values.OrderBy(r => r.Place.Value))
            Move(range, range.First, 0);
        foreach (var range in ranges)
        {
            NoteShapeWords(range);
            Update(range);
        }
    }

    public void ShapeChanged(Address word)
    {
        foreach (var range in byShapeWord.TryGetValue(word.Value, out var shaped) ? shaped : [])
            Change(range);
    }

    /// <summary>Whether a range depends on a page of a group.</summary>
    public bool Touches(ulong group)
    {
        foreach (var range in ranges)
        {
            if (group >= PageGroup.Of(range.First.Page) && group <= PageGroup.Of(range.LastPage))
                return true;
        }

        return false;
    }

    /// <summary>A page was mapped or unmapped.</summary>
    public void PageFlipped(ulong page)
    {
        foreach (var range in ranges)
        {
            if (page >= range.First.Page && page <= range.LastPage)
                Change(range);
        }
    }

    /// <summary>Looks again at what changed.</summary>
    public void Resync()
    {
        foreach (var range in changed)
            Update(range);
        ForgetChanges();
        foreach (var (instance, targets) in complex)
            owned.Replace(targets, [.. view.ReferencesOf(instance).Where(r => r.IsOwned).Select(r => r.Target.Value)]);
    }

    private void ForgetChanges()
    {
        foreach (var range in changed)
            range.IsChanged = false;
        changed.Clear();
    }

    private void Change(Range range)
    {
        if (range.IsChanged)
            return;
        range.IsChanged = true;
        changed.Add(range);
    }

    private List<Range> RangesOf(StructInstance instance)
    {
        var found = new List<Range>();
        var plan = instance.Plan;
        foreach (var field in plan.OwnedFields)
        {
            if (field is not { Width: 64, Meanings: [{ When: var when }] } || !ReferenceEquals(when, Condition.Always))
                return Complex(instance);
            found.Add(new Range(instance.Address + field.Offset, false, null, Address.Null, 1));
        }

        foreach (var container in plan.OwningContainers)
        {
            if (container is not Vector vector)
                return Complex(instance);
            var count = vector.CountField.Length == 0 ? null : plan.Field(vector.CountField);
            if (count is null && vector.CountField.Length > 0)
                continue;
            var word = count is null ? Address.Null : instance.Address + count.Offset;
            found.Add(new Range(instance.Address + vector.Offset, vector.IsIndirect, count, word, vector.Count));
        }

        return found;
    }

    private List<Range> Complex(StructInstance instance)
    {
        complex.Add((instance, []));
        return [];
    }

    private void Update(Range range)
    {
        var first = !range.IsIndirect ? range.Place : view.TryRead(range.Place, out var pointer) ? new Address(pointer) : Address.Null;
        var count = (ulong)range.Fixed;
        if (range.Count is { } field)
            count = view.TryRead(range.CountWord, out var word) ? field.Extract(word, field.Meanings.IsEmpty ? FieldRole.Integer : field.Meanings[0].Role) : 0;
        var length = first.IsNull || !first.IsWordAligned ? 0 : ContainerView.Bounded(view, first, count);
        range.Wanted = length;
        Move(range, first, view.MappedWords(first, length));
    }

    private void Move(Range range, Address first, long length)
    {
        var common = first == range.First ? Math.Min(length, range.Length) : 0;
        for (var i = common; i < range.Length; i++)
            Untrack(range.First + i * 8);
        range.First = first;
        for (var i = common; i < length; i++)
            Track(first + i * 8);
        range.Length = length;
    }

    private void Track(Address slot)
    {
        ref var note = ref notes.At(slot);
        if (note.Unit != 0)
        {
            IsConfused = true;
            return;
        }

        note.Unit = Note.Root;
        owned.Resync(ref note, slot, Note.Root, view.TryRead(slot, out var word) ? word : 0);
    }

    private void Untrack(Address slot)
    {
        ref var note = ref notes.At(slot);
        if (note.Unit != Note.Root)
            return;
        owned.Resync(ref note, slot, Note.Root, 0);
        note.Unit = 0;
        notes.Tidy(slot);
    }

    private void NoteShapeWords(Range range)
    {
        foreach (var word in range.ShapeWords)
        {
            notes.At(word).Flags |= NoteFlags.Shape;
            if (!byShapeWord.TryGetValue(word.Value, out var shaped))
                byShapeWord.Add(word.Value, shaped = []);
            shaped.Add(range);
        }
    }

    private void ForgetShapeWords()
    {
        foreach (var word in ranges.SelectMany(r => r.ShapeWords))
        {
            notes.At(word).Flags &= ~NoteFlags.Shape;
            notes.Tidy(word);
        }

        byShapeWord.Clear();
    }

    /// <param name="Place">Of the first slot, or of the pointer to it.</param>
    /// <param name="Count">The field with the number of slots; null when it is <paramref name="Fixed"/>.</param>
    private sealed record Range(Address Place, bool IsIndirect, Field? Count, Address CountWord, int Fixed)
    {
        public Address First { get; set; }

        /// <summary>Slots that are followed.</summary>
        public long Length { get; set; }

        /// <summary>Slots that there would be if all their memory were mapped.</summary>
        public long Wanted { get; set; }

        public bool IsChanged { get; set; }

        public ulong LastPage => (First + Math.Max(Wanted, 1) * 8).Page;

        public (Address, bool, Address, int) Key => (Place, IsIndirect, CountWord, Fixed);

        public IEnumerable<Address> ShapeWords => (IsIndirect ? [Place] : Enumerable.Empty<Address>()).Concat(Count is null ? [] : [CountWord]);
    }
}
