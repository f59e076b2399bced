namespace GcReplay.Simulation.Collectors.Incminimark;

/// <summary>What an object looks like; the numbers are the indexes of <see cref="IncminimarkFamily.Kinds"/>.</summary>
internal enum Kind
{
    /// <summary>A header that names no type: what is not an object, or not any more.</summary>
    None = -1,

    /// <summary>header, length, items: a GcArray of references.</summary>
    Array = 0,

    /// <summary>A string of eight bytes for each slot.</summary>
    Leaf,

    /// <summary>header, x, prev, next: a GcStruct with two references.</summary>
    Node,

    /// <summary>header, hash, length, bytes and one spare byte, as an rpy_string.</summary>
    Str,

    /// <summary>header, weakptr.</summary>
    Weakref,
}

/// <summary>Shapes of objects.</summary>
/// <remarks>Source: rpython/memory/gctypelayout.py, WEAKREF; rpython/rtyper/lltypesystem/rstr.py, STR.</remarks>
internal static class Kinds
{
    public const int Header = 0;
    public const int ArrayLength = 8;
    public const int StrLength = 16;
    public const int WeakTarget = 8;

    /// <summary>First reference, of arrays and of nodes.</summary>
    public const int FirstReference = 16;
    public const int NodeReferences = 2;

    /// <summary>A node's field x, which holds its birth number.</summary>
    public const int NodeX = 8;

    /// <summary>Whether objects of a kind hold references that are traced.</summary>
    public static bool HasGcPtr(this Kind kind) => kind is Kind.Array or Kind.Node;

    public static bool IsString(this Kind kind) => kind is Kind.Leaf or Kind.Str;

    /// <summary>Where the length is; 0 for kinds of fixed size.</summary>
    public static int LengthAt(this Kind kind) => kind switch
    {
        Kind.Array => ArrayLength,
        Kind.Leaf or Kind.Str => StrLength,
        _ => 0,
    };

    /// <summary>The length of a newborn: items of an array, bytes of a string.</summary>
    public static int LengthOf(this Kind kind, int slots) => kind == Kind.Leaf ? slots * 8 : slots;

    /// <summary>Bytes of an object, not rounded.</summary>
    public static long Bytes(this Kind kind, long length) => kind switch
    {
        Kind.Array => 16 + 8 * length,
        Kind.Leaf or Kind.Str => 25 + length,
        Kind.Node => 32,
        _ => 16,
    };

    public static long Rounded(long bytes) => bytes + 7 & ~7L;
}
