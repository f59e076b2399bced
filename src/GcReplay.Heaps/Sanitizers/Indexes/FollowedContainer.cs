using GcReplay.Heaps.Layouts;
using GcReplay.Heaps.Memory;
using GcReplay.Heaps.Views;

namespace GcReplay.Heaps.Sanitizers.Indexes;

/// <summary>Where the items of a container lie: one run of words, or one for each chunk. Reads what the views read.</summary>
internal sealed class FollowedContainer(HeapView view, StructInstance instance, Container container, int[] lists, int number)
{
    private Dictionary<ulong, (Address First, long Count)> runs = [];
    private Dictionary<ulong, (Address First, long Count)> next = [];
    private List<Address> shape = [];

    public StructInstance Struct => instance;

    public Container Container => container;

    /// <summary>Numbers of the lists that it is, by the names of rules.</summary>
    public int[] Lists => lists;

    public int Number => number;

    public bool IsChanged { get; set; }

    public bool HasEnded { get; set; }

    /// <summary>The words that say where its items lie, as of the last look.</summary>
    public IReadOnlyList<Address> ShapeWords => shape;

    /// <summary>Reads where its items lie now.</summary>
    public void Look()
    {
        next = [];
        shape = [];
        if (HasEnded)
            return;
        switch (container)
        {
            case Vector vector:
                LookAt(vector);
                break;
            case ChunkedStack stack:
                LookAt(stack);
                break;
            case ChunkedDeque deque:
                LookAt(deque);
                break;
            case Map map:
                LookAt(map);
                break;
        }
    }

    /// <summary>Words that are items no more.</summary>
    public IEnumerable<(Address First, long Count)> Dropped() => Difference(runs, next);

    /// <summary>Words that are items from now on.</summary>
    public IEnumerable<(Address First, long Count)> Added() => Difference(next, runs);

    public void Settle() => runs = next;

    /// <summary>Whether a page has words that it depends on.</summary>
    public bool Touches(ulong page)
    {
        foreach (var word in shape)
        {
            if (word.Page == page)
                return true;
        }

        // order: any will do.
        foreach (var (first, count) in runs.Values)
        {
            if (page >= first.Page && page <= (first + count * 8).Page)
                return true;
        }

        return false;
    }

    /// <summary>Adds the groups of pages that have words it depends on.</summary>
    public void AddGroups(HashSet<ulong> groups)
    {
        foreach (var word in shape)
            groups.Add(PageGroup.Of(word.Page));
        // order: into a set.
        foreach (var (first, count) in runs.Values)
        {
            for (var group = PageGroup.Of(first.Page); group <= PageGroup.Of((first + count * 8).Page); group++)
                groups.Add(group);
        }
    }

    private static IEnumerable<(Address First, long Count)> Difference(
        Dictionary<ulong, (Address First, long Count)> some, Dictionary<ulong, (Address First, long Count)> others)
    {
        // order: as they were found.
        foreach (var (chunk, (first, count)) in some)
        {
            if (!others.TryGetValue(chunk, out var other) || other.Count == 0)
            {
                yield return (first, count);
                continue;
            }

            var end = first + count * 8;
            var otherEnd = other.First + other.Count * 8;
            if (first < other.First)
                yield return (first, Math.Min(end - first, other.First - first) / 8);
            if (end > otherEnd)
                yield return first > otherEnd ? (first, count) : (otherEnd, (end - otherEnd) / 8);
        }
    }

    private void LookAt(Vector vector)
    {
        var place = instance.Address + vector.Offset;
        var first = vector.IsIndirect ? new Address(Word(place)) : place;
        if (vector.IsIndirect)
            shape.Add(place);
        var count = vector.CountField.Length > 0 ? ValueOf(vector.CountField) : (ulong)vector.Count;
        if (!first.IsNull && first.IsWordAligned)
            Add(first, first, ContainerView.Bounded(view, first, count));
    }

    private void LookAt(Map map)
    {
        shape.Add(instance.Address + map.Offset);
        var first = new Address(Word(shape[0]));
        if (!first.IsNull && first.IsWordAligned)
            Add(first, first, ContainerView.Bounded(view, first, Math.Min(ValueOf(map.CapacityField), ulong.MaxValue / 2) * 2));
    }

    private void LookAt(ChunkedStack stack)
    {
        var chunks = new List<Address>();
        shape.Add(instance.Address + stack.Offset);
        for (var chunk = new Address(Word(shape[0])); !chunk.IsNull && view.TryRead(chunk, out var before) && !next.ContainsKey(chunk.Value); chunk = new Address(before))
        {
            chunks.Add(chunk);
            shape.Add(chunk);
            next.Add(chunk.Value, default);
        }

        next.Clear();
        var used = (long)Math.Min(ValueOf(stack.CountField), (ulong)stack.ItemsPerChunk);
        foreach (var chunk in chunks)
        {
            Add(chunk, chunk + 8, used);
            used = stack.ItemsPerChunk;
        }
    }

    private void LookAt(ChunkedDeque deque)
    {
        shape.AddRange([instance.Address + deque.Offset, instance.Address + deque.Offset + 8]);
        var newest = new Address(Word(shape[1]));
        var first = (long)Math.Min(ValueOf(deque.FirstField), (ulong)deque.ItemsPerChunk);
        var end = (long)Math.Min(ValueOf(deque.EndField), (ulong)deque.ItemsPerChunk);
        for (var chunk = new Address(Word(shape[0])); !chunk.IsNull && view.TryRead(chunk, out var newer) && !next.ContainsKey(chunk.Value); chunk = new Address(newer))
        {
            shape.Add(chunk);
            Add(chunk, chunk + 8 + first * 8, (chunk == newest ? end : deque.ItemsPerChunk) - first);
            if (chunk == newest)
                return;
            first = 0;
        }
    }

    private void Add(Address chunk, Address first, long count) =>
        next[chunk.Value] = (first, count <= 0 ? 0 : view.MappedWords(first, count));

    private ulong Word(Address address) => view.TryRead(address, out var word) ? word : 0;

    private ulong ValueOf(string field)
    {
        if (view.Plan(instance.Layout).Field(field) is not { } known)
            return 0;
        var place = instance.Address + known.Offset;
        shape.Add(place);
        return view.TryRead(place, out var word) ? known.Extract(word, known.Meanings.IsEmpty ? FieldRole.Integer : known.Meanings[0].Role) : 0;
    }
}
