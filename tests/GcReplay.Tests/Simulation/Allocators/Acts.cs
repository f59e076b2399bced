using CsCheck;
using GcReplay.Heaps.Memory;

namespace GcReplay.Tests.Simulation.Allocators;

/// <summary>What a process asks of its allocator, drawn by CsCheck.</summary>
internal enum Do
{
    Allocate,
    Free,

    /// <summary>Forget the allocator object first, then free.</summary>
    Forget,
}

internal sealed record Act(Do Do, ulong Bytes, int Which);

internal static class Acts
{
    private static readonly Gen<ulong> Bytes = Gen.Frequency(
        (20, Gen.ULong[0, 200]), (6, Gen.ULong[200, 4000]), (3, Gen.ULong[4000, 140_000]), (1, Gen.ULong[140_000, 800_000]));

    /// <summary>Cells of all sizes.</summary>
    public static readonly Gen<Act[]> Many = Of(Bytes).Array[1, 300];

    /// <summary>So many cells of pymalloc's sizes that arenas come and go.</summary>
    public static readonly Gen<Act[]> ManySmall = Of(Gen.ULong[300, 520]).Array[1, 4000];

    public static Address Run(AllocatorProcess process, Act act)
    {
        switch (act.Do)
        {
            case Do.Allocate:
                return process.Allocate(act.Bytes);
            case Do.Forget:
                process.Forget();
                break;
            default:
                break;
        }

        if (process.Live.Count == 0)
            return Address.Null;
        var cell = new Address(process.Live.Keys.ElementAt(act.Which % process.Live.Count));
        process.Free(cell);
        return cell;
    }

    private static Gen<Act> Of(Gen<ulong> bytes) => Gen.Select(
        Gen.Frequency((10, Gen.Const(Do.Allocate)), (8, Gen.Const(Do.Free)), (1, Gen.Const(Do.Forget))), bytes, Gen.Int[0, 1 << 20],
        (what, size, which) => new Act(what, size, which));
}
