using GcReplay.Traces;
using Terminal.Gui.App;
using Terminal.Gui.Drivers;
using Terminal.Gui.Input;

namespace GcReplay.Screen;

/// <summary>Joins a trace's model, the controller and the window in one application.</summary>
internal sealed class ScreenSession : IDisposable
{
    private readonly IApplication app;
    private readonly Jobs jobs;
    private readonly ScreenController controller;

    public ScreenSession(IApplication app, ITraceSource trace, Palette palette, Jobs jobs, string? notes = null)
    {
        this.app = app;
        this.jobs = jobs;
        controller = new ScreenController(new ScreenModel(trace, notes), jobs, Changed);
        Window = new ScreenWindow(controller, palette);
        // The mouse stays the terminal's: text can be selected and copied.
        app.Mouse.IsMouseDisabled = true;
        app.Driver?.WriteRaw(EscSeqUtils.CSI_DisableMouseEvents);
        app.Keyboard.KeyDown += TakeKey;
    }

    public ScreenWindow Window { get; }

    public ScreenController Controller => controller;

    public bool IsInterrupted => controller.IsInterrupted;

    public void Open() => controller.Open();

    /// <summary>Shows how far a long run is.</summary>
    public void Tick()
    {
        if (jobs.IsBusy)
            Window.Refresh();
    }

    /// <summary>Throws what ended the screen, when it was a defect.</summary>
    public void ThrowDefect() => jobs.Defect?.Throw();

    public void Dispose()
    {
        app.Keyboard.KeyDown -= TakeKey;
        Window.Dispose();
    }

    private void TakeKey(object? sender, Key key)
    {
        if (Window.Take(key))
            key.Handled = true;
    }

    private void Changed()
    {
        Window.Refresh();
        if (controller.HasQuit || jobs.Defect is not null)
            app.RequestStop(Window);
    }
}
