using System.Drawing;

namespace GcReplay.Screen;

/// <summary>The rows of a terminal as pieces of text of one ink each, which cover every column once. What is too long is cut at a
/// character's edge, what steers a terminal is spelled out.</summary>
internal sealed class ScreenRows
{
    public static readonly ScreenRows Empty = new([]);

    private readonly List<(int Column, string Text, Ink Ink)>[] rows;

    private ScreenRows(List<(int Column, string Text, Ink Ink)>[] rows) => this.rows = rows;

    public int Count => rows.Length;

    /// <param name="size">Of the terminal; what was made for another one is cut.</param>
    /// <param name="last">Replaces the last row; null for nothing.</param>
    public static ScreenRows Of(ScreenContent content, Size size, Line? last)
    {
        var rows = new List<(int Column, string Text, Ink Ink)>[Math.Max(0, size.Height)];
        for (var i = 0; i < rows.Length; i++)
            rows[i] = [];
        foreach (var block in content.Blocks)
        {
            for (var i = 0; i < block.Area.Height && block.Area.Y + i < rows.Length; i++)
                Add(rows[block.Area.Y + i], i < block.Rows.Length ? block.Rows[i] : null, block.Area.X, Math.Min(block.Area.Width, size.Width - block.Area.X));
        }

        if (last is not null && rows.Length > 0)
        {
            rows[^1].Clear();
            Add(rows[^1], last, 0, size.Width);
        }

        foreach (var row in rows)
            Fill(row, size.Width);
        return new ScreenRows(rows);
    }

    public IReadOnlyList<(int Column, string Text, Ink Ink)> PiecesOf(int row) => rows[row];

    public bool IsSame(ScreenRows other, int row) => row < other.rows.Length && rows[row].SequenceEqual(other.rows[row]);

    private static void Add(List<(int Column, string Text, Ink Ink)> row, Line? line, int left, int width)
    {
        if (width <= 0)
            return;
        var used = 0;
        foreach (var span in line is null ? [] : line.Spans)
        {
            if (span.Text.Length == 0)
                continue;
            var text = TextColumns.Shown(span.Text).Replace('\t', ' ').Replace('\n', ' ');
            var columns = TextColumns.Of(text);
            if (used + columns > width)
            {
                // One column is kept for the sign that something is missing.
                if (used == width)
                    MarkCut(row);
                else
                    used += AddCut(row, text, left + used, width - used, span.Ink);
                break;
            }

            row.Add((left + used, text, span.Ink));
            used += columns;
        }

        if (used < width)
            row.Add((left + used, new string(' ', width - used), Ink.Normal));
    }

    private static int AddCut(List<(int Column, string Text, Ink Ink)> row, string text, int column, int width, Ink ink)
    {
        var cut = TextColumns.Cut(text, width - 1) + "…";
        row.Add((column, cut, ink));
        return TextColumns.Of(cut);
    }

    /// <summary>The text before filled the row to its end: its last character gives way.</summary>
    private static void MarkCut(List<(int Column, string Text, Ink Ink)> row)
    {
        var (column, text, ink) = row[^1];
        row.RemoveAt(row.Count - 1);
        var columns = TextColumns.Of(text);
        var used = AddCut(row, text, column, columns, ink);
        if (used < columns)
            row.Add((column + used, new string(' ', columns - used), ink));
    }

    /// <summary>Blank columns that no block covers.</summary>
    private static void Fill(List<(int Column, string Text, Ink Ink)> row, int width)
    {
        var ordered = row.OrderBy(p => p.Column).ToList();
        row.Clear();
        var at = 0;
        foreach (var piece in ordered)
        {
            if (piece.Column > at)
                row.Add((at, new string(' ', piece.Column - at), Ink.Normal));
            row.Add(piece);
            at = Math.Max(at, piece.Column + TextColumns.Of(piece.Text));
        }

        if (at < width)
            row.Add((at, new string(' ', width - at), Ink.Normal));
    }
}
