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
        new HeapPane(),
        new ListsPane(),
        new ObjectPane(),
        new TextPane(Pane.Interpreters, request => InterpretersPresentation.Of(request.Debugger, request.Size.Width)),
        new WordsPane(),
    ];
}
