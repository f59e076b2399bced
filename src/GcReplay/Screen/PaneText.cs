using System.Collections.Immutable;

namespace GcReplay.Screen;

/// <summary>What a pane shows. Immutable, so that it can be drawn while the next one is made.</summary>
/// <param name="Title">Stands behind the pane's name.</param>
/// <param name="Lines">The visible rows.</param>
internal sealed record PaneText(string Title, ImmutableArray<Line> Lines)
{
    public static readonly PaneText Empty = new("", []);

    /// <summary>The selected row among <see cref="Lines"/>: it stands out in the active pane, and keys act on what it is tagged with; -1 for none.</summary>
    public int Cursor { get; init; } = -1;

    /// <summary>Where the first visible row stands among all.</summary>
    public long First { get; init; }

    /// <summary>How many of <see cref="Lines"/> scroll, where others stand above or below them; 0 when all do.</summary>
    public int Rows { get; init; }

    /// <summary>How many rows there are in all; 0 when all are visible.</summary>
    public long Total { get; init; }

    /// <summary>The selected row; null for none.</summary>
    public Line? Selected => Cursor >= 0 && Cursor < Lines.Length ? Lines[Cursor] : null;
}
