using GcReplay.Heaps.Layouts;
using GcReplay.Heaps.Memory;

namespace GcReplay.Heaps.Views;

/// <summary>Members of a linked list, as far as it can be walked.</summary>
public sealed class LinkedListView(HeapView view, StructLayout structure, Address start, LinkedList list) : ContainerView(view, structure, start)
{
    public override Container Container => list;

    public override IEnumerable<ContainerItem> Items()
    {
        var instance = View.ListAt(Place) ?? new ListInstance(View, StructInstance.Alone(View.Plan(Structure), Start), list);
        var members = instance.Walk().Members;
        for (var i = 0; i < members.Count; i++)
            yield return new ContainerItem(Name, i, members[i] - list.NodeToObject + list.NextOffset, members[i].Value, FieldRole.Link);
    }
}

/// <summary>Consecutive words behind a count.</summary>
public sealed class VectorView(HeapView view, StructLayout structure, Address start, Vector vector) : ContainerView(view, structure, start)
{
    public override Container Container => vector;

    public override IEnumerable<ContainerItem> Items()
    {
        var first = vector.IsIndirect ? new Address(Word(Place)) : Place;
        if (first.IsNull)
            return [];
        return Words(first, 0, Bounded(first, Count), 0, vector.ItemRole);
    }

    private ulong Count => vector.CountField.Length > 0 ? Number(vector.CountField) : (ulong)vector.Count;

    /// <summary>The name of the item in a word of the struct; empty when none is there.</summary>
    internal string NameAt(Address slot) =>
        !vector.IsIndirect && slot >= Place && (slot - Place) / 8 is var index && index < Bounded(Place, Count) ? new ContainerItem(Name, index, slot, 0, vector.ItemRole).Name : "";
}

/// <summary>Words shown as they are.</summary>
public sealed class RawWordsView(HeapView view, StructLayout structure, Address start, RawWords words) : ContainerView(view, structure, start)
{
    public override Container Container => words;

    public override IEnumerable<ContainerItem> Items() => Words(Place, 0, words.Count, 0, FieldRole.Integer);
}

/// <summary>A ring buffer from its start, across the end of the items.</summary>
public sealed class RingView(HeapView view, StructLayout structure, Address start, Ring ring) : ContainerView(view, structure, start)
{
    public override Container Container => ring;

    public override IEnumerable<ContainerItem> Items()
    {
        var items = new Address(Word(Place));
        var capacity = Bounded(items, Number(ring.CapacityField));
        if (items.IsNull || capacity == 0)
            yield break;
        var from = Number(ring.StartField) % (ulong)capacity;
        var count = Math.Min(Number(ring.CountField), (ulong)capacity);
        for (var i = 0UL; i < count; i++)
        {
            var slot = items + (long)((from + i) % (ulong)capacity) * 8;
            if (!View.TryRead(slot, out var word))
                yield break;
            yield return new ContainerItem(Name, (long)i, slot, word, FieldRole.Borrowed);
        }
    }
}

/// <summary>Keys and values of a map with open addressing, by place.</summary>
public sealed class MapView(HeapView view, StructLayout structure, Address start, Map map) : ContainerView(view, structure, start)
{
    private const ulong DeletedKey = 1;
    private const string KeySuffix = ".key";

    public override Container Container => map;

    public override IEnumerable<ContainerItem> Items()
    {
        var places = new Address(Word(Place));
        var capacity = places.IsNull ? 0 : Bounded(places, Number(map.CapacityField) * 2) / 2;
        for (var i = 0L; i < capacity; i++)
        {
            var slot = places + i * 16;
            if (!View.TryRead(slot, out var key))
                yield break;
            if (key is 0 or DeletedKey)
                continue;
            yield return new ContainerItem(Name, i, slot, key, map.KeyRole, KeySuffix);
            yield return new ContainerItem(Name, i, slot + 8, Word(slot + 8), map.ValueRole, ".value");
        }
    }

    /// <summary>The value of a key; null when the map has none.</summary>
    public ulong? ValueOf(ulong key)
    {
        foreach (var item in Items())
        {
            if (item.Value == key && item.Suffix == KeySuffix)
                return Word(item.Slot + 8);
        }

        return null;
    }
}
