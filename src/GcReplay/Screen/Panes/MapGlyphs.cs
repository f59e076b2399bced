using GcReplay.Heaps.Views;

namespace GcReplay.Screen.Panes;

/// <summary>How the use of memory looks: the denser the sign, the more alive. The map and the words use the same.</summary>
internal static class MapGlyphs
{
    /// <summary>The sign of memory without a letter of its own.</summary>
    public static char Of(MemoryUse use) => use switch
    {
        MemoryUse.Untouched => '·',
        MemoryUse.Raw => '▓',
        MemoryUse.Reserved => '▒',
        MemoryUse.Forwarded => '»',
        MemoryUse.Freed => '░',
        MemoryUse.Guard => '|',
        MemoryUse.Unmapped => '×',
        MemoryUse.Runtime => '#',
        _ => 'o',
    };

    public static Ink InkOf(MemoryUse use) => use switch
    {
        MemoryUse.Untouched => Ink.Dim,
        MemoryUse.Freed or MemoryUse.Unmapped => Ink.Freed,
        MemoryUse.Reserved or MemoryUse.Forwarded or MemoryUse.Guard => Ink.Dim,
        _ => Ink.Normal,
    };

    public static string Name(MemoryUse use) => use switch
    {
        MemoryUse.Untouched => "never used",
        MemoryUse.Raw => "allocated, no object",
        MemoryUse.Reserved => "kept for reuse",
        MemoryUse.Forwarded => "moved away",
        MemoryUse.Freed => "freed",
        MemoryUse.Guard => "guard",
        MemoryUse.Unmapped => "unmapped",
        MemoryUse.Runtime => "runtime",
        _ => "object",
    };
}
