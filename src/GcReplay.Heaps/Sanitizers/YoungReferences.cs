using GcReplay.Heaps.Memory;
using GcReplay.Heaps.Views;

namespace GcReplay.Heaps.Sanitizers;

/// <summary>References that a minor collection must find although their holders are old.</summary>
internal static class YoungReferences
{
    /// <summary>Owned references of old objects, garbage in a sweeping phase aside, to young ones.</summary>
    public static IEnumerable<(Census Census, ObjectEntry Holder, OwnedReference Reference)> Of(HeapView view)
    {
        var census = view.Census();
        var isYoung = census.Objects.Select(view.IsYoung).ToArray();
        var isSweeping = view.WholePhase is { } phase && view.IsSweeping(phase);
        foreach (var reference in census.OwnedReferences)
        {
            if (reference.Holder < 0 || isYoung[reference.Holder])
                continue;
            var target = census.IndexOf(reference.Target);
            if (target >= 0 && isYoung[target] && (!isSweeping || census.Reachable()[reference.Holder]))
                yield return (census, census.Objects[reference.Holder], reference);
        }
    }

    /// <summary>Whether the next minor collection looks at all references of an object.</summary>
    public static bool IsRemembered(HeapView view, ObjectEntry holder)
    {
        foreach (var list in view.Tracing.Remembered)
        {
            if (view.MembersOf(list).Contains(holder.Address.Value))
                return true;
        }

        return false;
    }
}
