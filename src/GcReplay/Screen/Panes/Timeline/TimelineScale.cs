using GcReplay.Debugging.Timelines;

namespace GcReplay.Screen.Panes;

/// <summary>Which events stand in which column of the strip.</summary>
/// <param name="Left">Columns for names, in front of the strip.</param>
/// <param name="Columns">Of the strip.</param>
internal readonly record struct TimelineScale(TraceOverview Overview, int Left, int Columns)
{
    private const int NameColumns = 8;
    private const int NamedWidthMin = 50;

    public static TimelineScale Of(TraceOverview overview, int width)
    {
        var left = width >= NamedWidthMin ? NameColumns : 0;
        return new TimelineScale(overview, left, Math.Max(1, width - left));
    }

    /// <summary>The column of an event; -1 when it is outside of the stretch.</summary>
    public int ColumnOf(long number) =>
        number < Overview.First - 1 || number > Overview.Last ? -1
        : (int)((Int128)(Math.Max(number, Overview.First) - Overview.First) * Columns / (Overview.Last - Overview.First + 1));

    /// <summary>The first event that stands in a column, or the one that reaches over it.</summary>
    public long FirstOf(int column)
    {
        var count = Overview.Last - Overview.First + 1;
        return Overview.First + (long)(count >= Columns ? ((Int128)column * count + Columns - 1) / Columns : (Int128)column * count / Columns);
    }

    /// <summary>The cells that a column stands for, at least one.</summary>
    public (int First, int End) CellsOf(int column)
    {
        var first = Overview.CellOf(FirstOf(column));
        var end = column + 1 < Columns ? Overview.CellOf(FirstOf(column + 1)) : Overview.Cells.Length;
        return (first, Math.Max(first + 1, end));
    }
}
