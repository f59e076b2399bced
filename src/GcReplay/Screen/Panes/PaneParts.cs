using System.Collections.Immutable;
using System.Drawing;

namespace GcReplay.Screen.Panes;

/// <summary>Pieces that several panes are put together from.</summary>
internal static class PaneParts
{
    /// <summary>Panes lower than this have no rows to spare for what stands below; lower than the other, few.</summary>
    private const int HeightForDetails = 12;
    private const int HeightForAllDetails = 18;

    /// <summary>Text in rows of a width, broken at blanks where there are some.</summary>
    public static IEnumerable<Line> Wrapped(string text, int width, Ink ink = Ink.Normal, string indent = "") =>
        TextColumns.Wrapped(text, width, indent, isEarlySpaceTaken: true).Select(row => Line.Of(row, ink));

    /// <summary>Rows below a pane's own, for what is selected: none where there is little room.</summary>
    public static int DetailRows(Size size) => size.Height < HeightForDetails ? 0 : size.Height < HeightForAllDetails ? 2 : 4;

    /// <summary>Rows that are left above the details and the rule over them.</summary>
    public static int Body(Size size) => DetailRows(size) is var rows and > 0 ? size.Height - rows - 1 : size.Height;

    /// <summary>A pane's rows, and below them, at their place, a rule and what is to be said of the selected one.</summary>
    public static ImmutableArray<Line> WithDetails(IEnumerable<Line> rows, IEnumerable<Line> details, Size size)
    {
        var all = rows.Take(Body(size)).ToList();
        if (DetailRows(size) == 0)
            return [.. all];
        while (all.Count < Body(size))
            all.Add(Line.Of(""));
        all.Add(Rule("", size.Width));
        all.AddRange(details.Take(DetailRows(size)));
        return [.. all];
    }

    /// <summary>A horizontal line with a heading in it.</summary>
    public static Line Rule(string heading, int width)
    {
        var text = heading.Length == 0 ? "" : $"─ {heading} ";
        return Line.Of(text + new string('─', Math.Max(0, width - TextColumns.Of(text))), Ink.Dim);
    }

    /// <summary>The last digits of an address where there is little room, all where there is more.</summary>
    public static string Short(Heaps.Memory.Address address, int digits) =>
        address.Value.ToString("x12", System.Globalization.CultureInfo.InvariantCulture) is var all && all.Length > digits ? all[^digits..] : all;
}
