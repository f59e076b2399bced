namespace GcReplay.Screen.Panes;

/// <summary>What the program pane remembers.</summary>
internal sealed class ProgramContext
{
    public PaneScroll Scroll { get; } = new();

    /// <summary>The position whose line was brought into view; -1 for none.</summary>
    public long Shown { get; set; } = -1;
}
