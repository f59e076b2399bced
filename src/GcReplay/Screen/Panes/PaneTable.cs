using GcReplay.Screen.Panes;

namespace GcReplay.Screen;

/// <summary>All panes, in the order of their keys.</summary>
internal static class PaneTable
{
    public static IReadOnlyList<IPane> Of(ScreenSession session) =>
    [
        new TimelinePane(session),
        new EventsPane(session),
        new ProgramPane(session),
        new TextPane(Pane.Heap, _ => PaneText.Empty),
        new TextPane(Pane.Lists, request => ListPane.Build(request.Debugger, request.Focus)),
        new TextPane(Pane.Object, request => ObjectPane.Build(request.Debugger, request.Focus)),
        new TextPane(Pane.Interpreters, _ => PaneText.Empty),
        new TextPane(Pane.Words, _ => PaneText.Empty),
    ];
}
