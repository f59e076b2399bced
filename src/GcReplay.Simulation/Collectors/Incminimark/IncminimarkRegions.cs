using System.Collections.Immutable;
using GcReplay.Heaps.Layouts;
using GcReplay.Heaps.Memory;

namespace GcReplay.Simulation.Collectors.Incminimark;

/// <summary>Where the collector's memory lies. No allocator hands out memory there.</summary>
internal static class IncminimarkRegions
{
    public static readonly Address Nursery = new(0x6A00_0000_0000);
    public static readonly Address Prebuilt = new(0x6B00_0000_0000);

    /// <summary>Chunks of stacks and queues: <see cref="ChunkPool"/>.</summary>
    public static readonly Address Chunks = new(0x6D00_0000_0000);
    public static readonly Address NurseryObjectsShadows = new(0x6E00_0000_0000);
    public static readonly Address YoungRawmallocedIndex = new(0x6E40_0000_0000);
    public static readonly Address Pins = new(0x6E80_0000_0000);

    /// <summary>Bytes between the start of a region and its end.</summary>
    public const long RegionBytes = 0x40_0000_0000;

    /// <summary>The regions by name, as layouts have them.</summary>
    public static ImmutableArray<Region> All =>
    [
        Of("nursery", Nursery), Of("prebuilt", Prebuilt), Of("address stacks", Chunks),
        Of("nursery_objects_shadows", NurseryObjectsShadows), Of("young_rawmalloced_objects", YoungRawmallocedIndex), Of("pins", Pins),
    ];

    private static Region Of(string name, Address start) => new(name, start, start + RegionBytes);
}
