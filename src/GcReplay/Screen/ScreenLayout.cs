using System.Collections.Immutable;
using System.Drawing;

namespace GcReplay.Screen;

/// <summary>A part of the screen in which one of some panes is shown.</summary>
/// <param name="Area">With its title row.</param>
internal sealed record Region(Rectangle Area, ImmutableArray<Pane> Panes);

/// <summary>Where the panes lie on a terminal of some size. The first rows are the status, the last one is for keys and the typed line.</summary>
/// <param name="Regions">Empty when the terminal is too small for any.</param>
/// <param name="Separators">One column wide each.</param>
/// <param name="Output">What the last action answered, between the panes and the last row; empty for none.</param>
internal sealed record ScreenLayout(
    Size Size, int StatusRows, ImmutableArray<Region> Regions, ImmutableArray<Rectangle> Separators, Rectangle Output)
{
    public const int WidthMin = 30;
    public const int HeightMin = 6;
    private const int WideMin = 80;
    private const int TallMin = 20;

    /// <summary>From here on two panes stand above each other in every column.</summary>
    private const int StackedHeightMin = 34;
    private const int StackedWidthMin = 100;

    /// <summary>From here on there are three columns.</summary>
    private const int ThreeColumnsMin = 160;

    public bool IsTooSmall => Regions.IsEmpty;

    public string TooSmallText => $"needs {WidthMin}x{HeightMin}, is {Size.Width}x{Size.Height}";

    /// <param name="outputRows">Rows that the output would like to have.</param>
    /// <param name="maximised">The pane that has all the room; null for none.</param>
    public static ScreenLayout Of(Size size, int outputRows, Pane? maximised)
    {
        if (size.Width < WidthMin || size.Height < HeightMin)
            return new ScreenLayout(size, 0, [], [], default);
        var status = size.Height >= 10 ? 2 : 1;
        var output = Math.Min(outputRows, Math.Max(0, (size.Height - status - 1) / 3));
        var middle = new Rectangle(0, status, size.Width, size.Height - status - 1 - output);
        var panes = maximised is { } pane ? ([new Region(middle, [pane])], [])
            : size.Width >= WideMin && size.Height >= TallMin ? Columns(middle, size)
            : Single(middle);
        return new ScreenLayout(size, status, panes.Regions, panes.Separators, new Rectangle(0, middle.Bottom, size.Width, output));
    }

    /// <summary>One pane at a time, below a strip of the timeline where there is room for one.</summary>
    private static (ImmutableArray<Region> Regions, ImmutableArray<Rectangle> Separators) Single(Rectangle middle)
    {
        if (middle.Height < 12)
            return ([new Region(middle, [.. Enum.GetValues<Pane>()])], []);
        var (strip, rest) = Split(middle, 3);
        return ([new Region(strip, [Pane.Timeline]), new Region(rest, [.. Enum.GetValues<Pane>().Where(p => p != Pane.Timeline)])], []);
    }

    private static (ImmutableArray<Region> Regions, ImmutableArray<Rectangle> Separators) Columns(Rectangle middle, Size size)
    {
        var isStacked = size.Height >= StackedHeightMin && size.Width >= StackedWidthMin;
        var isThree = isStacked && size.Width >= ThreeColumnsMin;
        var (strip, rest) = Split(middle, isStacked ? 6 : 5);
        var left = rest.Width * (isThree ? 36 : 46) / 100;
        var centre = isThree ? rest.Width * 34 / 100 : rest.Width - left - 1;
        var first = rest with { Width = left };
        var second = rest with { X = left + 1, Width = centre };
        var third = new Rectangle(left + centre + 2, rest.Y, rest.Width - left - centre - 2, rest.Height);
        var regions = new List<Region> { new(strip, [Pane.Timeline]) };
        if (isThree)
        {
            regions.AddRange(Pair(first, 60, [Pane.Events], [Pane.Program]));
            regions.AddRange(Pair(second, 55, [Pane.Object], [Pane.Lists]));
            regions.AddRange(Pair(third, 55, [Pane.Heap, Pane.Words], [Pane.Interpreters]));
        }
        else if (isStacked)
        {
            regions.AddRange(Pair(first, 58, [Pane.Events], [Pane.Program, Pane.Interpreters]));
            regions.AddRange(Pair(second, 55, [Pane.Object, Pane.Words], [Pane.Lists, Pane.Heap]));
        }
        else
        {
            regions.Add(new Region(first, [Pane.Events, Pane.Program, Pane.Interpreters]));
            regions.AddRange(Pair(second, 55, [Pane.Object, Pane.Words], [Pane.Lists, Pane.Heap]));
        }

        var separators = new List<Rectangle> { new(left, rest.Y, 1, rest.Height) };
        if (isThree)
            separators.Add(new Rectangle(left + centre + 1, rest.Y, 1, rest.Height));
        return ([.. regions], [.. separators]);
    }

    private static IEnumerable<Region> Pair(Rectangle area, int percent, ImmutableArray<Pane> upper, ImmutableArray<Pane> lower)
    {
        var (top, bottom) = Split(area, area.Height * percent / 100);
        return [new Region(top, upper), new Region(bottom, lower)];
    }

    private static (Rectangle Top, Rectangle Bottom) Split(Rectangle area, int rows) =>
        (area with { Height = rows }, new Rectangle(area.X, area.Y + rows, area.Width, area.Height - rows));
}
