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

    /// <param name="index">-1 for a field or a whole container.</param>
    public static Value Read(HeapView view, ObjectView o, string member, long index) =>
        index < 0 && o.Read(member) is { } field ? Of(view, field) : Item(view, o.Layout, o.Address, member, index);

    /// <inheritdoc cref="Read(HeapView, ObjectView, string, long)"/>
    public static Value Read(HeapView view, StructInstance instance, string member, long index) =>
        index < 0 && view.Read(instance, member) is { } field ? Of(view, field) : Item(view, instance.Layout, instance.Address, member, index);

    private static Value Item(HeapView view, StructLayout structure, Address start, string member, long index)
    {
        var name = member;
        if (index < 0 && !structure.Containers.Any(c => c.Name == member))
            (name, index) = Split(member);
        var container = structure.Containers.FirstOrDefault(c => c.Name == name) ?? structure.Containers.FirstOrDefault(c => c.Name == name + "s");
        if (container is null)
            return NoSuchPart;
        if (index < 0)
            return Value.Of(start + container.Offset);
        foreach (var item in ContainerView.Of(view, structure, start, container).Items())
        {
            if (item.Index == index)
                return item.Role is FieldRole.Owned or FieldRole.Borrowed or FieldRole.Address or FieldRole.Pointer ? Value.Of(new Address(item.Value)) : Value.Of(item.Value);
        }

        return NoSuchItem;
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
