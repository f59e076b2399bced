using GcReplay.Debugging.Timelines;

namespace GcReplay.Screen.Panes;

/// <summary>What the events pane remembers: where its outline begins, which spans the user folded or unfolded, what is selected.</summary>
internal sealed class EventsContext
{
    /// <summary>Spans that the user folded (false) or unfolded (true); all others are open while the position is in them.</summary>
    public Dictionary<long, bool> Chosen { get; } = [];

    /// <summary>Whether all spans are open that the user did not fold.</summary>
    public bool AllOpen { get; set; }

    /// <summary>The thread whose events are shown; -1 for all.</summary>
    public int Thread { get; set; } = -1;

    /// <summary>Null when it is to be made anew.</summary>
    public EventOutline? Outline { get; set; }

    /// <summary>The event that the outline's rows are counted from.</summary>
    public long Origin { get; set; }

    /// <summary>The position that the outline was made at: it says which spans are open.</summary>
    public long Position { get; set; } = -1;

    /// <summary>Rows of the outline.</summary>
    public int Selected { get; set; } = -1;

    public int First { get; set; } = -1;

    /// <summary>Columns scrolled to the right.</summary>
    public int Column { get; set; }
}
