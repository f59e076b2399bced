using System.Collections.Immutable;

namespace GcReplay.Screen;

/// <summary>The panes, in the order that Tab visits them.</summary>
internal enum Pane
{
    Events = 0,
    Object,
    List,
    Output,
}

/// <summary>Everything the screen says at one position. Immutable: it is drawn while the next one is made.</summary>
/// <param name="Run">First row of the status: which run, where in it, what is marked.</param>
/// <param name="Place">Second row: who does what.</param>
internal sealed record ScreenContent(Line Run, Line Place, ImmutableArray<PaneText> Panes)
{
    public static readonly ScreenContent Empty =
        new(Line.Of("opening …"), Line.Of(""), [PaneText.Empty, PaneText.Empty, PaneText.Empty, PaneText.Empty]);

    public PaneText this[Pane pane] => Panes[(int)pane];
}
