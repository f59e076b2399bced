using System.Collections.Immutable;
using GcReplay.Heaps.Layouts;

namespace GcReplay.Simulation.Allocators;

/// <summary>Where glibc's words lie, from the start of the control words: <c>struct malloc_state</c> of the main arena with
/// upstream's offsets, behind it the part of <c>struct malloc_par</c> that is modelled, and one word of the kernel.</summary>
/// <remarks>Source: glibc 2.31, malloc/malloc.c, malloc_state and malloc_par, 64 bits.</remarks>
internal static class MallocState
{
    public const int Top = 96;
    public const int LastRemainder = 104;
    public const int Bins = 112;
    public const int BinWords = 254;
    public const int Binmap = 2144;
    public const int SystemMem = 2184;
    public const int MaxSystemMem = 2192;

    public const int TrimThreshold = 2200;
    public const int TopPad = 2208;
    public const int MmapThreshold = 2216;
    public const int MmapsMax = 2224;
    public const int Mmaps = 2232;
    public const int MaxMmaps = 2240;
    public const int MmappedMem = 2248;
    public const int MaxMmappedMem = 2256;
    public const int SbrkBase = 2264;

    /// <summary>The kernel's: lowest page that is mapped in the mmap area, or the area's end.</summary>
    public const int MmapLowest = 2272;
    public const int Size = 2280;

    public const int UnsortedBin = 1;
    public const int LastBin = 126;

    public static readonly StructLayout Layout = new(
        "malloc_state",
        StructRole.Plain,
        Size,
        [
            Field.Word("top", Top, FieldRole.Address),
            Field.Word("last_remainder", LastRemainder, FieldRole.Address),
            Field.Word("binmap_0_63", Binmap, FieldRole.Integer),
            Field.Word("binmap_64_127", Binmap + 8, FieldRole.Integer),
            Field.Word("system_mem", SystemMem, FieldRole.Integer),
            Field.Word("max_system_mem", MaxSystemMem, FieldRole.Integer),
            Field.Word("trim_threshold", TrimThreshold, FieldRole.Integer),
            Field.Word("top_pad", TopPad, FieldRole.Integer),
            Field.Word("mmap_threshold", MmapThreshold, FieldRole.Integer),
            Field.Word("n_mmaps_max", MmapsMax, FieldRole.Integer),
            Field.Word("n_mmaps", Mmaps, FieldRole.Integer),
            Field.Word("max_n_mmaps", MaxMmaps, FieldRole.Integer),
            Field.Word("mmapped_mem", MmappedMem, FieldRole.Integer),
            Field.Word("max_mmapped_mem", MaxMmappedMem, FieldRole.Integer),
            Field.Word("sbrk_base", SbrkBase, FieldRole.Address),
            Field.Word("mmap_lowest", MmapLowest, FieldRole.Address),
        ],
        ImmutableArray.Create<Container>(new RawWords("bins", Bins, BinWords)));

    /// <summary>Bin of chunks of a size: 2 to 63 hold one size each, 64 to 126 a range. Source: smallbin_index, largebin_index_64.</summary>
    public static int BinIndex(ulong size)
    {
        if (IsSmall(size))
            return (int)(size >> 4);
        if (size >> 6 <= 48)
            return 48 + (int)(size >> 6);
        if (size >> 9 <= 20)
            return 91 + (int)(size >> 9);
        if (size >> 12 <= 10)
            return 110 + (int)(size >> 12);
        if (size >> 15 <= 4)
            return 119 + (int)(size >> 15);
        return size >> 18 <= 2 ? 124 + (int)(size >> 18) : LastBin;
    }

    public static bool IsSmall(ulong size) => size < 1024;
}
