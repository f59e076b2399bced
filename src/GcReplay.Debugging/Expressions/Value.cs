using GcReplay.Heaps.Memory;

namespace GcReplay.Debugging.Expressions;

/// <summary>What an expression can come to.</summary>
public enum ValueKind
{
    /// <summary>There is no answer: the object is not born, the memory unmapped, the event has no such operand. Whatever is
    /// computed from it has none either, and a condition without an answer does not hold.</summary>
    Unknown = 0,

    /// <summary>1 for yes, 0 for no.</summary>
    Truth,

    Number,

    /// <summary>An object or another address; 0 is nothing.</summary>
    Reference,

    Text,
}

/// <summary>What an expression came to at one position.</summary>
/// <param name="Bits">Of a number or truth; of a reference the address, 0 where only the object is known.</param>
/// <param name="Number">Of a reference, the object's birth number when the event or the user named it so; else 0. For an unknown
/// the object that is not there.</param>
/// <param name="Text">Of a text; why an unknown is unknown.</param>
public readonly record struct Value(ValueKind Kind, ulong Bits, ulong Number, string? Text)
{
    public static readonly Value Nothing = new(ValueKind.Reference, 0, 0, null);
    private static readonly Value Yes = new(ValueKind.Truth, 1, 0, null);
    private static readonly Value No = new(ValueKind.Truth, 0, 0, null);

    public bool IsUnknown => Kind == ValueKind.Unknown;

    public static Value Of(bool truth) => truth ? Yes : No;

    public static Value Of(ulong number) => new(ValueKind.Number, number, 0, null);

    public static Value Of(string text) => new(ValueKind.Text, 0, 0, text);

    public static Value Of(Address address) => new(ValueKind.Reference, address.Value, 0, null);

    public static Value Object(ulong number, Address address) => new(ValueKind.Reference, address.Value, number, null);

    public static Value Unknown(string why, ulong number = 0) => new(ValueKind.Unknown, 0, number, why);

    /// <summary>Null when there is no answer.</summary>
    public bool? Holds() => Kind == ValueKind.Unknown ? null : Bits != 0 || Number != 0;

    /// <summary>Whether two known values are the same: objects by number when both are known by it, else by address.</summary>
    public bool Same(in Value other) =>
        Kind == ValueKind.Text || other.Kind == ValueKind.Text ? Kind == other.Kind && string.Equals(Text, other.Text, StringComparison.Ordinal)
        : Number != 0 && other.Number != 0 ? Number == other.Number
        : Bits == other.Bits && (Bits != 0 || Number == other.Number);
}
