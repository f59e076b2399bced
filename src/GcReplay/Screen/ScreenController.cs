using GcReplay.Debugging.Timelines;

namespace GcReplay.Screen;

/// <summary>What the screen does with each key, and what it shows at present. Knows no terminal.</summary>
internal sealed class ScreenController
{
    private const int PaneCount = 4;
    private const int ColumnStep = 8;
    private const int ColumnMax = 400;

    private readonly ScreenModel model;
    private readonly Jobs jobs;
    private readonly Action changed;
    private readonly int[] cursors = new int[PaneCount];
    private readonly CommandHistory history = new();
    private readonly PaneText help = KeyTable.Help();
    private readonly int[] columns = new int[PaneCount];
    private int helpCursor;
    private ScreenContent content = ScreenContent.Empty;

    /// <param name="changed">Called when there is something new to draw.</param>
    public ScreenController(ScreenModel model, Jobs jobs, Action changed)
    {
        this.model = model;
        this.jobs = jobs;
        this.changed = changed;
    }

    public Pane Active { get; private set; }

    public bool ShowsHelp { get; private set; }

    /// <summary>Whether the <c>:</c> line is open.</summary>
    public bool IsTyping { get; private set; }

    public bool HasQuit { get; private set; }

    /// <summary>Whether the user broke off with Ctrl+C instead of quitting.</summary>
    public bool IsInterrupted { get; private set; }

    public CommandHistory History => history;

    public Line Run => content.Run;

    public Line Place => content.Place;

    /// <summary>Rows that a page key moves: the height of the active pane when it was drawn last.</summary>
    public int Page { get; set; } = 10;

    public void Open() => Start("opening", model.Open);

    public PaneText Text(Pane pane) => content[pane];

    public PaneText Help => help;

    /// <summary>The row of a pane that Enter acts on.</summary>
    public int CursorOf(Pane pane) => Math.Clamp(cursors[(int)pane], 0, Math.Max(0, content[pane].Lines.Length - 1));

    /// <summary>Columns that a pane is scrolled to the right.</summary>
    public int ColumnOf(Pane pane) => columns[(int)pane];

    public int HelpCursor => helpCursor;

    /// <summary>What stands in the last row while nothing is typed.</summary>
    /// <param name="showsOutput">Whether the output pane is visible; otherwise its first answer stands here.</param>
    public Line Bottom(bool showsOutput)
    {
        if (jobs.IsBusy)
            return Line.Of($"{jobs.Running} … event {jobs.Reached}  (Esc cancels)", Ink.Title);
        var answer = content[Pane.Output].Lines.FirstOrDefault(l => l.Spans[0].Ink != Ink.Dim);
        return showsOutput || answer is null ? Line.Of(KeyTable.Hints, Ink.Dim) : answer;
    }

    /// <summary>Acts on a key: a character as itself, others by name (<c>Enter</c>, <c>Esc</c>, <c>Tab</c>, <c>Shift+Tab</c>,
    /// <c>F6</c>, <c>Up</c>, <c>Down</c>, <c>Left</c>, <c>Right</c>, <c>PageUp</c>, <c>PageDown</c>, <c>Home</c>, <c>End</c>, <c>Ctrl+C</c>).</summary>
    public void Press(string key)
    {
        if (key == "Ctrl+C")
            Interrupt();
        else if (jobs.IsBusy)
            PressWhileBusy(key);
        else if (ShowsHelp)
            PressInHelp(key);
        else
            PressInPanes(key);
        changed();
    }

    /// <summary>Runs a line typed after the colon.</summary>
    public void Submit(string line)
    {
        IsTyping = false;
        history.Add(line);
        if (line.Trim() is "help" or "h" or "?")
            ShowsHelp = true;
        else
            Start(line.Trim().Length == 0 ? "again" : line.Trim(), progress => model.Execute(line, progress));
        changed();
    }

    public void LeaveLine()
    {
        IsTyping = false;
        changed();
    }

    private void Interrupt()
    {
        if (jobs.IsBusy)
        {
            jobs.Cancel();
            return;
        }

        IsInterrupted = HasQuit = true;
    }

