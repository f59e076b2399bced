using System.Drawing;
using System.Globalization;
using GcReplay.Debugging.Timelines;
using GcReplay.Heaps;
using GcReplay.Typing;

namespace GcReplay.Screen;

/// <summary>What the screen does with each press. Knows no terminal. Used by one thread at a time; only <see cref="Content"/> and
/// <see cref="Running"/> are for all.</summary>
internal sealed class ScreenController
{
    private const string Letters = "a letter or digit names a mark";

    private readonly ScreenSession session;
    private readonly Desk desk;
    private readonly CommandHistory commands = new();
    private readonly CommandHistory searches = new();
    private readonly CommandCompletion completion;
    private volatile ScreenContent content = ScreenContent.Empty;
    private volatile string running = "";
    private string number = "";
    private string waitsFor = "";

    public ScreenController(ScreenSession session, IReadOnlyList<IPane> panes)
    {
        this.session = session;
        desk = new Desk(session, panes);
        completion = new CommandCompletion(session.Debugger);
    }

    public ScreenSession Session => session;

    /// <summary>What is to be drawn.</summary>
    public ScreenContent Content => content;

    /// <summary>The action that runs, as the user would name it; empty for one that does not move.</summary>
    public string Running => running;

    /// <summary>The event at which the running action began.</summary>
    public long RunningFrom { get; private set; }

    public long EventCount => session.Debugger.Timeline.EventCount;

    public Pane Active => desk.Active;

    public bool HasQuit => session.HasQuit || IsQuitting;

    /// <summary>Whether the user broke off with Ctrl+C instead of quitting.</summary>
    public bool IsInterrupted { get; private set; }

    private bool IsQuitting { get; set; }

    private string Prompt => number.Length > 0 ? $"{number}_" : waitsFor;

    /// <summary>Acts on a press, so many times, and makes the content new.</summary>
    public void Answer(Press press, int count, Progress progress)
    {
        session.Progress = progress;
        RunningFrom = session.Debugger.Timeline.Position;
        try
        {
            for (int left = count, taken; left > 0 && !HasQuit && !progress.Cancel.IsCancellationRequested; left -= taken)
            {
                taken = Together(press.Key, left);
                Act(press, taken);
            }
        }
        finally
        {
            // What was cancelled is over: content is made to its end.
            session.Progress = default;
            running = "";
            content = desk.Compose(Prompt);
        }
    }

    /// <summary>Lets panes do what can wait; false when nothing is left.</summary>
    public bool Idle(Progress progress)
    {
        if (session.Work())
            return true;
        if (!desk.Work(progress))
            return false;
        content = desk.Compose(Prompt);
        return true;
    }

    /// <summary>How many of so many equal presses are one action: those behind one that changes what the key means are others, as in <c>''</c>.</summary>
    private int Together(string key, int count) =>
        waitsFor.Length > 0 || key is "Esc" or "Tab" or "Shift+Tab" or "Enter" || (desk.Typed is null && key is "m" or "'" or ":" or "/" or "?" or "b") ? 1 : count;

    private void Act(Press press, int count)
    {
        switch (press.Key)
        {
            case "Open": Run("opening", session.Open); return;
            case "Resize": desk.Size = new Size(press.Column, press.Row); return;
            case "Ctrl+C": IsInterrupted = IsQuitting = true; return;
            case "": return;
        }

        // In a line being typed it may be a key of readline that this one lacks: that must not close it.
        if (press.Key.StartsWith(KeyNames.Alt, StringComparison.Ordinal))
        {
            if (desk.Typed is not null)
                return;
            Act(press with { Key = "Esc" }, 1);
            Act(press with { Key = press.Key[KeyNames.Alt.Length..] }, count);
            return;
        }

        desk.Message = "";
        if (press.Key is "Click" or "DoubleClick" or "WheelUp" or "WheelDown")
            Run("travel", () => desk.Mouse(press, count));
        else if (desk.Typed is { } line)
            PressInLine(press.Key, count, line);
        else if (desk.Overlay is { } overlay)
            PressInOverlay(press.Key, count, overlay);
        else if (waitsFor.Length > 0)
            PressLetter(press.Key);
        else
            PressInPanes(press.Key, count);
    }

    private void PressInLine(string key, int count, TypedLine line)
    {
        switch (key)
        {
            case "Enter": Submit(line); return;
            case "Esc": desk.Typed = null; return;
            // As in less: nothing left to delete, nothing to type.
            case "Backspace" when line.Text.Length == 0: desk.Typed = null; return;
        }

        for (var i = 0; i < count; i++)
            line.Press(key);
    }

    private void Submit(TypedLine line)
    {
        desk.Typed = null;
        var text = line.Text.Trim();
        if (line.Sign == '/')
        {
            searches.Add(text);
            desk.Search = text;
            Find(true, 1);
            return;
        }

        commands.Add(text);
        if (text is "help" or "h" or "?")
        {
            desk.ShowHelp();
            return;
        }

        Ask(text.Length == 0 ? "again" : text, () => session.Execute(text, isAsked: true));
    }

    /// <summary>Scrolls a text over the panes; any other key closes it, and what means more than that is done as well.</summary>
    private void PressInOverlay(string key, int count, Overlay overlay)
    {
        for (var i = 0; i < count; i++)
        {
            if (overlay.Press(Moves(key), desk.Size.Height))
                continue;
            desk.Overlay = null;
            if (key is not ("Esc" or "Enter" or "q" or "?" or " " or "Backspace"))
                PressInPanes(key, count - i);
            return;
        }
    }

