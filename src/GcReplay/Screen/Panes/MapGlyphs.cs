using GcReplay.Heaps.Layouts;
using GcReplay.Heaps.Memory;
using GcReplay.Heaps.Views;

namespace GcReplay.Screen.Panes;

/// <summary>How the use of memory looks: the denser the sign, the more alive. The map and the words use the same.</summary>
internal static class MapGlyphs
{
    /// <summary>The sign of memory without a letter of its own.</summary>
    public static char Of(MemoryUse use) => use switch
    {
        MemoryUse.Untouched => '·',
        MemoryUse.Words => ':',
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
        MemoryUse.Untouched or MemoryUse.Words => Ink.Dim,
        MemoryUse.Freed or MemoryUse.Unmapped => Ink.Freed,
        MemoryUse.Reserved or MemoryUse.Forwarded or MemoryUse.Guard => Ink.Dim,
        _ => Ink.Normal,
    };

    /// <summary>Whose a cell is, or was: an object, a struct of the runtime; empty for neither.</summary>
    public static string Whose(HeapView view, Cell cell)
    {
        if (view.Shadow.OccupantOf(cell) is not { } entry)
            return "";
        if (!cell.IsRuntime)
            return view.ObjectAt(entry.Address)?.ToString() ?? "";
        return view.Instances().FirstOrDefault(i => i.Address == entry.Address) is { } instance ? Whose(instance) : "";
    }

    /// <summary>A struct of the runtime, as people name it.</summary>
    public static string Whose(StructInstance instance) => instance.Role switch
    {
        StructRole.Interpreter => $"interpreter {instance.Name}'s state",
        StructRole.Thread => $"thread {instance.Name}'s state",
        _ => instance.Name,
    };

    public static string Name(MemoryUse use) => use switch
    {
        MemoryUse.Untouched => "unused",
        MemoryUse.Words => "words of no cell",
        MemoryUse.Raw => "allocated raw",
        MemoryUse.Reserved => "kept for reuse",
        MemoryUse.Forwarded => "moved away",
        MemoryUse.Freed => "freed",
        MemoryUse.Guard => "guard",
        MemoryUse.Unmapped => "unmapped",
        MemoryUse.Runtime => "runtime",
        _ => "object",
    };
}
