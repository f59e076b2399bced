using GcReplay.Heaps.Memory;

namespace GcReplay.Heaps.Views;

/// <summary>An object with all that lead to it and that it leads to over owned references: its strongly connected component.</summary>
/// <param name="Members">By ascending number.</param>
/// <param name="IsCycle">Whether references lead in a circle: more members than one, or one that refers to itself.</param>
/// <param name="Above">A member of a cycle that leads to this one, when this is none itself; null for none.</param>
/// <param name="Inside">References between members.</param>
/// <param name="Incoming">References to members from roots, and from other objects.</param>
/// <param name="Outgoing">References of members to others.</param>
/// <param name="Counted">The members' reference counts in all; null where the collector counts none.</param>
/// <param name="Unseen">Members that no collection looks at: on no list, or of a kind that is on none.</param>
/// <param name="Holder">What keeps it from being garbage; null when nothing does.</param>
public sealed record Cycle(
    IReadOnlyList<ObjectEntry> Members, bool IsCycle, ObjectEntry? Above, IReadOnlyList<OwnedReference> Inside, IReadOnlyList<OwnedReference> Incoming,
    IReadOnlyList<OwnedReference> Outgoing, long? Counted, IReadOnlyList<ObjectEntry> Unseen, CycleHolder? Holder)
{
    /// <summary>References that are counted and that no word holds; negative when words hold more than are counted.</summary>
    public long? CountedElsewhere => Counted - Inside.Count - Incoming.Count;

    /// <summary>Whether a full collection would find all of it garbage.</summary>
    public bool IsGarbage => Holder is null && Unseen.Count == 0;
}

/// <summary>Why objects are no garbage: an object that something outside of what is collected holds, and the way from it.</summary>
/// <param name="Reference">The word outside that holds it; null when only its count tells that something does.</param>
/// <param name="Uncounted">References to it that are counted and that no word holds.</param>
/// <param name="Path">From the object that is held to the first member of the component.</param>
public sealed record CycleHolder(OwnedReference? Reference, long Uncounted, IReadOnlyList<ObjectEntry> Path);
