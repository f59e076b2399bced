using GcReplay.Heaps.Memory;
using GcReplay.Heaps.Views;

namespace GcReplay.Heaps.Sanitizers;

/// <summary>An owned reference to freed or unmapped memory.</summary>
/// <param name="Holder">Null for a root.</param>
/// <param name="Text">Holder and slot by name.</param>
internal readonly record struct DanglingReference(OwnedReference Reference, ObjectView? Holder, string Text);

/// <summary>Owned references to freed or unmapped memory without an excuse.</summary>
/// <remarks>The excuse: without reference counts, in a sweeping phase, a holder that is garbage may be freed after what it refers to.</remarks>
internal static class Dangling
{
    public static IEnumerable<DanglingReference> Of(HeapView view) => Of(view, Address.Null, new Address(ulong.MaxValue));

    /// <summary>Those to a range.</summary>
    public static IEnumerable<DanglingReference> Of(HeapView view, Address start, Address end)
    {
        var census = view.Census();
        foreach (var reference in census.OwnedReferences)
        {
            if (reference.Target < start || reference.Target >= end || !view.IsGone(reference.Target))
                continue;
            var holder = reference.Holder >= 0 ? view.Object(census.Objects[reference.Holder].Number) : null;
            if (holder?.Phase is { } phase && view.IsSweeping(phase) && !view.CountsReferences && !census.Reachable()[reference.Holder])
                continue;
            yield return new DanglingReference(reference, holder, census.Describe(reference));
        }
    }
}
