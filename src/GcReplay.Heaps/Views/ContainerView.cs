using GcReplay.Heaps.Layouts;
using GcReplay.Heaps.Memory;

namespace GcReplay.Heaps.Views;

/// <summary>One item of a container.</summary>
/// <param name="Container">Name of the container.</param>
/// <param name="Index">Place in it.</param>
/// <param name="Slot">Address of the word (of the byte's word, for bits) that it was read from.</param>
/// <param name="Value">The word; for a bit, the address or first index that it stands for.</param>
/// <param name="Suffix">What tells items of one place apart: <c>.key</c>.</param>
public readonly record struct ContainerItem(
    string Container, long Index, Address Slot, ulong Value, FieldRole Role, string Suffix = "")
{
    /// <summary>Container and place: <c>slots[2]</c>, <c>ids[7].key</c>, <c>cards[0] items 0-127</c>.</summary>
    public string Name => $"{Container}[{Index}]{Suffix}";
}

/// <summary>A container read from words. Trusts none of them: stops at unmapped memory, at the end of the cell that holds the
/// items, and after <see cref="HeapView.ChainMax"/> items.</summary>
public abstract class ContainerView(HeapView view, StructLayout structure, Address start)
{
    public abstract Container Container { get; }

    public string Name => Container.Name;

    /// <summary>Address of its place in the struct.</summary>
    public Address Place => start + Container.Offset;

    protected HeapView View => view;

    protected StructLayout Structure => structure;

    protected Address Start => start;

    /// <summary>What is in it, in the collector's order; for bits, those that are set.</summary>
    public abstract IEnumerable<ContainerItem> Items();

    /// <summary>Addresses of the objects that are in it.</summary>
    public virtual IEnumerable<Address> Members() =>
        Items().Where(i => i.Value != 0 && i.Role is not (FieldRole.Integer or FieldRole.Flag or FieldRole.Real or FieldRole.Pointer)).Select(i => new Address(i.Value));

    /// <summary>The view of a container in a struct or object at an address.</summary>
    public static ContainerView Of(HeapView view, StructLayout structure, Address start, Container container) => container switch
    {
        LinkedList c => new LinkedListView(view, structure, start, c),
        Vector c => new VectorView(view, structure, start, c),
        ChunkedStack c => new ChunkedStackView(view, structure, start, c),
        ChunkedDeque c => new ChunkedDequeView(view, structure, start, c),
        Ring c => new RingView(view, structure, start, c),
        Map c => new MapView(view, structure, start, c),
        Bitmap c => new BitmapView(view, structure, start, c),
        ObjectBits c => new ObjectBitsView(view, structure, start, c),
        CardBits c => new CardBitsView(view, structure, start, c),
        RawWords c => new RawWordsView(view, structure, start, c),
        _ => throw new BrokenAssumptionException($"no view for a container of kind {container.GetType().Name}"),
    };

    /// <summary>Whether items of such a container can be references, so that whoever looks for references must read it.</summary>
    internal static bool MayHoldReferences(Container container) => container switch
    {
        Vector v => v.ItemRole is FieldRole.Owned or FieldRole.Borrowed,
        Map m => m.KeyRole is FieldRole.Owned or FieldRole.Borrowed || m.ValueRole is FieldRole.Owned or FieldRole.Borrowed,
        ChunkedStack or ChunkedDeque or Ring => true,
        _ => false,
    };

    /// <summary>Whether items of such a container can be owned references.</summary>
    internal static bool MayOwn(Container container) => container switch
    {
        Vector v => v.ItemRole == FieldRole.Owned,
        Map m => m.KeyRole == FieldRole.Owned || m.ValueRole == FieldRole.Owned,
        _ => false,
    };

    /// <summary>The number in a field of the struct; 0 when there is no such field or it is unmapped.</summary>
    protected ulong Number(string field) =>
        view.Plan(structure).Field(field) is { } known && view.TryRead(start + known.Offset, out var word)
            ? known.Extract(word, known.Meanings.IsEmpty ? FieldRole.Integer : known.Meanings[0].Role)
            : 0;

    protected ulong Word(Address address) => view.TryRead(address, out var word) ? word : 0;

    /// <summary>The number of words from an address to the end of its cell, or to a bound where there is no cell, but no more than asked for.</summary>
    protected long Bounded(Address first, ulong count) => Bounded(view, first, count);

    internal static long Bounded(HeapView view, Address first, ulong count)
    {
        var room = (ulong)HeapView.ChainMax;
        if (view.Shadow.CellAt(first) is { } cell)
            room = (ulong)((cell.End - first) >> 3);
        return (long)Math.Min(count, room);
    }

    /// <summary>Consecutive words as items.</summary>
    protected IEnumerable<ContainerItem> Words(Address first, long from, long count, long nameFrom, FieldRole role)
    {
        for (var i = 0L; i < count; i++)
        {
            var slot = first + (from + i) * 8;
            if (!view.TryRead(slot, out var word))
                yield break;
            yield return new ContainerItem(Name, nameFrom + i, slot, word, role);
        }
    }
}
