using System.Collections.Immutable;
using GcReplay.Heaps;
using GcReplay.Heaps.Layouts;
using GcReplay.Heaps.Memory;
using GcReplay.Heaps.Views;

namespace GcReplay.Simulation.Conformance.Incminimark;

/// <summary>Where the layout has what the file shows of objects of one struct; looked up once, by name.</summary>
internal sealed class ObjectShape
{
    private static readonly ImmutableArray<string> FlagNames =
    [
        "GCFLAG_TRACK_YOUNG_PTRS", "GCFLAG_NO_HEAP_PTRS", "GCFLAG_VISITED", "GCFLAG_HAS_SHADOW", "GCFLAG_FINALIZATION_ORDERING", "GCFLAG_EXTRA",
        "GCFLAG_HAS_CARDS", "GCFLAG_CARDS_SET", "GCFLAG_VISITED_RMY", "GCFLAG_PINNED", "GCFLAG_IGNORE_FINALIZER", "GCFLAG_SHADOW_INITIALIZED",
        "GCFLAG_DUMMY",
    ];

    private const int HasCards = 1 << 6;

    private readonly HeapView view;
    private readonly StructLayout layout;
    private readonly Field[] flags;
    private readonly Field[] links;
    private readonly Field? type;
    private readonly Field? length;
    private readonly Vector? items;
    private readonly CardBits? cards;

    public ObjectShape(HeapView view, StructLayout layout)
    {
        this.view = view;
        this.layout = layout;
        flags = [.. FlagNames.Select(name => layout.Field(name))
            .Select((field, bit) => field ?? throw new BrokenAssumptionException($"the layout has no field {FlagNames[bit]} in {layout.Name}"))];
        links = [.. new[] { "prev", "next" }.Select(name => layout.Field(name)).OfType<Field>()];
        type = layout.Fields.FirstOrDefault(field => field.Meanings is [{ Role: FieldRole.TypeId }, ..]);
        length = layout.Field("length");
        items = layout.Containers.OfType<Vector>().FirstOrDefault(container => container.Name == "items");
        cards = layout.Containers.OfType<CardBits>().FirstOrDefault();
        Weak = layout.Field("weakptr");
    }

    /// <summary>The field of a weak reference's target; null for other objects.</summary>
    public Field? Weak { get; }

    public string Name => layout.Name;

    /// <summary>Whether the object's header names a type of this shape.</summary>
    public bool IsIn(Address address) =>
        type is null || Read(address, type) is var id && id < (ulong)view.Layout.Types.Length && view.Layout.Types[(int)id].Struct == layout.Name;

    public ObjectState StateOf(string space, Address address)
    {
        var bits = 0;
        var (word, at) = (0UL, int.MinValue);
        for (var i = 0; i < flags.Length; i++)
        {
            // Mostly they are bits of one word.
            if (flags[i].Offset != at && !view.TryRead(address + (at = flags[i].Offset), out word))
                word = 0;
            bits |= flags[i].Extract(word, FieldRole.Flag) != 0 ? 1 << i : 0;
        }

        return new ObjectState(space, bits, (bits & HasCards) != 0 ? Cards(address) : null);
    }

    /// <summary>Items of an array, bytes of a string; 0 for others.</summary>
    public ulong LengthOf(Address address) => length is null ? 0 : Read(address, length);

    /// <summary>The words of all references that are traced, in order.</summary>
    public IEnumerable<ulong> ReferencesOf(Address address) => items is null
        ? links.Select(link => Read(address, link))
        : ContainerView.Of(view, layout, address, items).Items().Select(item => item.Value);

    public ulong Read(Address address, Field field) =>
        view.TryRead(address + field.Offset, out var word) ? field.Extract(word, field.Meanings.IsEmpty ? FieldRole.Integer : field.Meanings[0].Role) : 0;

    /// <summary>The bytes that have a card of some item.</summary>
    private string Cards(Address address)
    {
        Check.That(cards is not null, $"the layout has no cards in {layout.Name}");
        var perByte = 8UL * (ulong)cards.ItemsPerBit;
        var bytes = new byte[Math.Min((LengthOf(address) + perByte - 1) / perByte, 1 << 20)];
        foreach (var item in ContainerView.Of(view, layout, address, cards).Items())
            bytes[item.Index / 8] |= (byte)(1 << (int)(item.Index % 8));
        return Convert.ToHexStringLower(bytes);
    }
}
