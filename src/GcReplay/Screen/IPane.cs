using System.Drawing;
using GcReplay.Debugging;
using GcReplay.Debugging.Timelines;
using GcReplay.Heaps.Views;

namespace GcReplay.Screen;

/// <summary>One pane's controller: it keeps the pane's state, has its text made, and maps its own keys to debugger commands.</summary>
/// <remarks>Called by one thread at a time, never by the one that draws. Key names: <see cref="KeyNames"/>.</remarks>
internal interface IPane
{
    Pane Id { get; }

    /// <summary>Keys that the pane adds to the common ones.</summary>
    IReadOnlyList<PaneKey> Keys(PaneRequest request);

    /// <summary>What the pane shows, after each action and when its size changed. Cost depends on the size, not on how long a list is.</summary>
    PaneText Build(PaneRequest request);

    /// <summary>A key that arrived while the pane had the focus; <c>WheelUp</c> and <c>WheelDown</c> are keys.</summary>
    /// <returns>False when the key means nothing to the pane.</returns>
    bool Press(string key, PaneRequest request);

    /// <summary>A click into the pane.</summary>
    /// <param name="row">Row of the content; the title is not part of it.</param>
    bool Click(int row, int column, PaneRequest request);

    /// <summary>Selects the next row (or the one before) in which a text stands, from the selected one on.</summary>
    /// <returns>False when there is none.</returns>
    bool Find(string text, bool forward, PaneRequest request) => false;

    /// <summary>Does a little (some ms) of what can wait while nothing else is to be done; false when nothing is left.</summary>
    bool Work(Progress progress) => false;
}

/// <summary>A key of one pane.</summary>
/// <param name="Word">What it does, in one word or two, for the bottom line.</param>
/// <param name="Summary">What it does, for the help.</param>
/// <param name="Refusal">Why it can not work now; empty when it can.</param>
internal sealed record PaneKey(string Key, string Word, string Summary, string Refusal = "");

/// <summary>All that a pane may know and do.</summary>
/// <param name="Size">Of the content, without the title row.</param>
internal sealed record PaneRequest(ScreenSession Session, Size Size, bool IsActive)
{
    public Debugger Debugger => Session.Debugger;

    public Timeline Timeline => Session.Debugger.Timeline;

    public HeapView View => Session.Debugger.Timeline.View;

    public Focus Focus => Session.Focus;

    public ScreenMarks Marks => Session.Marks;
}
