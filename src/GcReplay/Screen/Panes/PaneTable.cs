using GcReplay.Screen.Panes;
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
        new TextPane(Pane.Heap, _ => PaneText.Empty),
        new ListsPane(),
        new ObjectPane(),
        new TextPane(Pane.Interpreters, _ => PaneText.Empty),
        new WordsPane(),
    ];
}
