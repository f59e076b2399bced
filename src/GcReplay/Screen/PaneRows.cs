using System.Collections.Immutable;

namespace GcReplay.Screen;

/// <summary>What of a pane's text fits where it is shown.</summary>
internal static class PaneRows
{
    /// <summary>The title and the rows around the cursor.</summary>
    public static IEnumerable<Line> Of(PaneText text, int cursor, int height, bool isActive, bool marksCursor)
    {
        var count = text.Lines.Length;
        var top = Math.Clamp(cursor - (height - 1) / 2, 0, Math.Max(0, count - (height - 1)));
        yield return isActive ? Line.Of($"[{text.Title}]", Ink.ActiveTitle) : Line.Of($" {text.Title} ", Ink.Title);
        for (var i = top; i < count; i++)
        {
            var isMarked = isActive && marksCursor && i == cursor && text.Lines[i].Spans[0].Ink != Ink.Present;
            yield return isMarked ? Line.Of(text.Lines[i].Text, Ink.Selected) : text.Lines[i];
        }
    }

    /// <summary>The text without its first columns: scrolled to the right.</summary>
    public static PaneText From(PaneText text, int column) =>
        column == 0 ? text : text with { Lines = [.. text.Lines.Select(l => Cut(l, column))] };

    /// <summary>The text with long lines broken, and the cursor's row in it.</summary>
    public static (PaneText Text, int Cursor) Wrapped(PaneText text, int cursor, int width)
    {
        var rows = ImmutableArray.CreateBuilder<Line>();
        var at = 0;
        for (var i = 0; i < text.Lines.Length; i++)
        {
            if (i == cursor)
                at = rows.Count;
            var (line, ink) = (text.Lines[i].Text, text.Lines[i].Spans[0].Ink);
            while (line.Length > width && width > 0)
            {
                var space = line.LastIndexOf(' ', width);
                var end = space > width / 2 ? space : width;
                rows.Add(Line.Of(line[..end], ink));
                line = line[end..].TrimStart();
            }

            rows.Add(Line.Of(line, ink));
        }

        return (text with { Lines = rows.ToImmutable() }, at);
    }

    private static Line Cut(Line line, int column)
    {
        var spans = ImmutableArray.CreateBuilder<Span>();
        foreach (var span in line.Spans)
        {
            var cut = Math.Min(column, span.Text.Length);
            column -= cut;
            spans.Add(span with { Text = span.Text[cut..] });
        }

        return line with { Spans = spans.ToImmutable() };
    }
}
