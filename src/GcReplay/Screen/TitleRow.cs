namespace GcReplay.Screen;

/// <summary>The title of a region: the pane in front with its key, what it shows, and the panes behind it.</summary>
internal static class TitleRow
{
    /// <summary>The active pane's name stands in brackets, so that no colour is needed to find it.</summary>
    public static Line Of(Region region, Pane front, Pane active, PaneText text)
    {
        var name = NameOf(front, front == active);
        var rows = text.Rows > 0 ? text.Rows : text.Lines.Length;
        var place = text.Total > rows ? $" {text.First + 1}-{text.First + rows} of {text.Total}" : "";
        var room = Math.Max(0, region.Area.Width - name.Length - place.Length);
        var tabs = Tabs(region, front, room - Math.Min(TextColumns.Of(text.Title) + 1, room / 2));
        var title = text.Title.Length > 0 ? $" {text.Title}" : "";
        if (TextColumns.Of(title) + tabs.Length > room)
            title = title.Length > 1 && room - tabs.Length > 1 ? $"{TextColumns.Cut(title, room - tabs.Length - 1)}…" : "";
        return Line.Of(
            new Span(name, front == active ? Ink.ActiveTitle : Ink.Title),
            new Span(title + place, Ink.Title),
            new Span(new string(' ', Math.Max(0, region.Area.Width - name.Length - TextColumns.Of(title) - place.Length - tabs.Length)), Ink.Title),
            new Span(tabs, Ink.Dim));
    }

    /// <summary>The pane whose tab lies at a column of the title; null for none.</summary>
    public static Pane? PaneAt(int column, Region region, Pane front, Pane active)
    {
        if (column < NameOf(front, front == active).Length)
            return front;
        var others = region.Panes.Where(p => p != front).ToList();
        var at = region.Area.Width;
        foreach (var text in new[] { Long(others), Short(others) })
        {
            // Whichever form is shown, tabs stand at the right edge.
            var start = at - text.Length;
            if (others.Count == 0 || column < start)
                continue;
            var digits = text[..(column - start + 1)];
            var last = digits.LastIndexOf('F');
            return last >= 0 && last + 1 < text.Length ? (Pane)(text[last + 1] - '1') : others[0];
        }

        return null;
    }

    private static string NameOf(Pane pane, bool isActive) => isActive ? $"[F{(int)pane + 1} {pane}]" : $" F{(int)pane + 1} {pane} ";

    private static string Tabs(Region region, Pane front, int room)
    {
        var others = region.Panes.Where(p => p != front).ToList();
        if (others.Count == 0)
            return "";
        return Long(others) is var full && full.Length <= room ? full : Short(others) is var small && small.Length <= room ? small : "";
    }

    private static string Long(IEnumerable<Pane> panes) => string.Concat(panes.Select(p => $" F{(int)p + 1} {p}"));

    private static string Short(IEnumerable<Pane> panes) => string.Concat(panes.Select(p => $" F{(int)p + 1}"));
}
