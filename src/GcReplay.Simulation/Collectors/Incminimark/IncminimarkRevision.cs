using System.Collections.Immutable;

namespace GcReplay.Simulation.Collectors.Incminimark;

/// <summary>A state of incminimark's code, as the differences that matter here. Each fix is a commit of PyPy; the revision in front of
/// it is its parent.</summary>
/// <remarks>Source: rpython/memory/gc/incminimark.py at the commits named.</remarks>
public sealed record IncminimarkRevision
{
    public required string Name { get; init; }

    /// <summary>writebarrier_before_copy records the destination also while marking: a black array may get white items. Commit 78bbeb93471.</summary>
    public bool CopyRecordsWhileMarking { get; init; }

    /// <summary>The assertion black → white accepts members of prebuilt_root_objects: they are scanned once more. Commit 853ec5c72eb.</summary>
    public bool CheckAcceptsPrebuiltRoots { get; init; }

    /// <summary>The same for arrays with cards: the destination joins old_objects_with_cards_set with no card set. Commit 94529a6d2d0.</summary>
    public bool CardCopyRecordsWhileMarking { get; init; }

    /// <summary>A destination without cards is left to the barrier of each item before anything is recorded, and a list of arrays with
    /// cards is asserted to hold nothing else. Commit 3fb1b086ef5.</summary>
    public bool CardCopyAsksDestinationFirst { get; init; }

    /// <summary>A prebuilt destination that the copy records becomes a root: GCFLAG_NO_HEAP_PTRS goes with GCFLAG_TRACK_YOUNG_PTRS. Commit
    /// 345aaf9970e; the assertion that one implies the other came at one of the commits up to a32585dfef4.</summary>
    public bool CopyMakesPrebuiltRoots { get; init; }

    /// <summary>An object that moves into a black shadow is black. Commit 2c891735f94.</summary>
    public bool MovesKeepVisited { get; init; }

    /// <summary>Shadows of pinned objects are marked only while marking. Commit 96a224bd967.</summary>
    public bool MarksShadowsOnlyWhileMarking { get; init; }

    /// <summary>total_memory_used of paged arenas goes down with each block freed, instead of being counted anew by each sweep. Later than
    /// 96a224bd967.</summary>
    public bool CountsFreedBlocks { get; init; }

    /// <summary>All revisions, oldest first.</summary>
    public static readonly ImmutableArray<IncminimarkRevision> All = [.. Build()];

    private static IEnumerable<IncminimarkRevision> Build()
    {
        var at = new IncminimarkRevision { Name = "1e26d9ba1c5" };
        yield return at;
        yield return at = at with { Name = "78bbeb93471", CopyRecordsWhileMarking = true };
        yield return at = at with { Name = "236007f7e8f" };
        yield return at = at with { Name = "853ec5c72eb", CheckAcceptsPrebuiltRoots = true };
        yield return at = at with { Name = "965eccf1d00" };
        yield return at = at with { Name = "94529a6d2d0", CardCopyRecordsWhileMarking = true };
        yield return at = at with { Name = "7728007c6ad" };
        yield return at = at with { Name = "3fb1b086ef5", CardCopyAsksDestinationFirst = true };
        yield return at = at with { Name = "5e44493d73e" };
        yield return at = at with { Name = "345aaf9970e", CopyMakesPrebuiltRoots = true };
        yield return at = at with { Name = "650cdfdc649" };
        // Its fix is of the address simulation that the collector's tests run over, which is not ours.
        yield return at = at with { Name = "a32585dfef4" };
        yield return at = at with { Name = "1f4640e5763" };
        yield return at = at with { Name = "2c891735f94", MovesKeepVisited = true };
        yield return at = at with { Name = "2e2f6a36754" };
        yield return at = at with { Name = "96a224bd967", MarksShadowsOnlyWhileMarking = true };
        yield return at with { Name = "HEAD", CountsFreedBlocks = true };
    }
}
