using GcReplay.Heaps.Layouts;
using GcReplay.Heaps.Memory;

namespace GcReplay.Heaps.Views;

/// <summary>A bitmap by address: the addresses whose bit is set.</summary>
public sealed class BitmapView(HeapView view, StructLayout structure, Address start, Bitmap bitmap) : ContainerView(view, structure, start)
{
    public override Container Container => bitmap;

    public override IEnumerable<ContainerItem> Items()
    {
        var bits = new Address(Word(Place));
        if (bits.IsNull)
            yield break;
        var covered = new Address(Number(bitmap.BaseField));
        var granules = (long)Math.Min(Number(bitmap.BytesField) / (ulong)bitmap.GranuleBytes, long.MaxValue / 64);
        var words = Bounded(bits, ((ulong)granules + 63) / 64);
        for (var w = 0L; w < words; w++)
        {
            if (!View.TryRead(bits + w * 8, out var word))
                yield break;
            for (var b = 0; b < 64 && w * 64 + b < granules; b++)
            {
                if ((word >> b & 1) != 0)
                    yield return new ContainerItem(
                        Name, w * 64 + b, bits + w * 8, (covered + (w * 64 + b) * bitmap.GranuleBytes).Value, FieldRole.Address);
            }
        }
    }

    /// <summary>Whether an address is one of the words that hold the bits.</summary>
    public bool Covers(Address address)
    {
        var bits = new Address(Word(Place));
        return !bits.IsNull && address >= bits && (ulong)(address - bits) < Number(bitmap.BytesField) / (ulong)bitmap.GranuleBytes / 8 + 8;
    }

    /// <summary>Whether the bit of an address is set.</summary>
    public bool IsSet(Address address)
    {
        var offset = address - new Address(Number(bitmap.BaseField));
        if (offset < 0 || (ulong)offset >= Number(bitmap.BytesField))
            return false;
        var granule = offset / bitmap.GranuleBytes;
        return (Word(new Address(Word(Place)) + (granule >> 6) * 8) >> (int)(granule & 63) & 1) != 0;
    }
}

/// <summary>One bit for each object of a block: the objects whose bit is set.</summary>
public sealed class ObjectBitsView(HeapView view, StructLayout structure, Address start, ObjectBits bits) : ContainerView(view, structure, start)
{
    public override Container Container => bits;

    public override IEnumerable<ContainerItem> Items()
    {
        var size = (long)Math.Min(Number(bits.SizeField), HeapView.ChainMax);
        var count = (long)Math.Min(Number(bits.CountField), HeapView.ChainMax);
        for (var k = 0L; k < count; k++)
        {
            var slot = Place + (k >> 6) * 8;
            if (!View.TryRead(slot, out var word))
                yield break;
            if ((word >> (int)(k & 63) & 1) != 0)
                yield return new ContainerItem(Name, k, slot, (Start + bits.FirstObject + k * size).Value, FieldRole.Address);
        }
    }
}

/// <summary>Cards of an array object: the ranges of items whose bit is set. An item's value is the first index of the range.</summary>
/// <remarks>Source: rpython/memory/gc/incminimark.py, card marking: byte k of a large array lies at its header - 1 - k.</remarks>
public sealed class CardBitsView(HeapView view, StructLayout structure, Address start, CardBits cards) : ContainerView(view, structure, start)
{
    public override Container Container => cards;

    public override IEnumerable<ContainerItem> Items()
    {
        var length = (long)Math.Min(Number(cards.LengthField), HeapView.ChainMax);
        var entry = View.Shadow.OccupantAt(Start) is { } occupant && occupant.Address == Start ? occupant : (ObjectEntry?)null;
        if (!View.Holds(cards.When, View.Plan(Structure), Start, entry))
            yield break;
        for (var k = 0L; k * cards.ItemsPerBit < length; k++)
        {
            var (slot, bit) = BitOf(k);
            if (!View.TryRead(slot, out var word))
                yield break;
            if ((word >> bit & 1) == 0)
                continue;
            var first = k * cards.ItemsPerBit;
            var last = Math.Min(first + cards.ItemsPerBit, length) - 1;
            yield return new ContainerItem(Name, k, slot, (ulong)first, FieldRole.Integer, $" items {first}-{last}");
        }
    }

    /// <summary>Whether the card of an item is set; the object has cards.</summary>
    public bool IsSetFor(long index)
    {
        var (slot, bit) = BitOf(index / cards.ItemsPerBit);
        return View.TryRead(slot, out var word) && (word >> bit & 1) != 0;
    }

    private (Address Word, int Bit) BitOf(long card)
    {
        var at = cards.GrowsDown ? Place - (card >> 3) : Place + (card >> 3);
        var word = new Address(at.Value & ~7UL);
        return (word, (int)(at - word) * 8 + (int)(card & 7));
    }

    /// <summary>Cards stand for items of one object; no object is in them.</summary>
    public override IEnumerable<Address> Members() => [];
}
