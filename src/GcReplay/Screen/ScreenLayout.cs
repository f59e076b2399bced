using System.Collections.Immutable;
using System.Drawing;

namespace GcReplay.Screen;

/// <summary>Where the panes lie on a terminal of some size. The first rows are the status, the last is the command line.</summary>
/// <param name="Panes">Each with its title row; empty when the terminal is too small for any.</param>
/// <param name="Separator">Column between two columns of panes; -1 for none.</param>
internal sealed record ScreenLayout(int Width, int Height, ImmutableArray<(Pane Pane, Rectangle Area)> Panes, int Separator)
{
    public const int WidthMin = 30;
    public const int HeightMin = 6;
    public const int StatusRows = 2;
    private const int WideMin = 80;
    private const int TallMin = 20;

    public bool IsTooSmall => Panes.IsEmpty;

    public bool Shows(Pane pane) => Panes.Any(p => p.Pane == pane);

    /// <summary>Everything between status and command line.</summary>
    public Rectangle Middle => new(0, StatusRows, Width, Math.Max(0, Height - StatusRows - 1));

    public string TooSmallText => $"needs {WidthMin}x{HeightMin}, is {Width}x{Height}";

    /// <summary>Two columns on a wide terminal, all panes in one on a tall one, otherwise only the active pane.</summary>
    public static ScreenLayout Of(int width, int height, Pane active)
    {
        if (width < WidthMin || height < HeightMin)
            return new ScreenLayout(width, height, [], -1);
        if (width >= WideMin && height >= TallMin)
            return Columns(width, height);
        if (height >= 2 * TallMin)
            return Stack(width, height);
        return new ScreenLayout(width, height, [(active, new Rectangle(0, StatusRows, width, height - StatusRows - 1))], -1);
    }

    private static ScreenLayout Columns(int width, int height)
    {
        var output = OutputRows(height);
        var rows = height - StatusRows - 1 - output;
        var left = width * 48 / 100;
        var right = width - left - 1;
        var top = rows * 55 / 100;
        return new ScreenLayout(
            width,
            height,
            [
                (Pane.Events, new Rectangle(0, StatusRows, left, rows)),
                (Pane.Object, new Rectangle(left + 1, StatusRows, right, top)),
                (Pane.List, new Rectangle(left + 1, StatusRows + top, right, rows - top)),
                (Pane.Output, new Rectangle(0, StatusRows + rows, width, output)),
            ],
            left);
    }

    private static ScreenLayout Stack(int width, int height)
    {
        var output = OutputRows(height);
        var rows = height - StatusRows - 1 - output;
        var each = rows / 3;
        return new ScreenLayout(
            width,
            height,
            [
                (Pane.Events, new Rectangle(0, StatusRows, width, each)),
                (Pane.Object, new Rectangle(0, StatusRows + each, width, each)),
                (Pane.List, new Rectangle(0, StatusRows + 2 * each, width, rows - 2 * each)),
                (Pane.Output, new Rectangle(0, StatusRows + rows, width, output)),
            ],
            -1);
    }

    private static int OutputRows(int height) => Math.Clamp(height / 5, 4, 12);
}
