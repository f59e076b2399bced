using GcReplay.Heaps.Memory;

namespace GcReplay.Simulation.Collectors.Incminimark;

/// <summary>Card bits in front of large arrays: byte k lies at the header - 1 - k, its lowest bit is the lowest card.</summary>
/// <remarks>Source: rpython/memory/gc/incminimark.py, get_card, card_marking_bytes_for_length.</remarks>
internal sealed class Cards(GcContext gc)
{
    /// <summary>Card bytes that stand for items of an array of this length.</summary>
    public int BytesFor(int length) => (int)((length + 8L * gc.Settings.CardPageIndices - 1) / (8L * gc.Settings.CardPageIndices));

    /// <summary>Whether a card is set, without an access: for deciding what to do in the next event.</summary>
    public bool IsSetUnasked(Address array, int card) => (gc.Journal.Space.Peek(WordOf(array, card >> 3)) >> BitOf(array, card) & 1) != 0;

    public void Set(Address array, int card)
    {
        var word = WordOf(array, card >> 3);
        gc.Journal.Write(word, gc.Journal.Read(word) | 1UL << BitOf(array, card));
    }

    public void Clear(Address array, int card)
    {
        var word = WordOf(array, card >> 3);
        gc.Journal.Write(word, gc.Journal.Read(word) & ~(1UL << BitOf(array, card)));
    }

    /// <summary>A card byte. An object without cards has none: what lies there is somebody else's.</summary>
    public byte ReadByte(Address array, int index) =>
        gc.Objects.Has(array, GcFlag.HasCards)
            ? (byte)(gc.Journal.Read(WordOf(array, index)) >> ShiftOf(array, index) & 0xFF)
            : throw gc.Process.Assertion("bad-address", array);

    /// <summary>Sets the bits of a card byte that are set in another one.</summary>
    public void Or(Address array, int index, byte bits)
    {
        var word = WordOf(array, index);
        gc.Journal.Write(word, gc.Journal.Read(word) | (ulong)bits << ShiftOf(array, index));
    }

    public void ClearByte(Address array, int index)
    {
        var word = WordOf(array, index);
        gc.Journal.Write(word, gc.Journal.Read(word) & ~(0xFFUL << ShiftOf(array, index)));
    }

    /// <summary>Puts an array on the list of those with cards set, as an event of its own.</summary>
    public void Remember(Address array, int site)
    {
        gc.Words.OldObjectsWithCardsSet.Append(array, site);
        gc.Objects.Set(array, GcFlag.CardsSet);
    }

    private static Address WordOf(Address array, int index) => new((array - 1 - index).Value & ~7UL);

    private static int ShiftOf(Address array, int index) => (int)((array - 1 - index).Value & 7) * 8;

    private static int BitOf(Address array, int card) => ShiftOf(array, card >> 3) + (card & 7);
}
