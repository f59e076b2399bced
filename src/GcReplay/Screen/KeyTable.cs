using GcReplay.Debugging.Commands;

namespace GcReplay.Screen;

/// <summary>A key that runs a debugger command.</summary>
/// <param name="Key">As <see cref="ScreenController.Press"/> takes it.</param>
/// <param name="Command">The command line.</param>
internal sealed record KeyCommand(string Key, string Command, string Summary);

/// <summary>All keys: the one table that the screen acts on and its help shows.</summary>
internal static class KeyTable
{
    public static IReadOnlyList<KeyCommand> Commands { get; } =
    [
        new("n", "next", "to this thread's next event that is not deeper"),
        new("N", "reverse-next", "the same, backwards"),
        new("s", "step", "one event on"),
        new("S", "reverse-step", "one event back"),
        new("f", "finish", "to the end of the innermost open span"),
        new("F", "reverse-finish", "to its beginning"),
        new("c", "continue", "on to a stop, failure or finding"),
        new("C", "reverse-continue", "the same, backwards"),
        new("g", "goto start", "to the start"),
        new("G", "goto end", "to the end"),
        new("b", "first-bad", "to the first corrupt event"),
    ];

    private static readonly (string Key, string Summary)[] Others =
    [
        ("W", "to who wrote the field selected in the object pane (else any header field)"),
        ("Tab F6", "the next pane; Shift+Tab: the one before"),
        ("arrows", "move in the pane, Left and Right over long lines; PageUp, PageDown, Home and End as well"),
        ("Enter", "goes to the event, or brings the object into focus"),
        ("Esc", "lets the focus follow events; cancels a long run"),
        (":", "a command; Up and Down: those before; Enter alone repeats the last movement"),
        ("?", "this help"),
        ("q", "quits; Ctrl+C: cancels a long run, or quits"),
    ];

    public static string Hints => "n s c on  N S C back  b first-bad  W who-wrote  : command  ? help  q quit";

    /// <summary>Keys first, then all commands.</summary>
    public static PaneText Help()
    {
        var lines = new List<Line>();
        lines.AddRange(Commands.Select(k => Row(k.Key, k.Summary)));
        lines.AddRange(Others.Select(o => Row(o.Key, o.Summary)));
        lines.Add(Line.Of(""));
        lines.Add(Line.Of("colours      [W] white  [G] grey  [B] black, during a collection"));
        lines.Add(Line.Of("marks        > present  ! failure or broken link  * first corrupt event"));
        lines.Add(Line.Of(""));
        lines.AddRange(new CommandRegistry().All.Select(c => Line.Of(new Span($":{c.Usage}", Ink.Title), new Span($"  {c.Summary}"))));
        return new PaneText("help (any other key closes it)", [.. lines]);
    }

    private static Line Row(string key, string summary) => Line.Of(new Span(key.PadRight(13), Ink.Title), new Span(summary));
}
