using GcReplay.Heaps.Events;
using GcReplay.Heaps.Layouts;
using GcReplay.Heaps.Memory;
using GcReplay.Heaps.Sanitizers.Indexes;
using GcReplay.Heaps.Views;

namespace GcReplay.Heaps.Sanitizers;

/// <summary>No link word of a living tracked object, and no head of a living list, names freed or unmapped memory. Must hold
/// after every free and unmapping, and at the end of every operation.</summary>
/// <remarks>Exceptions: the links of an object whose next word is 0 (it is on no list, its prev word holds flags or a trashcan
/// chain); prev words in the phases in which they are no links. Writes through such a link come later and are consequences: the
/// free is the corruption. Source: bpo-46070, objects linked to a list head in a freed PyInterpreterState.</remarks>
public sealed class FreedNamedByLiveLink : ISanitizer
{
    public string Name => "freed-named-by-live-link";

    public string Claim => "No link of a living tracked object or living list names freed memory.";

    public IReadOnlyList<EventKind> Kinds { get; } = [EventKind.Free, EventKind.Unmap, EventKind.OperationEnd];

    public bool IsPromised(HeapView view) => view.Families.Length > 0;

    public bool HoldsAfter(in Event e, HeapView view) => true;

    public bool MayFail(HeapIndex index, in Event after)
    {
        var (start, end) = Range(after);
        return index.MayLinkDangle(start, end);
    }

    public IEnumerable<Violation> Check(HeapView view, in Event after, long number)
    {
        var (start, end) = Range(after);
        return Dangling(view, start, end, number);
    }

    /// <summary>After a free only what was freed is asked for: what dangled before was corrupt before.</summary>
    private static (Address Start, Address End) Range(in Event after) =>
        after.Kind == EventKind.OperationEnd ? (Address.Null, new Address(Windows.ProcessEnd)) : (new Address(after.A), new Address(after.A) + (long)after.B);

    private IEnumerable<Violation> Dangling(HeapView view, Address start, Address end, long number)
    {
        foreach (var list in view.Lists())
        {
            if (list.HeadState != HeadState.Live)
                continue;
            foreach (var (part, offset) in Links(list.Family))
            {
                var target = Target(view, list.Head + offset, list.Family);
                if (!target.IsNull && target >= start && target < end && view.IsGone(target) && (part == "next" || list.PrevIsValid))
                    yield return new Violation(
                        Name, number, $"{part} of {list.Name} head names {view.DescribeNode(target, list.Family)}: it was freed while still on the list",
                        list.Head, 0, list.Name);
            }
        }

        foreach (var family in view.Families)
        {
            foreach (var entry in view.Census().Objects)
            {
                if (!view.HasNode(entry, family) || Target(view, family.NodeOf(entry.Address) + family.NextOffset, family).IsNull)
                    continue;
                foreach (var (part, offset) in Links(family))
                {
                    var target = Target(view, family.NodeOf(entry.Address) + offset, family);
                    if (!target.IsNull && target >= start && target < end && view.IsGone(target) && IsLink(view, entry, family, offset))
                        yield return Violation(view, entry, part, target, family, number);
                }
            }
        }
    }

    private Violation Violation(HeapView view, ObjectEntry entry, string part, Address target, LinkFamily family, long number)
    {
        var list = view.ListOf(entry);
        var on = list is null ? "" : $" on {list.Name}";
        return new Violation(
            Name, number,
            $"{view.TextOf(entry)}{on} lives, and its {part} link names {view.DescribeNode(target, family)}; untracking it will write there",
            entry.Address, entry.Number, list?.Name ?? "", view.TypeOf(entry).Name);
    }

    private static (string Part, int Offset)[] Links(LinkFamily family) =>
        family.PrevOffset < 0 ? [("next", family.NextOffset)] : [("next", family.NextOffset), ("prev", family.PrevOffset)];

    private static Address Target(HeapView view, Address slot, LinkFamily family) =>
        view.TryRead(slot, out var word) ? family.Address(word) : default;

    /// <summary>Whether the word is a link at present; asked only about words that would be a finding.</summary>
    private static bool IsLink(HeapView view, ObjectEntry entry, LinkFamily family, int offset)
    {
        if (offset == family.PrevOffset && view.ListOf(entry) is { PrevIsValid: false })
            return false;
        var plan = view.PlanOf(entry);
        var fields = plan.LinkFields.Where(f => f.Offset == offset - family.NodeToObject).ToArray();
        return fields.Length == 0 || fields.Any(f => view.Read(plan, entry.Address, f, entry).Role == FieldRole.Link);
    }
}
