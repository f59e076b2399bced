using System.Globalization;
using System.Text.RegularExpressions;
using GcReplay.Debugging.Expressions;
using GcReplay.Debugging.Provenance;
using GcReplay.Heaps;
using GcReplay.Heaps.Layouts;
using GcReplay.Heaps.Memory;
using GcReplay.Heaps.Views;

namespace GcReplay.Debugging.Commands;

/// <summary>Words of memory as a user names them.</summary>
/// <param name="Text">As typed, in its usual form.</param>
/// <param name="Address">First word, at the present position.</param>
/// <param name="Bytes">8 for a word.</param>
/// <param name="Object">The object it is, or is a field of; null for bare addresses and structs found by name.</param>
/// <param name="IsWhole">Whether a whole object or struct is meant.</param>
public sealed record Place(string Text, Address Address, ulong Bytes, ObjectName? Object, bool IsWhole);

/// <summary>Reads <c>0x7f00</c>, <c>#12</c>, <c>#12.ob_refcnt</c>, <c>#12.slot0</c>, <c>main.generation0</c>, and any other expression
/// that is read from a word or comes to an address: <c>#12.slot0.slot1</c>, <c>[0x7f00]</c>, <c>main.generation0.prev</c>, <c>event.slot</c>.</summary>
public static partial class Places
{
    /// <summary>Reads <c>#12</c>, <c>12</c> or <c>#12.1</c>.</summary>
    public static ObjectName? ObjectName(string text) =>
        ObjectNumber.TryParse(text.StartsWith('#') ? text[1..] : text, out var number) && number > 0
            ? new ObjectName(number, false)
            : null;

    /// <summary>The object that the first argument means: one written by its number, or the one that an expression comes to.</summary>
    /// <exception cref="GcReplayException">It means none.</exception>
    internal static ObjectName Named(Debugger debugger, Arguments arguments)
    {
        var text = arguments[0];
        if (ObjectName(text) is { } name)
            return name;
        var expression = Expression.Read(debugger, text);
        var value = expression.Evaluate(Moment.Of(debugger.Timeline));
        if (value.IsUnknown)
            throw PrintCommand.Unknown(debugger, expression, value);
        return value.Kind is ValueKind.Reference or ValueKind.Number && Objects.At(debugger.Timeline.View, value) is { IsRuntime: false } o
            ? new ObjectName(o.Number, false)
            : throw arguments.Wrong($"'{text}' is no object, but {ValueText.Of(debugger.Timeline, value)}");
    }

    /// <summary>Where the place is now.</summary>
    /// <exception cref="GcReplayException">There is no such place at this position; the message says where there is one.</exception>
    public static Place Resolve(Debugger debugger, string text)
    {
        if (OneObject().IsMatch(text))
            return OfObject(debugger, text);
        if (TryAddress(text, out var typed))
        {
            var address = new Address(typed & ~7UL);
            return new Place(address.Value == typed ? address.ToString() : $"{address} (the word that {new Address(typed)} lies in)", address, 8, null, false);
        }

        return OfStruct(debugger.Timeline.View, text) ?? OfExpression(debugger, text);
    }

    /// <summary>The words a place has at every time of the trace: an object may not be born yet, and it may move.</summary>
    public static (string Text, IReadOnlyList<Placement> Ranges) Ranges(Debugger debugger, string text)
    {
        if (!text.StartsWith('#'))
        {
            var place = Resolve(debugger, text);
            return (place.Text, [new Placement(1, long.MaxValue, place.Address, place.Address + (long)place.Bytes, place.Address)]);
        }

        var (name, path) = Split(text);
        var placements = debugger.Placements.Of(name, debugger.Progress);
        if (placements.Count == 0)
            throw debugger.Lives.Unknown(name);
        if (path.Length == 0)
            return (text, placements);
        var offset = Offset(debugger, name, path);
        return (text, [.. placements.Select(p => p with { Cell = p.Object + offset, End = p.Object + offset + 8 })]);
    }

    private static Place OfObject(Debugger debugger, string text)
    {
        var (name, path) = Split(text);
        var entry = debugger.Timeline.Shadow.Object(name.Number) ?? throw debugger.Lives.NotHere(name);
        if (path.Length > 0)
            return new Place(text, entry.Address + Offset(debugger, name, path), 8, name, false);
        var bytes = debugger.Timeline.Shadow.CellAt(entry.CellStart)?.Bytes ?? 8;
        return new Place(text, entry.CellStart, bytes, name, true);
    }

    /// <summary>The word that an expression is read from; of one that is computed, the place that it comes to.</summary>
    private static Place OfExpression(Debugger debugger, string text)
    {
        var timeline = debugger.Timeline;
        var expression = Expression.Read(debugger, text);
        var moment = Moment.Of(timeline);
        if (expression.Word(moment) is { } word)
            return new Place(expression.Text, word.Word, 8, word.Object == 0 ? null : new ObjectName(word.Object, false), false);
        var value = expression.Evaluate(moment);
        if (value.IsUnknown)
            throw PrintCommand.Unknown(debugger, expression, value);
        if (value.Kind is not (ValueKind.Number or ValueKind.Reference))
            throw new GcReplayException($"{expression.Text} is {(value.Kind == ValueKind.Text ? "a name" : "yes or no")}, and no word of memory. {Written(timeline.View)}");
        if (value.Kind == ValueKind.Reference && Objects.At(timeline.View, value) is { IsRuntime: false } o)
            return OfObject(debugger, $"{new ObjectName(o.Number, false)}") with { Text = expression.Text };
        if (value == Value.Nothing)
            throw new GcReplayException($"{expression.Text} is nothing, and no word of memory. {Written(timeline.View)}");
        var address = Objects.AddressOf(timeline.View, value);
        return new Place($"{expression.Text} = {address}", address, 8, null, false);
    }

