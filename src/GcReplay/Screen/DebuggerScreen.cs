using System.Runtime.InteropServices;
using GcReplay.Heaps;
using GcReplay.Traces;
using Terminal.Gui.App;

namespace GcReplay.Screen;

/// <summary>The debugger on the whole terminal.</summary>
public static class DebuggerScreen
{
    /// <summary>How often the screen looks whether it is to end, and how far a long run is.</summary>
    private static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(50);

    /// <summary>How long an action may take to notice that it is stopped, before the screen ends without it.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    /// <summary>Why there can be no screen on a terminal of this name (<c>TERM</c>); empty when there can.</summary>
    public static string Refusal(string? terminal) => terminal is "dumb" ? "TERM=dumb: this terminal can not place text" : "";

    /// <summary>Shows a recorded run until the user quits. The terminal is restored on every way out; a defect of ours leaves a
    /// <see cref="DefectReport"/> behind.</summary>
    /// <remarks>Ask first whether this is a terminal: with redirected input or output nothing can be shown.</remarks>
    /// <returns>One of <see cref="ExitCode"/>: 0, or 130 after Ctrl+C, a signal or <paramref name="cancellation"/>.</returns>
    public static int Run(ITraceSource trace, CancellationToken cancellation, string? notes = null)
    {
        if (cancellation.IsCancellationRequested)
            return ExitCode.Cancelled;
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        void End(PosixSignalContext signal)
        {
            // Without this the process would end at once and leave the terminal in the screen's mode.
            signal.Cancel = true;
            stop.Cancel();
        }

        using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, End);
        using var quit = PosixSignalRegistration.Create(PosixSignal.SIGQUIT, End);
        using var hangUp = new LostTerminal(stop.Cancel);
        using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, End);
        ScreenApp? shown = null;
        try
        {
            using var app = Application.Create();
            app.Init();
            using var jobs = new Jobs(action => Task.Run(action), action => app.Invoke(action));
            using var screen = shown = new ScreenApp(app, trace, Palette.OfEnvironment(), jobs, notes);
            // Ticks start with the main loop: a stop asked for before its first turn would be lost.
            app.AddTimeout(Tick, () =>
            {
                screen.Tick();
                if (stop.IsCancellationRequested)
                    app.RequestStop(screen.View);
                return true;
            });
            screen.Open();
            app.Run(screen.View);
            // Whoever reads the trace now must be done before it is closed.
            jobs.End(Patience);
            screen.ThrowDefect();
            return screen.IsInterrupted || stop.IsCancellationRequested ? ExitCode.Cancelled : ExitCode.Ok;
        }
        catch (Exception e) when (e is not (GcReplayException or OperationCanceledException))
        {
            DefectReport.Write(e, trace, shown?.Controller.Session.Debugger.Timeline.Position ?? 0);
            throw;
        }
    }
}
