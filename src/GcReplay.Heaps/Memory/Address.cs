using System.Globalization;

namespace GcReplay.Heaps.Memory;

/// <summary>An address in the simulated address space, in bytes. Arithmetic is modulo 2^64.</summary>
/// <remarks>The process lives below 2^47; the windows of the shadow (see <see cref="Windows"/>) have bit 63 set.</remarks>
public readonly record struct Address(ulong Value) : IComparable<Address>
{
    public static readonly Address Null;

    public bool IsNull => Value == 0;

    /// <summary>Number of the 4 KiB page that holds this address.</summary>
    public ulong Page => Value >> AddressSpace.PageShift;

    /// <summary>Whether the address is a multiple of 8: only such addresses name a word.</summary>
    public bool IsWordAligned => (Value & 7) == 0;

    public static Address operator +(Address address, long bytes) => new(unchecked(address.Value + (ulong)bytes));

    public static Address operator -(Address address, long bytes) => new(unchecked(address.Value - (ulong)bytes));

    /// <summary>Distance in bytes.</summary>
    public static long operator -(Address left, Address right) => unchecked((long)(left.Value - right.Value));

    public static bool operator <(Address left, Address right) => left.Value < right.Value;

    public static bool operator >(Address left, Address right) => left.Value > right.Value;

    public static bool operator <=(Address left, Address right) => left.Value <= right.Value;

    public static bool operator >=(Address left, Address right) => left.Value >= right.Value;

    public int CompareTo(Address other) => Value.CompareTo(other.Value);

    public override string ToString() => "0x" + Value.ToString("x", CultureInfo.InvariantCulture);
}
