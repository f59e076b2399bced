using GcReplay.Heaps.Layouts;
using GcReplay.Heaps.Memory;

namespace GcReplay.Heaps.Views;

/// <summary>What a field holds, with the meaning that its bits have now.</summary>
/// <param name="Meaning">The first meaning whose condition holds; null when none does, then the bits are an integer.</param>
/// <param name="Slot">Address of the word.</param>
/// <param name="Word">The whole word; 0 where nothing is mapped.</param>
/// <param name="Value">The field's bits: an address keeps its place, a number is shifted down.</param>
/// <param name="IsMapped">Whether the word can be read at all.</param>
public readonly record struct FieldValue(Field Field, Meaning? Meaning, Address Slot, ulong Word, ulong Value, bool IsMapped)
{
    public FieldRole Role => Meaning?.Role ?? FieldRole.Integer;

    public Address Target => new(Value);
}

/// <summary>A reference held in a word: by an object, or by a struct of the runtime (then it is a root when owned).</summary>
/// <param name="Place">Field or container that it lies in.</param>
/// <param name="Index">Index in the container; -1 for a field.</param>
/// <param name="Slot">Address of the word that holds it.</param>
/// <param name="Target">Address it names; never 0.</param>
/// <param name="IsOwned">Whether it keeps its target alive.</param>
/// <param name="Holder">Address of the object that holds it; null for a struct of the runtime.</param>
/// <param name="Suffix">What tells references of one place apart: <c>.key</c>.</param>
/// <param name="Struct">Name of the struct that holds it; empty for an object and for the runtime's root.</param>
public readonly record struct Reference(
    string Place, long Index, Address Slot, Address Target, bool IsOwned, Address? Holder, string Suffix = "", string Struct = "")
{
    /// <summary>The root's vector of globals: programs call the third of them <c>g3</c>.</summary>
    internal const string Globals = "g";

    /// <summary>Of the slot, without the holder for an object (<c>slots[2]</c>), with it for a root (<c>main.frame[2]</c>,
    /// <c>g3</c>).</summary>
    public string Name =>
        Holder is null && Struct.Length == 0 && Place == Globals && Index >= 0 ? $"{Globals}{Index}"
        : (Struct.Length > 0 ? Struct + "." : "") + Place + (Index >= 0 ? $"[{Index}]" : "") + Suffix;
}
