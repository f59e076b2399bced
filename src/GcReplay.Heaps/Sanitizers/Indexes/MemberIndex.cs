using GcReplay.Heaps.Layouts;
using GcReplay.Heaps.Memory;
using GcReplay.Heaps.Views;

namespace GcReplay.Heaps.Sanitizers.Indexes;

/// <summary>Which addresses are in the containers that rules of the layout name, other than linked lists: item by item, as words
/// change.</summary>
internal sealed class MemberIndex
{
    private readonly HeapView view;
    private readonly WordNotes notes;
    private readonly string watched;
    private readonly Dictionary<string, int> numbers = [];
    private readonly List<string> names = [];

    /// <summary>For each container the lists that are named as it is, and whether a rule names it with its struct.</summary>
    private readonly Dictionary<Container, (int[] Plain, bool NeedsStruct)> rules = new(ReferenceEqualityComparer.Instance);
    private readonly List<Dictionary<ulong, int>> members = [];
    private readonly List<bool> isExact = [];
    private readonly Dictionary<ulong, List<FollowedContainer>> byShapeWord = [];
    private readonly List<FollowedContainer> changed = [];
    private readonly HashSet<ulong> groups = [];
    private List<FollowedContainer?> followed = [];
    private bool groupsAreKnown;

    /// <param name="watched">Name of a map whose words are watched; empty for none.</param>
    public MemberIndex(HeapView view, WordNotes notes, IEnumerable<string> lists, string watched)
    {
        this.view = view;
        this.watched = watched;
        this.notes = notes;
        foreach (var list in lists)
        {
            if (!numbers.TryAdd(list, names.Count))
                continue;
            names.Add(list);
            members.Add([]);
            isExact.Add(!IsHeld(list) && Containers(list).All(c => c is Vector { ItemRole: FieldRole.Borrowed } or ChunkedStack or ChunkedDeque));
        }
    }

    /// <summary>Called when an address begins or ceases to be in a list.</summary>
    public Action<int, Address, bool>? Changed { get; set; }

    /// <summary>Called when a word of the watched map changed.</summary>
    public Action? WatchedChanged { get; set; }

    /// <summary>Whether a word is an item of a followed container and something else at once, which notes can not tell.</summary>
    public bool IsConfused { get; private set; }

    /// <summary>Numbers of lists, for questions; -1 for what no rule named.</summary>
    public int NumberOf(string list) => numbers.GetValueOrDefault(list, -1);

    public int[] NumbersOf(IEnumerable<string> lists) => [.. lists.Select(NumberOf)];

    /// <summary>Whether all containers of these names are followed item by item.</summary>
    public bool AreExact(IEnumerable<string> lists) => lists.All(list => NumberOf(list) is >= 0 and var number && isExact[number]);

    public bool Has(int list, Address address) => members[list].ContainsKey(address.Value);

    public bool HasAny(int[] lists, Address address)
    {
        foreach (var list in lists)
        {
            if (members[list].ContainsKey(address.Value))
                return true;
        }

        return false;
    }

    /// <summary>Takes the structs that are there now.</summary>
    public void Set(IReadOnlyList<StructInstance> structs)
    {
        if (names.Count == 0 && watched.Length == 0)
            return;
        var known = followed.OfType<FollowedContainer>().ToDictionary(f => (f.Struct.Address, f.Container));
        var now = new List<FollowedContainer?>(new FollowedContainer?[followed.Count]);
        foreach (var instance in structs)
        {
            foreach (var container in instance.Layout.Containers)
            {
                var lists = Lists(instance, container);
                if (lists.Length == 0 && (container is not Map || container.Name != watched))
                    continue;
                if (known.Remove((instance.Address, container), out var same))
                {
                    now[same.Number] = same;
                    continue;
                }

                var fresh = new FollowedContainer(view, instance, container, lists, now.Count);
                now.Add(fresh);
                Change(fresh);
            }
        }

        // order: each on its own.
        foreach (var gone in known.Values)
        {
            gone.HasEnded = true;
            Change(gone);
        }

        // A gone one stays until its items were taken out.
        foreach (var gone in followed.OfType<FollowedContainer>().Where(f => f.HasEnded))
            now[gone.Number] = gone;
        followed = now;
    }

    public void ShapeChanged(Address word)
    {
        foreach (var container in byShapeWord.TryGetValue(word.Value, out var shaped) ? shaped : [])
            Change(container);
    }

    /// <summary>An item's word has another value now.</summary>
    public void ItemChanged(ref Note note, Address slot)
    {
        var container = followed[Note.FirstMember - note.Unit]!;
        Hold(container, ref note, view.TryRead(slot, out var word) ? word : 0);
    }

    /// <summary>Whether a container depends on a page of a group.</summary>
    public bool Touches(ulong group)
    {
        if (!groupsAreKnown)
        {
            groupsAreKnown = true;
            groups.Clear();
            foreach (var container in followed)
                container?.AddGroups(groups);
        }

        return groups.Contains(group);
    }

