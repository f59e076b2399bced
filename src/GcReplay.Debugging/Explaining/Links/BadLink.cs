using GcReplay.Heaps.Memory;
using GcReplay.Heaps.Sanitizers;
using GcReplay.Heaps.Views;

namespace GcReplay.Debugging.Explaining.Links;

/// <summary>The link that a violation of a list is about.</summary>
/// <param name="Word">Of the link.</param>
/// <param name="Node">That has it.</param>
/// <param name="Target">What it names.</param>
/// <param name="IsHeadGone">Whether that is the head of a list whose struct ended.</param>
internal sealed record BadLink(Address Word, Address Node, bool IsPrev, Address Target, LinkFamily Family, bool IsHeadGone)
{
    /// <summary>Null when the link can not be told from the words.</summary>
    /// <param name="view">Stands just after the violation's event.</param>
    public static BadLink? Of(HeapView view, Violation violation) => Dangling(view, violation) ?? OfWalk(view, violation);

    /// <summary>A link of what the violation is about, into memory that is gone.</summary>
    private static BadLink? Dangling(HeapView view, Violation violation)
    {
        foreach (var family in view.Families)
        {
            var node = violation.Object != 0 && view.Object(violation.Object) is { } o && view.HasNode(o.Entry, family) ? family.NodeOf(o.Address)
                : view.ListAt(violation.About) is { } list && list.Family == family ? list.Head
                : default;
            if (node.IsNull)
                continue;
            foreach (var (offset, isPrev) in Links(family))
            {
                if (view.TryRead(node + offset, out var word) && family.Address(word) is { IsNull: false } target && view.IsGone(target))
                    return new BadLink(node + offset, node, isPrev, target, family, view.ListAt(target) is not null);
            }
        }

        return null;
    }

    /// <summary>The first fault of the walk along the list.</summary>
    private static BadLink? OfWalk(HeapView view, Violation violation)
    {
        if (view.List(violation.List) is not { } list || list.Walk().Faults is not [var fault, ..])
            return null;
        var family = list.Family;
        return new BadLink(
            fault.Node + (fault.IsPrev ? family.PrevOffset : family.NextOffset), fault.Node, fault.IsPrev, fault.Found, family,
            view.IsGone(fault.Found) && view.ListAt(fault.Found) is { Holder.HasEnded: true });
    }

    private static (int Offset, bool IsPrev)[] Links(LinkFamily family) =>
        family.PrevOffset < 0 ? [(family.NextOffset, false)] : [(family.NextOffset, false), (family.PrevOffset, true)];
}
