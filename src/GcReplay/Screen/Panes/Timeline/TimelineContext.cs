using GcReplay.Debugging.Timelines;

namespace GcReplay.Screen.Panes;

/// <summary>What the timeline remembers: the stretch it shows, and what was read of it.</summary>
internal sealed class TimelineContext
{
    /// <summary>Cells of an overview: more than a terminal has columns.</summary>
    public const int CellsMax = 1024;

    /// <summary>The whole trace; it is read also while a stretch of it is shown, for the lives of interpreters.</summary>
    public TraceOverview? Whole { get; set; }

    /// <summary>The stretch zoomed in on; null for none.</summary>
    public TraceOverview? Zoomed { get; set; }

    public TraceOverview Shown => Zoomed ?? Whole!;
}
