using System.Collections.Immutable;

namespace GcReplay.Screen;

/// <summary>A text over all panes that can be scrolled.</summary>
internal sealed class Overlay(string title, ImmutableArray<Line> lines)
{
    private readonly PaneScroll scroll = new();

    /// <summary>Moves by a key; false when it closes the text.</summary>
    /// <param name="height">Rows of the terminal.</param>
    public bool Press(string key, int height)
    {
        var rows = Math.Max(1, height - 2);
        if (key is "Up" or "Down")
        {
            scroll.Select(Math.Clamp(scroll.First + (key == "Up" ? -1 : 1), 0, Math.Max(0, lines.Length - rows)));
            scroll.Fit(lines.Length, 1);
            return true;
        }

        if (!scroll.Press(key, lines.Length, rows))
            return false;
        scroll.Select(Math.Min(scroll.Selected, Math.Max(0, lines.Length - rows)));
        scroll.Fit(lines.Length, 1);
        return true;
    }

    /// <summary>Title and the rows that fit.</summary>
    public ImmutableArray<Line> Show(int height)
    {
        var end = Math.Min(lines.Length, scroll.First + height - 1);
        var place = lines.Length > height - 1 ? $"  {scroll.First + 1} to {end} of {lines.Length}, arrows scroll" : "";
        return [Line.Of(new Span(title, Ink.ActiveTitle), new Span($"{place}  Esc closes", Ink.Dim)),
            .. lines.Skip((int)scroll.First).Take(height - 1).Select(l => l.From(scroll.Column))];
    }
}