    public void PageFlipped(ulong page)
    {
        foreach (var container in followed)
        {
            if (container is not null && container.Touches(page))
                Change(container);
        }
    }

    /// <summary>Looks again at containers that may lie elsewhere or be longer or shorter now.</summary>
    public void Resync()
    {
        if (changed.Count == 0)
            return;
        groupsAreKnown = false;
        // What left one container may be in another now, so all leave first.
        foreach (var container in changed)
        {
            ForgetShape(container);
            container.Look();
            foreach (var (first, count) in container.Dropped())
                Drop(container, first, count);
        }

        foreach (var container in changed)
        {
            foreach (var (first, count) in container.Added())
                Take(container, first, count);
            container.Settle();
            NoteShape(container);
            container.IsChanged = false;
            if (container.HasEnded)
                followed[container.Number] = null;
        }

        changed.Clear();
    }

    /// <summary>What it knows, in words.</summary>
    public IEnumerable<string> Contents() =>
        // order: sorted.
        names.SelectMany((name, i) => members[i].OrderBy(m => m.Key).Select(m => $"{name}: {m.Key:x} {m.Value} times"));

    private void Change(FollowedContainer container)
    {
        if (container.IsChanged)
            return;
        container.IsChanged = true;
        changed.Add(container);
    }

    private void Drop(FollowedContainer container, Address first, long count)
    {
        for (var i = 0L; i < count; i++)
        {
            ref var note = ref notes.At(first + i * 8);
            if (note.Unit != Note.FirstMember - container.Number)
                continue;
            Hold(container, ref note, 0);
            notes.At(first + i * 8).Unit = 0;
            notes.Tidy(first + i * 8);
        }
    }

    private void Take(FollowedContainer container, Address first, long count)
    {
        for (var i = 0L; i < count; i++)
        {
            ref var note = ref notes.At(first + i * 8);
            if (note.Unit != 0)
            {
                IsConfused = true;
                return;
            }

            note.Unit = Note.FirstMember - container.Number;
            Hold(container, ref note, view.TryRead(first + i * 8, out var word) ? word : 0);
        }
    }

    private void Hold(FollowedContainer container, ref Note note, ulong value)
    {
        var before = note.Held;
        if (before == value)
            return;
        note.Held = value;
        if (container.Lists.Length == 0)
            WatchedChanged?.Invoke();
        if (value != 0)
            Count(container, value, 1);
        if (before != 0)
            Count(container, before, -1);
    }

    private void Count(FollowedContainer container, ulong member, int change)
    {
        foreach (var list in container.Lists)
        {
            var count = members[list].GetValueOrDefault(member) + change;
            if (count == 0)
                members[list].Remove(member);
            else
                members[list][member] = count;
            if (count == 0 || count == change)
                Changed?.Invoke(list, new Address(member), count != 0);
        }
    }

    private IEnumerable<Container> Containers(string list) =>
        view.Layout.Structs.Where(s => s.Role != StructRole.Object).SelectMany(s => s.Containers)
            .Where(c => c.Name == list || list.EndsWith("." + c.Name, StringComparison.Ordinal));

    /// <summary>Whether a collection record holds lists under a name: their members are linked.</summary>
    private bool IsHeld(string list) =>
        view.Layout.Structs.SelectMany(s => s.Fields).Any(f => f.Name == list && f.Meanings.Any(m => m.Role == FieldRole.HeldList));

    private int[] Lists(StructInstance instance, Container container)
    {
        if (!rules.TryGetValue(container, out var named))
        {
            var isFollowed = container is Vector { ItemRole: FieldRole.Borrowed } or ChunkedStack or ChunkedDeque;
            named = (
                isFollowed ? [.. Enumerable.Range(0, names.Count).Where(i => names[i] == container.Name)] : [],
                isFollowed && names.Exists(name => name.EndsWith("." + container.Name, StringComparison.Ordinal)));
            rules.Add(container, named);
        }

        if (!named.NeedsStruct)
            return named.Plain;
        var full = $"{instance.Name}.{container.Name}";
        return [.. Enumerable.Range(0, names.Count).Where(i => names[i] == container.Name || names[i] == full)];
    }

    private void NoteShape(FollowedContainer container)
    {
        foreach (var word in container.ShapeWords)
        {
            notes.At(word).Flags |= NoteFlags.MemberShape;
            if (!byShapeWord.TryGetValue(word.Value, out var shaped))
                byShapeWord.Add(word.Value, shaped = []);
            shaped.Add(container);
        }
    }

    private void ForgetShape(FollowedContainer container)
    {
        foreach (var word in container.ShapeWords)
        {
            if (!byShapeWord.TryGetValue(word.Value, out var shaped) || !shaped.Remove(container) || shaped.Count > 0)
                continue;
            byShapeWord.Remove(word.Value);
            notes.At(word).Flags &= ~NoteFlags.MemberShape;
            notes.Tidy(word);
        }
    }
}
