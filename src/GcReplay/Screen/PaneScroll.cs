namespace GcReplay.Screen;

/// <summary>Selected row, first visible row and column of a pane with any number of rows.</summary>
internal sealed class PaneScroll
{
    private const int ColumnStep = 8;
    private const int ColumnMax = 400;
    private const int WheelRows = 3;

    /// <summary>The selected row among all.</summary>
    public long Selected { get; private set; }

    /// <summary>The first visible row among all.</summary>
    public long First { get; private set; }

    /// <summary>Columns scrolled to the right.</summary>
    public int Column { get; private set; }

    /// <summary>Selects a row; <see cref="Fit"/> brings it into view.</summary>
    public void Select(long row) => Selected = row;

    /// <summary>Makes a row the first that is visible, as far as <see cref="Fit"/> lets it.</summary>
    public void Show(long row) => First = row;

    /// <summary>Moves by a key; false when the key is none that moves.</summary>
    public bool Press(string key, long total, int height)
    {
        if (key is "WheelUp" or "WheelDown")
        {
            // The wheel moves what is seen and takes the selection along only where it would leave the view.
            First = Math.Clamp(First + (key == "WheelUp" ? -WheelRows : WheelRows), 0, Math.Max(0, total - height));
            Selected = Math.Clamp(Selected, First, Math.Max(First, First + height - 1));
            return true;
        }

        if (key is "Left" or "Right")
        {
            Column = Math.Clamp(Column + (key == "Left" ? -ColumnStep : ColumnStep), 0, ColumnMax);
            return true;
        }

        var page = Math.Max(1, height - 1);
        long? moved = key switch
        {
            "Up" => Selected - 1,
            "Down" => Selected + 1,
            "PageUp" => Selected - page,
            "PageDown" => Selected + page,
            "Home" => 0,
            "End" => total - 1,
            _ => null,
        };
        if (moved is not { } row)
            return false;
        Selected = Math.Clamp(row, 0, Math.Max(0, total - 1));
        return true;
    }

    /// <summary>Brings the selected row into view, and both into what there is.</summary>
    public void Fit(long total, int height)
    {
        Selected = Math.Clamp(Selected, 0, Math.Max(0, total - 1));
        First = Math.Clamp(First, Math.Max(0, Selected - height + 1), Selected);
        First = Math.Clamp(First, 0, Math.Max(0, total - height));
    }

    /// <summary>Brings the selected row into the middle of the view, when it is not visible.</summary>
    public void Centre(long total, int height)
    {
        if (Selected < First || Selected >= First + height)
            First = Selected - height / 2;
        Fit(total, height);
    }
}
