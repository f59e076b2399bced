namespace GcReplay.Screen;

/// <summary>A key that works in every pane.</summary>
/// <param name="Group">Keys of one group share a word in the bottom line.</param>
/// <param name="Word">What the group does, in one word or two; empty when the bottom line does not show the key.</param>
/// <param name="Summary">What the key does, for the help.</param>
/// <param name="Command">The debugger command that it runs; empty when it does something else.</param>
/// <param name="Counts">Whether a number typed before it, or holding it down, does it so many times.</param>
internal sealed record CommonKey(string Key, string Group, string Word, string Summary, string Command = "", bool Counts = false)
{
    /// <summary>Whether so many times means to run the command anew each time: it takes no count itself.</summary>
    public bool Repeats { get; init; }

    /// <summary>Asked with the session: why the key can not work now; empty when it can.</summary>
    public Func<ScreenSession, string> Refusal { get; init; } = _ => "";
}

/// <summary>The keys that all panes have in common: the one table that the screen acts on, and that bottom line and help show.</summary>
internal static class KeyTable
{
    public static IReadOnlyList<CommonKey> All { get; } =
    [
        new("n", "on", "on", "to this thread's next event that is not deeper", "next", true) { Refusal = AtEnd },
        new("s", "on", "on", "one event on, of any thread", "step", true) { Refusal = AtEnd },
        new("f", "on", "on", "to the end of the innermost operation, collection, phase or script", "finish", true) { Refusal = OutsideSpans },
        new("c", "on", "on", "on to a breakpoint, failure or finding", "continue", true) { Refusal = AtEnd },
        new("N", "back", "back", "as n, backwards", "reverse-next", true) { Refusal = AtStart },
        new("S", "back", "back", "as s, backwards", "reverse-step", true) { Refusal = AtStart },
        new("F", "back", "back", "to the beginning of what f ends", "reverse-finish", true) { Refusal = OutsideSpans },
        new("C", "back", "back", "as c, backwards", "reverse-continue", true) { Refusal = AtStart },
        new("[", "finding", "findings", "to the finding or failure before", "reverse-finding", true) { Refusal = AtStart },
        new("]", "finding", "findings", "to the next finding or failure", "finding", true) { Refusal = AtEnd },
        new("E", "why", "explain, why", "explains: from the failure back to its cause"),
        new("Y", "why", "explain, why", "why the word selected is what it is; of an object, why it lives, or was freed") { Refusal = NoObject },
        new("{", "collection", "collections", "to where the collection before begins", "reverse-until CollectionBegin") { Repeats = true, Refusal = AtStart },
        new("}", "collection", "collections", "to where the next collection begins", "until CollectionBegin") { Repeats = true, Refusal = AtEnd },
        new("g", "ends", "ends", "to the start", "goto start"),
        new("G", "ends", "ends", "to the end", "goto end"),
        new("b", "break", "break", "a breakpoint at the row selected: line, kind of event or object; again takes it away"),
        new("w", "watch", "watch", "watches the field, word or object selected") { Refusal = NoObject },
        new("W", "writer", "who wrote", "to who wrote the field or word selected; without one, any field of the object's header") { Refusal = NoObject },
        new("<", "visited", "visited", "to the position visited before", "back", true)
        {
            Refusal = s => s.Debugger.Visits.Behind == 0 ? "no position was visited before this one" : "",
        },
        new(">", "visited", "visited", "to where < came from", "forward", true)
        {
            Refusal = s => s.Debugger.Visits.Ahead == 0 ? "< was not pressed since the last movement" : "",
        },
        new(".", "again", "again", "the last movement or question once more", "", true),
        new("m", "mark", "mark", "and a letter: marks this position"),
        new("'", "mark", "mark", "and a letter: goes to that mark; '' to the position before")
        {
            Refusal = s => s.Debugger.Notebook.Marks().Count == 0 && s.Debugger.Visits.Behind == 0 ? "no mark was set; to set one: m and a letter" : "",
        },
        new("/", "search", "search", "searches the pane: n and N are the next match and the one before, Esc leaves"),
        new(":", "line", "command", "a debugger command: Tab completes, Up and Down recall"),
        new("o", "output", "output", "the whole of the last answer") { Refusal = s => s.Output.Count == 0 ? "the last action answered nothing" : "" },
        new("z", "zoom", "maximise", "gives the pane all the room, and takes it again"),
        new("y", "copy", "copy", "copies what the selected row is about: object, address or event; else the position"),
    ];

    /// <summary>What the table of commands does not say.</summary>
    public static IReadOnlyList<(string Key, string Summary)> Others { get; } =
    [
        ("7 Enter, 7%", "a number, then Enter, G or %: goes there; then n, s, c …: so many times"),
        ("Tab, F1 to F8", "panes; arrows, hjkl, PageUp, PageDown, Home and End move in one"),
        ("Enter", "goes to the event, or brings the object into focus; Backspace returns"),
        ("Esc", "stops a long run; else closes what is open; else lets the focus follow events"),
        ("mouse", "selects, scrolls, travels; with Shift the terminal selects text"),
        ("?", "this help"),
        ("q", "quits; Ctrl+C stops a long run, or quits"),
    ];

    public static CommonKey? Find(string key)
    {
        foreach (var known in All)
        {
            if (known.Key == key)
                return known;
        }

        return null;
    }

    private static string AtEnd(ScreenSession session) =>
        session.Debugger.Timeline.Position >= session.Debugger.Timeline.EventCount ? "this is the end of the trace" : "";

    private static string AtStart(ScreenSession session) =>
        session.Debugger.Timeline.Position <= session.Debugger.Timeline.Start ? "this is the start of the trace" : "";

    private static string OutsideSpans(ScreenSession session)
    {
        var timeline = session.Debugger.Timeline;
        return timeline.Shadow.Depth(timeline.Thread) > 0 ? "" : $"thread {Debugging.Commands.EventText.ThreadName(timeline.Source.Header, timeline.Thread)} is in no operation here";
    }

    private static string NoObject(ScreenSession session) => session.Focus is { Number: 0, Address.IsNull: true } ? "no object is in focus here" : "";
}