    /// <summary>The letter behind m or '.</summary>
    private void PressLetter(string key)
    {
        var sets = waitsFor[0] == 'm';
        waitsFor = "";
        if (!sets && key == "'")
            Run("back", () => session.Execute("back"));
        else if (key.Length == 1 && char.IsLetterOrDigit(key[0]))
            Run(sets ? "mark" : "goto mark", () => session.Execute(sets ? $"mark {key}" : $"goto mark {key}"));
        else if (key != "Esc")
            desk.Message = Letters;
    }

    private void PressInPanes(string key, int count)
    {
        if (key.Length == 1 && char.IsAsciiDigit(key[0]))
        {
            number = number.Length < 18 ? number + new string(key[0], Math.Min(count, 18 - number.Length)) : number;
            return;
        }

        var typed = number;
        number = "";
        if (typed.Length > 0 && (key is "Enter" or "%" or "g" or "G" or "Esc" or "Backspace"))
            PressBehindNumber(key, typed);
        else if (desk.Search.Length > 0 && key is "n" or "N")
            Find(key == "n", count);
        else if (!PressOwn(key) && !PressCommon(key, Times(typed, count), count))
            PressPane(Moves(key), count);
    }

    private void PressBehindNumber(string key, string typed)
    {
        // As in less and vim, a number and G is a place.
        if (key is "Enter" or "%" or "g" or "G")
            Run($"goto {typed}", () => session.Execute($"goto {typed}{(key == "%" ? "%" : "")}"));
        else if (key == "Backspace")
            number = typed[..^1];
    }

    private static long Times(string typed, int count) =>
        (typed.Length == 0 ? 1 : Math.Min(1_000_000_000_000, long.Parse(typed, NumberStyles.None, CultureInfo.InvariantCulture))) * count;

    /// <summary>Keys of the screen itself.</summary>
    private bool PressOwn(string key)
    {
        switch (key)
        {
            case "q": IsQuitting = true; return true;
            case "?": desk.ShowHelp(); return true;
            case "Tab": desk.Activate((Pane)(((int)Active + 1) % desk.PaneCount)); return true;
            case "Shift+Tab": desk.Activate((Pane)(((int)Active + desk.PaneCount - 1) % desk.PaneCount)); return true;
            case "Esc": desk.Leave(); return true;
            case ['F', >= '1' and <= '8' and var digit]: desk.Activate((Pane)(digit - '1')); return true;
            default: return false;
        }
    }

    private bool PressCommon(string key, long times, int count)
    {
        if (KeyTable.Find(key) is not { } known)
            return false;
        if (known.Refusal(session) is { Length: > 0 } refusal)
        {
            session.Refuse(key, refusal);
            return true;
        }

        if (known.Command.Length > 0)
        {
            var line = known.Counts && times > 1 ? $"{known.Command} {times}" : known.Command;
            Run(line, () => session.Execute(line, known.Repeats ? times : 1));
            return true;
        }

        switch (key)
        {
            case ".": Run("again", () => session.Repeat(times)); break;
            case "b": Run("break", desk.Selection.ToggleBreakpoint); break;
            case "w": Run("watch", desk.Selection.Watch); break;
            case "W": Run("who-wrote", desk.Selection.WhoWrote); break;
            case "E": Ask("explain", () => session.Execute("explain")); break;
            case "Y": Ask("why", desk.Selection.Why); break;
            case "y": desk.Message = desk.Selection.Copy(); break;
            case "m": waitsFor = "mark: press a letter"; break;
            case "'": waitsFor = "go to mark: press its letter"; break;
            case ":": desk.Typed = new TypedLine(':', commands, (before, word) => completion.GetCompletions(before, word, "")); break;
            case "/": desk.Typed = new TypedLine('/', searches, (_, _) => []); break;
            case "o": desk.ShowOutput(); break;
            case "z" when count % 2 != 0: desk.IsMaximised = !desk.IsMaximised; break;
        }

        return true;
    }

    private void Ask(string name, Action question)
    {
        Run(name, question);
        desk.ShowLongOutput();
    }

    private void PressPane(string key, int count)
    {
        var before = session.Debugger.Timeline.Position;
        Run(key, () =>
        {
            for (var i = 0; i < count && !session.IsCancelled; i++)
            {
                if (desk.Press(key))
                    continue;
                if (key != "Backspace")
                    desk.Message = $"{key} does nothing here; ? shows the keys";
                else if (!session.Back())
                    desk.Message = "Backspace: no object was followed to this one";
                return;
            }
        });
        if (session.Debugger.Timeline.Position == before && key == "Enter")
            desk.ShowLongOutput();
    }

    private void Find(bool forward, int count) => Run($"search {desk.Search}", () => desk.Find(forward, count));

    private void Run(string name, Action action)
    {
        running = name;
        try
        {
            action();
        }
        catch (GcReplayException e)
        {
            // A trace can be damaged where a pane must look.
            desk.Message = e.Message;
        }
    }

    private static string Moves(string key) => key switch { "h" => "Left", "j" => "Down", "k" => "Up", "l" => "Right", _ => key };
}
