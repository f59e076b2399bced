using System.Globalization;
using System.Text.Json.Nodes;

namespace GcReplay.Simulation.Conformance.Incminimark;

/// <summary>Who an object is, as the file names it: a serial from 1 for one of the program, -1, -2 … for a prebuilt one, and
/// <c>sN</c> for the place that waits for object N outside the nursery, its shadow. 0 is the null reference.</summary>
internal static class Identity
{
    public const long Null = 0;

    private const long ShadowBit = 1L << 40;
    private const long UnknownBit = 1L << 62;

    public static long OfShadow(long serial) => ShadowBit | serial;

    /// <summary>Stands for an address at which no object is.</summary>
    public static long Unknown(ulong address) => UnknownBit | (long)(address & (ulong)(UnknownBit - 1));

    public static bool IsUnknown(long identity) => identity > 0 && (identity & UnknownBit) != 0;

    public static bool IsShadow(long identity) => identity > 0 && !IsUnknown(identity) && (identity & ShadowBit) != 0;

    public static string Text(long identity) =>
        IsUnknown(identity) ? $"?{(ulong)(identity & ~UnknownBit):x}"
        : IsShadow(identity) ? $"s{identity & ~ShadowBit}"
        : identity.ToString(CultureInfo.InvariantCulture);

    public static JsonNode ToJson(long identity) => IsShadow(identity) || IsUnknown(identity) ? Text(identity) : identity;

    /// <summary>Reads what <see cref="Text"/> writes of objects and shadows; null for anything else.</summary>
    public static long? Parse(string text)
    {
        var isShadow = text.StartsWith('s');
        if (!long.TryParse(text.AsSpan(isShadow ? 1 : 0), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var serial))
            return null;
        return Math.Abs(serial) < ShadowBit && serial != Null && (!isShadow || serial > 0) ? isShadow ? OfShadow(serial) : serial : null;
    }
}
