using Terminal.Gui.ViewBase;
using Terminal.Gui.Views;

namespace GcReplay.Screen;

/// <summary>The whole terminal. Draws only the rows that changed since they were drawn last: what was drawn stays in the driver.</summary>
internal sealed class ScreenView : Runnable
{
    private Palette palette;
    private readonly Func<ScreenContent> content;
    private readonly Func<Line?> busy;
    private ScreenRows drawn = ScreenRows.Empty;

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
        // The driver forgets what was drawn when its size changes.
        FrameChanged += (_, _) => drawn = ScreenRows.Empty;
    }

    /// <summary>Draws everything in other colours.</summary>
    public void Use(Palette other)
    {
        palette = other;
        Forget();
        SetNeedsDraw();
    }

    /// <summary>Draws all rows again at the next drawing.</summary>
    public void Forget() => drawn = ScreenRows.Empty;

    /// <inheritdoc/>
    protected override bool OnClearingViewport() => true;

    /// <inheritdoc/>
    protected override bool OnDrawingContent(DrawContext? context)
    {
        var rows = ScreenRows.Of(content(), Viewport.Size, busy());
        for (var row = 0; row < rows.Count; row++)
        {
            if (!rows.IsSame(drawn, row))
                Draw(rows, row);
        }

        drawn = rows;
        return true;
    }

    private void Draw(ScreenRows rows, int row)
    {
        foreach (var (column, text, ink) in rows.PiecesOf(row))
        {
            SetAttribute(palette[ink]);
            AddStr(column, row, text);
        }
    }
}