    private void PressWhileBusy(string key)
    {
        if (key is "Esc" or "q")
            jobs.Cancel();
    }

    private void PressInHelp(string key)
    {
        if (Moved(key, helpCursor, help.Lines.Length) is { } cursor)
            helpCursor = cursor;
        else
            (ShowsHelp, helpCursor) = (false, 0);
    }

    private void PressInPanes(string key)
    {
        switch (key)
        {
            case "q": HasQuit = true; return;
            case "?": ShowsHelp = true; return;
            case ":": IsTyping = true; return;
            case "Tab" or "F6": Active = (Pane)(((int)Active + 1) % PaneCount); return;
            case "Shift+Tab": Active = (Pane)(((int)Active + PaneCount - 1) % PaneCount); return;
            case "Esc": Start("events", model.FollowEvents); return;
            case "W": WhoWrote(); return;
            case "Enter": Enter(); return;
            case "Right": columns[(int)Active] = Math.Min(ColumnMax, columns[(int)Active] + ColumnStep); return;
            case "Left": columns[(int)Active] = Math.Max(0, columns[(int)Active] - ColumnStep); return;
        }

        if (KeyTable.Commands.FirstOrDefault(k => k.Key == key) is { } command)
            Start(command.Command, progress => model.Execute(command.Command, progress));
        else if (Moved(key, CursorOf(Active), content[Active].Lines.Length) is { } cursor)
            MoveTo(key, cursor);
    }

    private int? Moved(string key, int cursor, int count) => key switch
    {
        "Up" => Math.Max(0, cursor - 1),
        "Down" => Math.Min(Math.Max(0, count - 1), cursor + 1),
        "PageUp" => Math.Max(0, cursor - Page),
        "PageDown" => Math.Min(Math.Max(0, count - 1), cursor + Page),
        "Home" => 0,
        "End" => Math.Max(0, count - 1),
        _ => null,
    };

    private void MoveTo(string key, int cursor)
    {
        var lines = content[Active].Lines;
        cursors[(int)Active] = cursor;
        // The events are a window on all: at its edge the window moves.
        if (Active == Pane.Events && lines.Length > 0 && (cursor == 0 || cursor == lines.Length - 1))
        {
            var number = lines[cursor].Event + key switch { "Home" => long.MinValue / 2, "End" => long.MaxValue / 2, _ => 0 };
            Start("events", progress => model.LookAt(number, progress));
        }
    }

    private void Enter()
    {
        var lines = content[Active].Lines;
        if (lines.Length == 0)
            return;
        var line = lines[CursorOf(Active)];
        if (line.Event >= 0)
            Start($"goto {line.Event}", progress => model.Execute($"goto {line.Event}", progress));
        else if (line.Object > 0)
            Start("focus", progress => model.FocusOn(line.Object, progress));
    }

    private void WhoWrote()
    {
        var lines = content[Pane.Object].Lines;
        var field = Active == Pane.Object && lines.Length > 0 ? lines[CursorOf(Pane.Object)].Field : "";
        Start("who-wrote", progress => model.WhoWrote(field, progress));
    }

    private void Start(string name, Action<Progress> action) => jobs.Start(name, action, () =>
    {
        Show(model.Content);
        HasQuit |= model.HasQuit;
        changed();
    });

    /// <summary>Takes new content: events, list and output start where they matter; the object pane stays on its field.</summary>
    private void Show(ScreenContent fresh)
    {
        var lines = content[Pane.Object].Lines;
        var field = lines.Length > 0 ? lines[CursorOf(Pane.Object)].Field : "";
        content = fresh;
        foreach (var pane in Enum.GetValues<Pane>())
            cursors[(int)pane] = fresh[pane].Home;
        if (field.Length > 0)
            cursors[(int)Pane.Object] = Math.Max(0, fresh[Pane.Object].Lines.IndexOf(fresh[Pane.Object].Lines.FirstOrDefault(l => l.Field == field)!));
    }
}
