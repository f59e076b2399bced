using GcReplay.Traces;
using Terminal.Gui.App;
using Terminal.Gui.Input;

namespace GcReplay.Screen;

/// <summary>Joins a trace's session, the controller and the view in one application. What the user does goes into the queue of
/// <see cref="Jobs"/>; what is to be seen comes back as one immutable content.</summary>
internal sealed class ScreenApp : IDisposable
{
    private readonly IApplication app;
    private readonly Jobs jobs;
    private readonly ScreenController controller;

    public ScreenApp(IApplication app, ITraceSource trace, Palette palette, Jobs jobs, string? notes = null)
    {
        this.app = app;
        this.jobs = jobs;
        var session = new ScreenSession(trace, notes);
        controller = new ScreenController(session, PaneTable.Of(session));
        jobs.Answer = controller.Answer;
        jobs.Idle = controller.Idle;
        jobs.Answered = Answered;
        View = new ScreenView(palette, () => controller.Content, Busy);
        View.FrameChanged += (_, _) => jobs.Add(new Press("Resize", View.Frame.Height, View.Frame.Width));
        app.Keyboard.KeyDown += TakeKey;
        app.Mouse.MouseEvent += TakeMouse;
        if (app.Driver is { } driver)
        {
            driver.ClearedContents += Cleared;
            driver.DefaultAttributeChanged += (_, change) =>
            {
                if (change.NewValue is { } now)
                    View.Use(palette.On(now.Background));
            };
        }

        palette.Apply();
    }

    public ScreenView View { get; }

    public ScreenController Controller => controller;

    public bool IsInterrupted => controller.IsInterrupted;

    public void Open() => jobs.Add(new Press("Open"));

    /// <summary>Shows how far a long run is.</summary>
    public void Tick()
    {
        if (jobs.IsLong)
            View.SetNeedsDraw();
    }

    /// <summary>Throws what ended the screen, when it was a defect.</summary>
    public void ThrowDefect() => jobs.Defect?.Throw();

    public void Dispose()
    {
        app.Keyboard.KeyDown -= TakeKey;
        app.Mouse.MouseEvent -= TakeMouse;
        if (app.Driver is { } driver)
            driver.ClearedContents -= Cleared;
        View.Dispose();
    }

    private void Cleared(object? sender, EventArgs e) => View.Forget();

    private void TakeKey(object? sender, Key key)
    {
        key.Handled = true;
        var name = KeyNames.Of(key);
        // While an action runs these stop it; otherwise, and while something idle is done, they are keys like others.
        if (jobs.IsAnswering && (name is "Esc" or "Ctrl+C"))
            jobs.Cancel();
        else if (jobs.IsAnswering && name.StartsWith(KeyNames.Alt, StringComparison.Ordinal))
        {
            jobs.Cancel();
            jobs.Add(new Press(name[KeyNames.Alt.Length..]));
        }
        else if (name.Length > 0)
            jobs.Add(new Press(name));
    }

    private void TakeMouse(object? sender, Mouse mouse)
    {
        var name = mouse.Flags.HasFlag(MouseFlags.LeftButtonDoubleClicked) ? "DoubleClick"
            : mouse.Flags.HasFlag(MouseFlags.LeftButtonClicked) ? "Click"
            : mouse.Flags.HasFlag(MouseFlags.WheeledUp) ? "WheelUp"
            : mouse.Flags.HasFlag(MouseFlags.WheeledDown) ? "WheelDown"
            : "";
        if (name.Length > 0)
            jobs.Add(new Press(name, mouse.ScreenPosition.Y, mouse.ScreenPosition.X));
        mouse.Handled = true;
    }

    private void Answered()
    {
        if (controller.Session.Copied is { Length: > 0 } copied)
        {
            controller.Session.Copied = "";
            app.Driver?.WriteRaw(ClipboardText.Of(copied));
        }

        View.SetNeedsDraw();
        if (controller.HasQuit || jobs.Defect is not null)
            app.RequestStop(View);
    }

    private Line? Busy()
    {
        if (!jobs.IsLong || controller.Running is not { Length: > 0 } name)
            return null;
        var (reached, from, end) = (jobs.Reached, controller.RunningFrom, Math.Max(1, controller.EventCount));
        var way = reached == 0 ? "" : reached >= from ? ">> " : "<< ";
        var place = reached == 0 ? "…" : $"event {reached} of {end}, {reached * 100 / end}%";
        return Line.Of(new Span($"{way}{name}  {place}", Ink.Title), new Span("  Esc stops", Ink.Key));
    }
}
