using System.Globalization;
using GcReplay.Debugging.Timelines;
using GcReplay.Heaps.Layouts;
using GcReplay.Heaps.Views;

namespace GcReplay.Screen.Panes;

/// <summary>The words of an object decoded bit by bit: a row for a word with one meaning, and for a word of several one for each of its
/// fields.</summary>
internal static class WordDecoding
{
    /// <summary>From this width on two flags stand in one row.</summary>
    private const int TwoFlagsFrom = 66;

    private const int NameWidth = 9;

    public static IEnumerable<Line> Rows(HeapView view, ObjectView o, ChangedWords changed, int width)
    {
        foreach (var word in o.Fields.GroupBy(f => f.Field.Offset).OrderBy(g => g.Key))
        {
            var fields = word.OrderByDescending(f => f.Field.Width).ThenByDescending(f => f.Field.Shift).ToList();
            var mark = new Span(changed.Contains(fields[0].Slot) ? "*" : " ", Ink.Changed);
            if (fields is [{ Field.Width: 64 } whole])
            {
                yield return Row(view, mark, Label(whole.Field.Name), whole);
                continue;
            }

            yield return Line.Of(mark, new Span($"word {word.Key,3}   ", Ink.Dim), Raw(fields[0], changed)) with { Address = fields[0].Slot.Value };
            foreach (var part in fields.Where(f => f.Role != FieldRole.Flag))
                yield return Row(view, new Span(" "), $"  {Bits(part.Field),5} {part.Field.Name} ", part);
            var flags = fields.Where(f => f.Role == FieldRole.Flag).OrderBy(f => f.Field.Shift).ToList();
            var perRow = width >= TwoFlagsFrom ? 2 : 1;
            for (var i = 0; i < flags.Count; i += perRow)
                yield return Flags(flags.Skip(i).Take(perRow), width / perRow);
        }
    }

    /// <summary>A field's value: what it names, with a sign when that is gone, or a number.</summary>
    private static Span Value(HeapView view, FieldValue field)
    {
        if (!field.IsMapped)
            return new Span(LinkText.Lost + "unmapped", Ink.Failure);
        return field.Role switch
        {
            FieldRole.Link when field.Target.IsNull => new Span("→ 0, no list", Ink.Dim),
            FieldRole.Owned or FieldRole.Pointer or FieldRole.Link => LinkText.To(view, field.Target),
            FieldRole.Borrowed => LinkText.To(view, field.Target, " (borrowed)"),
            FieldRole.Chain => LinkText.To(view, field.Target, " (next in a chain, no list)"),
            FieldRole.CollectorCount => new Span($"= {field.Value}, the collector's count{(field.Field.Name == "_gc_prev" ? " gc_refs, no link now" : "")}"),
            _ => new Span($"= {view.Describe(field)}", field.Value == 0 ? Ink.Dim : Ink.Normal),
        };
    }

    /// <summary>A name in the column of names, and a blank.</summary>
    public static string Label(string name) => $"{name.PadRight(NameWidth)} ";

    /// <summary>The object that a field names; 0 for none.</summary>
    private static ulong Target(HeapView view, FieldValue field) =>
        field.Role is FieldRole.Owned or FieldRole.Borrowed or FieldRole.Chain or FieldRole.Link ? LinkText.ObjectOf(view, field.Target) : 0;

    private static Line Row(HeapView view, Span mark, string name, FieldValue field) =>
        Line.Of(mark, new Span(name, Ink.Dim), Value(view, field)) with { Field = field.Field.Name, Address = field.Slot.Value, Object = Target(view, field) };

    private static Span Raw(FieldValue field, ChangedWords changed) =>
        field.IsMapped
            ? new Span(field.Word.ToString("x16", CultureInfo.InvariantCulture), changed.Contains(field.Slot) ? Ink.Changed : Ink.Normal)
            : new Span(LinkText.Lost + "unmapped", Ink.Failure);

    private static string Bits(Field field) => field.Width == 1 ? $"{field.Shift}" : $"{field.Shift + field.Width - 1}-{field.Shift}";

    private static Line Flags(IEnumerable<FieldValue> flags, int width)
    {
        var row = flags.ToList();
        var spans = row.Select(f => new Span($"   {Bits(f.Field),5} {(f.Value != 0 ? "■ 1" : "□ 0")} {f.Field.Name}".PadRight(width), f.Value != 0 ? Ink.Normal : Ink.Dim));
        return new Line([.. spans]) { Field = row[0].Field.Name, Address = row[0].Slot.Value };
    }
}
