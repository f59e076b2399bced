using GcReplay.Screen.Panes;
using GcReplay.Screen.Panes.Heap;
using GcReplay.Screen.Panes.Interpreters;
using GcReplay.Screen.Panes.Lists;
using GcReplay.Screen.Panes.Object;
using GcReplay.Screen.Panes.Words;

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
