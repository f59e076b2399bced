using GcReplay.Heaps.Layouts;
using GcReplay.Heaps.Memory;
using GcReplay.Heaps.Views;

namespace GcReplay.Debugging.Cutting;

/// <summary>Which words of the process hold a program's content (string bytes, numbers), and which hold the shape of its heap.</summary>
/// <remarks>Shape is what the layout gives a role: links, references, counts, flags, and fields that a container or a condition asks
/// for. Everything else inside an object is content, also after its death. Memory of cells that no object occupies keeps what names
/// memory, fillings, and small numbers: tables and buffers hold references there, or bytes. Words of the runtime's structs and of
/// allocators are shape, where GcReplay's own wrote them; where it does not know who did, they are judged as those of objects and buffers.</remarks>
internal sealed class ContentWords
{
    /// <summary>More than any marker or small count; fewer than three characters.</summary>
    private const ulong SmallMax = 4096;

    private readonly HeapView view;
    private readonly Layout layout;
    private readonly bool isForeign;
    private readonly SortedSet<string> asked = new(StringComparer.Ordinal);
    private readonly SortedDictionary<string, Plan> plans = new(StringComparer.Ordinal);

    /// <param name="view">Of the state just after the event that wrote the word that is asked for.</param>
    /// <param name="published">Names of GcReplay's own structs, among others.</param>
    public ContentWords(HeapView view, IReadOnlySet<string> published)
    {
        (this.view, layout) = (view, view.Layout);
        isForeign = layout.Structs.Any(s => !published.Contains(s.Name));
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
    public ulong Shown(Address address, ulong word)
    {
        if (!Windows.IsProcess(address) || SaysNothing(word))
            return word;
        if (view.Shadow.CellAt(address) is not { } cell)
            return !isForeign || IsOfRuntime(address) ? word : 0;
        if (view.Shadow.OccupantOf(cell) is not { } entry)
            return isForeign && IsOfRuntime(address) ? word : 0;
        if (entry.IsRuntime)
            return !isForeign || IsOfRuntime(address) ? word : 0;
        return IsShape(entry, unchecked((long)(address.Value - entry.Address.Value))) ? word : 0;
    }

    /// <summary>A small number, the address of mapped memory, or memory filled with one byte that is no character.</summary>
    private bool SaysNothing(ulong word) =>
        word <= SmallMax || word < Windows.ProcessEnd && view.Space.IsMapped(new Address(word & ~7UL))
        || (word & 0xFF) >= 0x80 && word == (word & 0xFF) * 0x0101_0101_0101_0101UL;

    /// <summary>Whether a word outside of objects is one that the layout asks for: of a struct of the runtime, or of its bitmaps.</summary>
    private bool IsOfRuntime(Address address)
    {
        foreach (var instance in view.Instances())
        {
            if (instance.Covers(address) && plans[instance.Layout.Name].Shape.Contains(address - instance.Address & ~7L))
                return true;
            foreach (var bitmap in instance.Layout.Containers.OfType<Bitmap>())
            {
                if (ContainerView.Of(view, instance.Layout, instance.Address, bitmap) is BitmapView bits && bits.Covers(address))
                    return true;
            }
        }

        return false;
    }

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
                case ObjectBits bits:
                    shape.UnionWith(Enumerable.Range(0, Math.Clamp(bits.FirstObject - bits.Offset, 8, AddressSpace.PageBytes) / 8).Select(i => (bits.Offset & ~7L) + i * 8L));
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
