using System.Globalization;
using GcReplay.Heaps.Layouts;
using GcReplay.Heaps.Memory;
using GcReplay.Heaps.Views;

namespace GcReplay.Debugging.Expressions;

/// <summary>Reads fields and container items of objects and structs by name.</summary>
internal static class Parts
{
    private static readonly Value NoSuchPart = Value.Unknown("it has no such field");
    private static readonly Value NoSuchItem = Value.Unknown("it has no such item here");
    private static readonly Value NoOnlyContainer = Value.Unknown("it has no slots, or more than one kind of them: name them, as in #12.slot[0]");
    private static readonly Value Unmapped = Value.Unknown("its memory is unmapped");

    /// <summary>Splits <c>slot2</c> where a container <c>slot</c> or <c>slots</c> may be meant; the index is -1 without digits.</summary>
    public static (string Name, long Index) Split(string name)
    {
        var digits = name.Length;
        while (digits > 0 && char.IsAsciiDigit(name[digits - 1]))
            digits--;
        return long.TryParse(name.AsSpan(digits), NumberStyles.None, CultureInfo.InvariantCulture, out var index) ? (name[..digits], index) : (name, -1);
    }

    /// <summary>Whether a struct has a part of that name.</summary>
    public static bool Has(StructLayout structure, string name) =>
        structure.Field(name) is not null || structure.Containers.Any(c => c.Name == name)
        || Split(name) is var (stem, index) && index >= 0 && structure.Containers.Any(c => c.Name == stem || c.Name == stem + "s");

    public static IEnumerable<string> Names(StructLayout structure) => structure.Fields.Select(f => f.Name).Concat(structure.Containers.Select(c => c.Name));

    /// <summary>The index that an expression gives; the value is unknown when it gives none.</summary>
    /// <param name="place">-1 without an index.</param>
    public static Value IndexOf(in Moment moment, Node? index, out long place)
    {
        place = -1;
        if (index is null)
            return Value.Nothing;
        var value = index.Evaluate(moment);
        place = (long)Math.Min(value.Bits, long.MaxValue);
        return value;
    }

    /// <summary>Whether a path ends with the first or the last link of a list: <c>main.generation0.next</c>.</summary>
    public static bool HasEnd(StructLayout structure, string path) => structure.Containers.Any(c => c is LinkedList list
        && (path.EndsWith($".{c.Name}.next", StringComparison.Ordinal) || list.PrevOffset >= 0 && path.EndsWith($".{c.Name}.prev", StringComparison.Ordinal)));

    /// <param name="member">Null for an item of the only container that the object has.</param>
    /// <param name="index">-1 for a field or a whole container.</param>
    public static Value Read(HeapView view, ObjectView o, string? member, long index) =>
        index < 0 && member is not null && o.Read(member) is { } field ? Of(view, field) : Item(view, o.Layout, o.Address, member, index);

    /// <inheritdoc cref="Read(HeapView, ObjectView, string, long)"/>
    public static Value Read(HeapView view, StructInstance instance, string member, long index) =>
        index < 0 && view.Read(instance, member) is { } field ? Of(view, field)
        : index < 0 && End(view, instance, member) is { } end ? end
        : Item(view, instance.Layout, instance.Address, member, index);

    /// <summary>The word of a field or an item; of a whole container, the one that it begins with. Null where it has no such part.</summary>
    public static Address? Word(HeapView view, StructLayout structure, Address start, string? member, long index)
    {
        if (index < 0 && member is not null && structure.Field(member) is { } field)
            return start + field.Offset;
        if (index < 0 && member is not null && ListOf(structure, member) is var (list, isNext))
            return start + list.Offset + (isNext ? list.NextOffset : list.PrevOffset);
        if (Container(structure, member, ref index) is not { } container)
            return null;
        if (index < 0)
            return start + container.Offset;
        return ItemOf(view, structure, start, container, index)?.Slot;
    }

    private static Value Item(HeapView view, StructLayout structure, Address start, string? member, long index)
    {
        if (Container(structure, member, ref index) is not { } container)
            return member is null ? NoOnlyContainer : NoSuchPart;
        if (index < 0)
            return Value.Of(start + container.Offset);
        return ItemOf(view, structure, start, container, index) is not { } item ? NoSuchItem
            : item.Role is FieldRole.Owned or FieldRole.Borrowed or FieldRole.Address or FieldRole.Pointer ? Value.Of(new Address(item.Value))
            : Value.Of(item.Value);
    }

    private static ContainerItem? ItemOf(HeapView view, StructLayout structure, Address start, Container container, long index)
    {
        foreach (var item in ContainerView.Of(view, structure, start, container).Items())
        {
            if (item.Index == index)
                return item;
        }

        return null;
    }

    /// <summary>The container that a name means, which may hold the index: <c>slot2</c>. Null when there is none.</summary>
    private static Container? Container(StructLayout structure, string? member, ref long index)
    {
        var name = member;
        if (name is null)
            return structure.Containers.Where(c => c is Vector or RawWords).ToList() is [var only] ? only : null;
        if (index < 0 && !structure.Containers.Any(c => c.Name == name))
            (name, index) = Split(name);
        return structure.Containers.FirstOrDefault(c => c.Name == name) ?? structure.Containers.FirstOrDefault(c => c.Name == name + "s");
    }

    /// <summary>The list whose first or last link a path names.</summary>
    public static (LinkedList List, bool IsNext)? ListOf(StructLayout structure, string path)
    {
        var isNext = path.EndsWith(".next", StringComparison.Ordinal);
        return (isNext || path.EndsWith(".prev", StringComparison.Ordinal))
            && structure.Containers.OfType<LinkedList>().FirstOrDefault(l => l.Name == path[..^5]) is { } list && (isNext || list.PrevOffset >= 0)
            ? (list, isNext)
            : null;
    }

    /// <summary>What the first or the last link of a list names.</summary>
    private static Value? End(HeapView view, StructInstance instance, string path)
    {
        if (ListOf(instance.Layout, path) is not var (list, isNext))
            return null;
        var family = view.Families.First(f => f.NextOffset == list.NextOffset && f.PrevOffset == list.PrevOffset && f.NodeToObject == list.NodeToObject);
        return view.TryRead(instance.Address + list.Offset + (isNext ? list.NextOffset : list.PrevOffset), out var word) ? Link(view, family.Address(word)) : Unmapped;
    }

    private static Value Of(HeapView view, FieldValue field) =>
        !field.IsMapped ? Unmapped : field.Role switch
        {
            FieldRole.Owned or FieldRole.Borrowed or FieldRole.Pointer or FieldRole.HeldList or FieldRole.Address => Value.Of(field.Target),
            FieldRole.Link => Link(view, field.Target),
            _ => Value.Of(field.Value),
        };

    /// <summary>A link names a node: the object that it is part of is known with it.</summary>
    private static Value Link(HeapView view, Address node)
    {
        foreach (var family in view.Families)
        {
            if (view.ListAt(node) is null && view.ObjectAt(family.ObjectOf(node)) is { IsRuntime: false } o)
                return Value.Object(o.Number, node);
        }

        return Value.Of(node);
    }
}
