using System.Drawing;
using GcReplay.Output;
using Terminal.Gui.Text;
using Terminal.Gui.ViewBase;

namespace GcReplay.Screen;

/// <summary>A part of the screen that shows lines; it holds none itself and takes no keys.</summary>
/// <param name="lines">The rows to show, asked at each drawing: what fits is the argument.</param>
internal sealed class LinesView(Palette palette, Func<Size, IEnumerable<Line>> lines) : View
{
    /// <inheritdoc/>
    protected override bool OnDrawingContent(DrawContext? context)
    {
        var row = 0;
        foreach (var line in lines(Viewport.Size).Take(Viewport.Height))
            DrawRow(line, row++, Viewport.Width);
        return true;
    }

    private void DrawRow(Line line, int row, int width)
    {
        var used = 0;
        foreach (var span in line.Spans)
        {
            if (used >= width)
                break;
            SetAttribute(palette[span.Ink]);
            var text = HarmlessText.Of(span.Text);
            AddStr(used, row, text);
            used += text.GetColumns();
        }

        if (used > width)
            AddStr(width - 1, row, "…");
    }
}
