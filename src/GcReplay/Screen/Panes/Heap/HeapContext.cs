using GcReplay.Heaps.Memory;

namespace GcReplay.Screen.Panes;

/// <summary>What the colours and letters of objects in the map tell.</summary>
internal enum MapColouring
{
    /// <summary>The colour of the tri-colour abstraction.</summary>
    Colour = 0,

    /// <summary>The interpreter whose list holds the object.</summary>
    Owner,

    /// <summary>How many were born after it.</summary>
    Age,
}

/// <summary>What the map tells, at which scale, and where its cursor is.</summary>
internal sealed class HeapContext
{
    /// <summary>Bytes of one sign at the closest: a word.</summary>
    public const long BytesMin = 8;

    /// <summary>Bytes of one sign at the farthest.</summary>
    public const long BytesMax = 1L << 30;

    private (Address Focus, long Position) followed = (default, -1);

    public PaneScroll Scroll { get; } = new();

    public MapColouring Colouring { get; set; }

    /// <summary>Bytes that a sign stands for; 0 until it was chosen to fit.</summary>
    public long Bytes { get; set; }

    public Address Cursor { get; set; }

    /// <summary>Whether another place came into focus since the last call, or the position changed.</summary>
    public (bool IsPlace, bool IsPosition) News(Address focus, long position)
    {
        var news = (focus != followed.Focus, position != followed.Position);
        followed = (focus, position);
        return news;
    }
}
