using GcReplay.Heaps.Layouts;
using GcReplay.Heaps.Memory;
using GcReplay.Heaps.Views;

namespace GcReplay.Heaps.Sanitizers.Indexes;

/// <summary>What the headers of objects say that tracing collectors promise something about: the mark, the look of a place that was left,
/// a shadow. Followed word by word.</summary>
internal sealed class HeaderIndex
{
    private readonly TrackedObjects objects;
    private readonly Header[] headers;
    private readonly SortedSet<int> shadowed = [];
    private int marked;
    private int moved;

    public HeaderIndex(HeapView view, TrackedObjects objects, MemberIndex members, TypeShape[] shapes)
    {
        this.objects = objects;
        var tracing = view.Tracing;
        ObjectRule? Rule(Condition? when, TypeShape shape) => when is null ? null : new ObjectRule(view, members, when, shape.Plan);
        headers = [.. shapes.Select(s => new Header(Rule(tracing.Marked, s), Rule(tracing.Forwarded, s), Rule(tracing.HasShadow, s)))];
        Asks = tracing.Marked is not null || tracing.Forwarded is not null || tracing.HasShadow is not null;
        IsExact = headers.All(h => h.All.All(rule => rule.IsPlain && rule.Lists.Length == 0));
    }

    /// <summary>Whether there is something to follow.</summary>
    public bool Asks { get; }

    private bool IsExact { get; }

    /// <summary>Objects that say that they have a shadow; null when that is not followed.</summary>
    public IReadOnlySet<int>? Shadowed => IsExact ? shadowed : null;

    /// <summary>Set when an object began or ceased to say that it has a shadow.</summary>
    public bool ShadowsChanged { get; set; } = true;

    public bool MayBeMarked => !IsExact || marked > 0;

    public bool MayLookMoved => !IsExact || moved > 0;

    /// <summary>A word of an object changed, or it was born.</summary>
    public void LookAt(int unit, long offset)
    {
        ref var o = ref objects[unit];
        var header = headers[o.TypeId];
        if (header.DependsOn(offset))
            Set(unit, Holds(header.Marked, o.Address), !o.IsShadow && Holds(header.Moved, o.Address), !o.IsShadow && Holds(header.Shadow, o.Address));
    }

    public void Born(int unit)
    {
        ref var o = ref objects[unit];
        var header = headers[o.TypeId];
        Set(unit, Holds(header.Marked, o.Address), !o.IsShadow && Holds(header.Moved, o.Address), !o.IsShadow && Holds(header.Shadow, o.Address));
    }

    public void Died(int unit) => Set(unit, false, false, false);

    private static bool Holds(ObjectRule? rule, Address address) => rule is not null && rule.MayHold(address);

    private void Set(int unit, bool isMarked, bool looksMoved, bool hasShadow)
    {
        ref var o = ref objects[unit];
        marked += (isMarked ? 1 : 0) - (o.IsMarked ? 1 : 0);
        moved += (looksMoved ? 1 : 0) - (o.LooksMoved ? 1 : 0);
        if (hasShadow != o.HasShadow)
        {
            ShadowsChanged = true;
            if (hasShadow)
                shadowed.Add(unit);
            else
                shadowed.Remove(unit);
        }

        (o.IsMarked, o.LooksMoved, o.HasShadow) = (isMarked, looksMoved, hasShadow);
    }

    private sealed class Header(ObjectRule? marked, ObjectRule? moved, ObjectRule? shadow)
    {
        private readonly int[] offsets = [.. new[] { marked, moved, shadow }.OfType<ObjectRule>().SelectMany(r => r.Offsets).Distinct()];

        public ObjectRule? Marked => marked;

        public ObjectRule? Moved => moved;

        public ObjectRule? Shadow => shadow;

        public IEnumerable<ObjectRule> All => new[] { marked, moved, shadow }.OfType<ObjectRule>();

        public bool DependsOn(long offset)
        {
            foreach (var known in offsets)
            {
                if (known == offset)
                    return true;
            }

            return false;
        }
    }
}
