using GcReplay.Heaps.Layouts;
using GcReplay.Heaps.Memory;

namespace GcReplay.Debugging.Cutting;

/// <summary>Which words of the process hold a program's content (string bytes, numbers), and which hold the shape of its heap.</summary>
/// <remarks>Shape is what the layout gives a role: links, references, counts, flags, and fields that a container or a condition asks
/// for. Everything else inside an object is content. Memory of live cells that no object occupies keeps what names memory, and small
/// numbers: tables and buffers hold references there, or bytes. Words of the runtime's structs and of allocators are shape.</remarks>
internal sealed class ContentWords
{
    /// <summary>More than any marker or small count; fewer than three characters.</summary>
    private const ulong SmallMax = 4096;

    private readonly Layout layout;
    private readonly SortedSet<string> asked = new(StringComparer.Ordinal);
    private readonly SortedDictionary<string, Plan> plans = new(StringComparer.Ordinal);

    public ContentWords(Layout layout)
    {
        this.layout = layout;
        var meanings = layout.Structs.SelectMany(s => s.Fields).SelectMany(f => f.Meanings).Select(m => m.When);
        var cards = layout.Structs.SelectMany(s => s.Containers).OfType<CardBits>().Select(c => c.When);
        foreach (var condition in meanings.Concat(cards).Concat(layout.Colours.Select(c => c.When)))
            asked.UnionWith([.. condition.FlagsSet, .. condition.FlagsClear, condition.Epoch, condition.EpochField]);
        foreach (var container in layout.Structs.SelectMany(s => s.Containers))
            asked.UnionWith(Fields(container));
        foreach (var item in layout.Structs)
            plans[item.Name] = PlanOf(item);
    }

    /// <summary>What a word may show: itself, or 0 when it is content.</summary>
    /// <param name="shadow">Of the state just after the event that wrote the word.</param>
    public ulong Shown(Address address, ulong word, Shadow shadow, AddressSpace space)
    {
        if (word == 0 || !Windows.IsProcess(address) || shadow.CellAt(address) is not { State: CellState.Live } cell)
            return word;
        if (shadow.OccupantOf(cell) is not { } entry)
            return word <= SmallMax || Names(word, space) ? word : 0;
        return entry.IsRuntime || IsShape(entry, unchecked((long)(address.Value - entry.Address.Value))) ? word : 0;
    }

    private static bool Names(ulong word, AddressSpace space) => word < Windows.ProcessEnd && space.IsMapped(new Address(word & ~7UL));

    private bool IsShape(in ObjectEntry entry, long offset)
    {
        if (entry.TypeId >= layout.Types.Length || !plans.TryGetValue(layout.Types[entry.TypeId].Struct, out var plan))
            return false;
        return offset < 0 || offset >= plan.ItemsFrom || plan.Shape.Contains(offset & ~7L);
    }

    private Plan PlanOf(StructLayout item)
    {
        var shape = new SortedSet<long>();
        foreach (var field in item.Fields)
        {
            if (asked.Contains(field.Name) || field.Meanings.Any(m => m.Role is not (FieldRole.Integer or FieldRole.Real)))
                shape.Add(field.Offset & ~7L);
        }

        var itemsFrom = long.MaxValue;
        foreach (var container in item.Containers)
        {
            switch (container)
            {
                case Vector { IsIndirect: false, ItemRole: FieldRole.Integer or FieldRole.Real } or RawWords:
                    break;
                case Vector { IsIndirect: false, CountField: "" } vector:
                    shape.UnionWith(Enumerable.Range(0, vector.Count).Select(i => vector.Offset + i * 8L));
                    break;
                case Vector { IsIndirect: false } vector:
                    itemsFrom = Math.Min(itemsFrom, vector.Offset);
                    break;
                default:
                    // A pointer, two at most, or the two words of a head.
                    shape.UnionWith([container.Offset & ~7L, (container.Offset & ~7L) + 8]);
                    break;
            }
        }

        return new Plan(shape, itemsFrom);
    }

    private static string[] Fields(Container container) => container switch
    {
        Vector c => [c.CountField],
        ChunkedStack c => [c.CountField],
        ChunkedDeque c => [c.FirstField, c.EndField],
        Ring c => [c.StartField, c.CountField, c.CapacityField],
        Map c => [c.CapacityField],
        Bitmap c => [c.BaseField, c.BytesField],
        ObjectBits c => [c.SizeField, c.CountField],
        CardBits c => [c.LengthField],
        _ => [],
    };

    /// <param name="Shape">Offsets of words that are shape.</param>
    /// <param name="ItemsFrom">From this offset on an object holds references, up to its end.</param>
    private sealed record Plan(SortedSet<long> Shape, long ItemsFrom);
}
