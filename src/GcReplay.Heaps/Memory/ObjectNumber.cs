using System.Globalization;

namespace GcReplay.Heaps.Memory;

/// <summary>Birth numbers of program objects. <c>#17</c> is the 17th object that a thread's statements made; <c>#17.2</c> the second
/// one born in a script of #17, or of an object of that family. So a number stays the same when other objects' scripts do
/// not run. <c>#0.1</c> is the first of those that were there before the program began.</summary>
/// <remarks>In a word: the low 32 bits count statements' births from 1, the bits above the births within the family, 0 for the
/// head of it. Bit 63 (<see cref="Shadow.RuntimeFlag"/>) is no part of the number.</remarks>
public static class ObjectNumber
{
    /// <summary>First ordinal that does not fit.</summary>
    public const ulong OrdinalEnd = 1UL << 31;

    public static ulong Of(ulong head, ulong ordinal) => head | ordinal << 32;

    /// <summary>Number of an object that is there before the program begins: <c>#0.1</c> is the first. No object is at the head of
    /// their family.</summary>
    public static ulong OfPrebuilt(int index) => Of(0, (ulong)index + 1);

    /// <summary>Number of the object at the head of the family.</summary>
    public static ulong Head(ulong number) => number & uint.MaxValue;

    /// <summary>0 for an object that a thread's statement made.</summary>
    public static ulong Ordinal(ulong number) => number >> 32 & (OrdinalEnd - 1);

    /// <summary>The number as users write it, without <c>#</c>.</summary>
    public static string Text(ulong number) =>
        Ordinal(number) == 0
            ? Head(number).ToString(CultureInfo.InvariantCulture)
            : string.Create(CultureInfo.InvariantCulture, $"{Head(number)}.{Ordinal(number)}");

    /// <summary>Reads what <see cref="Text"/> writes.</summary>
    public static bool TryParse(ReadOnlySpan<char> text, out ulong number)
    {
        number = 0;
        var dot = text.IndexOf('.');
        var ordinal = 0UL;
        if (!uint.TryParse(dot < 0 ? text : text[..dot], NumberStyles.None, CultureInfo.InvariantCulture, out var head))
            return false;
        if (dot >= 0 && (!ulong.TryParse(text[(dot + 1)..], NumberStyles.None, CultureInfo.InvariantCulture, out ordinal) || ordinal is 0 or >= OrdinalEnd))
            return false;
        number = Of(head, ordinal);
        return true;
    }
}