    private static string Written(HeapView view) =>
        $"An address is written 0x10040, an object #12, a field #12.ob_refcnt, a struct's field {view.Instances().FirstOrDefault()?.Name ?? "main"}.FIELD, the word at an address [#12.slot0 + 8]";

    [GeneratedRegex(@"^#\d+(\.\d+)?(\.[A-Za-z_]\w*(\[\d+\])?)?$")]
    private static partial Regex OneObject();

    private static Place? OfStruct(HeapView view, string text)
    {
        foreach (var instance in view.Instances())
        {
            if (instance.Name == text)
                return new Place(text, instance.Address, (ulong)Math.Max(instance.Layout.Size, 8), null, true);
            // What programs call g3 is an item of the runtime's root.
            if (instance.Role == StructRole.Root && OffsetIn(view, instance.Layout, instance.Address, text) is { } own)
                return new Place(text, instance.Address + own, 8, null, false);
            if (text.StartsWith(instance.Name + ".", StringComparison.Ordinal)
                && OffsetIn(view, instance.Layout, instance.Address, text[(instance.Name.Length + 1)..]) is { } offset)
                return new Place(text, instance.Address + offset, 8, null, false);
        }

        return null;
    }

    private static (ObjectName Name, string Path) Split(string text)
    {
        var dot = text.IndexOf('.', StringComparison.Ordinal);
        // What follows the number's own dot is a digit: #12.1.slot0.
        if (dot >= 0 && dot + 1 < text.Length && char.IsAsciiDigit(text[dot + 1]))
            dot = text.IndexOf('.', dot + 1);
        var head = dot < 0 ? text : text[..dot];
        return (ObjectName(head) ?? throw new GcReplayException($"'{head}' is no object. An object is written #12, a field of it #12.slot0"),
            dot < 0 ? "" : text[(dot + 1)..]);
    }

    /// <summary>Bytes from the object's address to a field or slot, by the type it was born with.</summary>
    private static long Offset(Debugger debugger, ObjectName name, string path)
    {
        var life = debugger.Objects.Find(name, debugger.Progress) ?? throw debugger.Lives.Unknown(name);
        var birth = debugger.Timeline.EventAt(life.Birth).Event;
        var layout = debugger.Timeline.Source.Header.Layout;
        var type = (int)(birth.D & 0xFFFF);
        if (type >= layout.Types.Length)
            throw new GcReplayException($"{name} has type {type}, but the layout knows {layout.Types.Length}: the trace is damaged");
        var structure = layout.Struct(layout.Types[type].Struct);
        var prefix = (long)(birth.D >> 56) * 8;
        var address = debugger.Timeline.Shadow.Object(name.Number)?.Address ?? new Address(birth.A) + prefix;
        return OffsetIn(debugger.Timeline.View, structure, address, path) is { } offset && offset >= -prefix && offset < (long)birth.B - prefix
            ? offset
            : throw new GcReplayException(
                $"{name} {layout.Types[type].Name} has no field '{path}'; it has {string.Join(", ", Paths(structure))}");
    }

    private static IEnumerable<string> Paths(StructLayout structure) =>
        structure.Fields.Select(f => f.Name).Concat(structure.Containers.Select(c => c is LinkedList ? c.Name : c.Name + "[0]"));

    private static long? OffsetIn(HeapView view, StructLayout structure, Address address, string path)
    {
        if (structure.Field(path) is { } field)
            return field.Offset;
        if (structure.Containers.FirstOrDefault(c => c.Name == path) is { } whole)
            return whole.Offset;
        if (Parts.ListOf(structure, path) is var (list, isNext))
            return list.Offset + (isNext ? list.NextOffset : list.PrevOffset);
        var (name, index) = Index(path);
        foreach (var container in structure.Containers)
        {
            if (index < 0 || container.Name != name && container.Name != name + "s")
                continue;
            // Of objects whoever asks knows where the memory ends, also of those that are gone.
            if (container is Vector { IsIndirect: false } or RawWords && structure.Role == StructRole.Object)
                return container.Offset + index * 8L;
            foreach (var item in ContainerView.Of(view, structure, address, container).Items())
            {
                if (item.Index == index)
                    return item.Slot - address;
            }

            return null;
        }

        return null;
    }

    /// <summary>Reads <c>slots[2]</c> and <c>slot2</c>.</summary>
    private static (string Name, int Index) Index(string path)
    {
        var text = path.EndsWith(']') ? path[..^1].Replace("[", "", StringComparison.Ordinal) : path;
        var digits = text.Length;
        while (digits > 0 && char.IsAsciiDigit(text[digits - 1]))
            digits--;
        return int.TryParse(text[digits..], NumberStyles.None, CultureInfo.InvariantCulture, out var index) && index < 1 << 28
            ? (text[..digits], index)
            : (path, -1);
    }

    internal static bool TryAddress(string text, out ulong address) => text.StartsWith("0x", StringComparison.OrdinalIgnoreCase)
        ? ulong.TryParse(text[2..], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out address)
        : ulong.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out address);
}
