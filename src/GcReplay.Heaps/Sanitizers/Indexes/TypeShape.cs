using GcReplay.Heaps.Layouts;
using GcReplay.Heaps.Views;

namespace GcReplay.Heaps.Sanitizers.Indexes;

/// <summary>What one word of an object is for the indexes.</summary>
internal enum WordRole : byte
{
    Other = 0,
    Owned,
    Link,
    ReferenceCount,

    /// <summary>Where the items of the owned vector lie, or how many they are.</summary>
    Items,

    /// <summary>A borrowed reference that is followed.</summary>
    Borrowed,
}

/// <summary>What the words of objects of a type are, by their distance from the object's address.</summary>
internal sealed class TypeShape
{
    private readonly WordRole[] roles;
    private readonly long first;

    /// <param name="followsBorrowed">Whether borrowed references are followed, too.</param>
    public TypeShape(StructPlan plan, ObjectType type, LinkFamily? family, bool followsBorrowed)
    {
        Plan = plan;
        IsCollected = type.IsCollected;
        Owned = plan.Owned;
        CountIsPlain = plan.ReferenceCount is { Meanings: [{ When: var when }] } && ReferenceEquals(when, Condition.Always);
        var offsets = new SortedDictionary<long, WordRole>();
        var borrowed = plan.ReferenceFields.Where(f => f.Meanings.Any(m => m.Role == FieldRole.Borrowed)).ToArray();
        if (followsBorrowed)
        {
            Borrowed = [.. borrowed.Where(f => f is { Width: 64, Meanings: [{ When.IsAlways: true }] }).Select(f => f.Offset)];
            BorrowedIsPlain = Borrowed.Length == borrowed.Length
                && !plan.Layout.Containers.Any(c => ContainerView.MayHoldReferences(c) && c is not Vector { ItemRole: FieldRole.Owned });
        }

        foreach (var offset in Borrowed)
            offsets[offset] = WordRole.Borrowed;
        foreach (var field in Owned?.Fields ?? [])
            offsets[field.Offset] = WordRole.Owned;
        if (plan.ReferenceCount is { } count)
            offsets[count.Offset] = WordRole.ReferenceCount;
        if (Owned?.Count is { } items)
            offsets[items.Offset] = WordRole.Items;
        if (Owned?.Vector is { IsIndirect: true } vector)
            offsets[vector.Offset] = WordRole.Items;
        if (family is not null && IsCollected)
        {
            offsets[family.NextOffset - (long)family.NodeToObject] = WordRole.Link;
            if (family.PrevOffset >= 0)
                offsets[family.PrevOffset - (long)family.NodeToObject] = WordRole.Link;
        }

        first = offsets.Count == 0 ? 0 : offsets.Keys.First();
        roles = new WordRole[offsets.Count == 0 ? 0 : (offsets.Keys.Last() - first) / 8 + 1];
        foreach (var (offset, role) in offsets)
            roles[(offset - first) / 8] = role;
    }

    public StructPlan Plan { get; }

    public bool IsCollected { get; }

    /// <summary>Where owned references lie; null when only the views can tell.</summary>
    public OwnedPlaces? Owned { get; }

    /// <summary>Where borrowed references lie that are followed.</summary>
    public int[] Borrowed { get; } = [];

    /// <summary>Whether those are all borrowed references.</summary>
    public bool BorrowedIsPlain { get; }

    /// <summary>Whether the reference count is one always, so that its word tells when to look at it again.</summary>
    public bool CountIsPlain { get; }

    public WordRole RoleAt(long offset)
    {
        var at = offset - first;
        return at >= 0 && at < roles.Length * 8L ? roles[at >> 3] : WordRole.Other;
    }
}
