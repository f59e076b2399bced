namespace GcReplay.Heaps.Sanitizers.Indexes;

/// <summary>Consecutive pages whose mappings are the bits of one word of the page map.</summary>
internal static class PageGroup
{
    public const ulong Pages = 64;

    public static ulong Of(ulong page) => page / Pages;
}
