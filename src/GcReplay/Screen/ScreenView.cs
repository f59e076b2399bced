using System.Globalization;
using GcReplay.Output;
using Terminal.Gui.Text;
using Terminal.Gui.ViewBase;
using Terminal.Gui.Views;

namespace GcReplay.Screen;

/// <summary>The whole terminal: draws rows where they belong, and only those that changed.</summary>
internal sealed class ScreenView : Runnable
{
    private readonly Palette palette;
    private readonly Func<ScreenContent> content;
    private readonly Func<Line?> busy;

    /// <param name="content">What to show, asked at each drawing.</param>
    /// <param name="busy">What the last row says instead while a long action runs; null when none does.</param>
    public ScreenView(Palette palette, Func<ScreenContent> content, Func<Line?> busy)
    {
        this.palette = palette;
        this.content = content;
        this.busy = busy;
        SetScheme(palette.Scheme);
        Width = Dim.Fill();
        Height = Dim.Fill();
        CanFocus = true;
    }

    /// <inheritdoc/>
    protected override bool OnDrawingContent(DrawContext? context)
    {
        var shown = content();
        foreach (var block in shown.Blocks)
        {
            for (var i = 0; i < block.Rows.Length && i < block.Area.Height; i++)
                DrawRow(block.Rows[i], block.Area.X, block.Area.Y + i, block.Area.Width);
        }

        if (busy() is { } line && Viewport.Height > 0)
            DrawRow(Line.Of([.. line.Spans, new Span(new string(' ', Viewport.Width))]), 0, Viewport.Height - 1, Viewport.Width);
        return true;
    }

    private void DrawRow(Line line, int left, int row, int width)
    {
        width = Math.Min(width, Viewport.Width - left);
        if (row >= Viewport.Height || width <= 0)
            return;
        var used = 0;
        foreach (var span in line.Spans)
        {
            if (used > width)
                break;
            if (span.Text.Length == 0)
                continue;
            SetAttribute(palette[span.Ink]);
            var text = HarmlessText.Of(span.Text);
            var columns = text.GetColumns();
            if (used + columns > width)
            {
                text = Cut(text, width - used);
                AddStr(left + used, row, text);
                AddStr(left + width - 1, row, "…");
                return;
            }

            AddStr(left + used, row, text);
            used += columns;
        }
    }

    /// <summary>As much of a text as fits.</summary>
    private static string Cut(string text, int columns)
    {
        var at = 0;
        while (at < text.Length)
        {
            var part = StringInfo.GetNextTextElement(text, at);
            columns -= part.GetColumns();
            if (columns < 0)
                break;
            at += part.Length;
        }

        return text[..at];
    }
}
