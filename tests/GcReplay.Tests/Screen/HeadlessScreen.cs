using System.Drawing;
using GcReplay.Screen;
using GcReplay.Simulation.Recording;
using GcReplay.Tests.House;
using GcReplay.Traces;
using GcReplay.Traces.Files;
using Terminal.Gui.App;
using Terminal.Gui.Drivers;
using Terminal.Gui.Input;
using Terminal.Gui.Testing;
using Terminal.Gui.Time;

namespace GcReplay.Tests.Screen;

/// <summary>The screen on a terminal of its own that exists only in memory. Actions run at once.</summary>
internal sealed class HeadlessScreen : IDisposable
{
    private readonly IApplication app;
    private readonly Jobs jobs = new(action => action(), action => action());
    private readonly ScreenApp screen;
    private readonly SessionToken token;

    public HeadlessScreen(ITraceSource trace, int width = 100, int height = 30, bool hasColours = true)
    {
        app = Application.Create(new VirtualTimeProvider());
        app.Init(DriverRegistry.Names.ANSI);
        app.Driver!.SetScreenSize(width, height);
        screen = new ScreenApp(app, trace, new Palette(hasColours ? ColourDepth.Sixteen : ColourDepth.None), jobs);
        token = app.Begin(screen.View)!;
        screen.Open();
        Draw();
    }

    public ScreenController Controller => screen.Controller;

    /// <summary>The terminal's rows without blanks at their ends.</summary>
    public string Text => string.Join('\n', app.Driver!.ToString()!.Split('\n').Select(row => row.TrimEnd())).TrimEnd() + "\n";

    public string Row(int row) => Text.Split((char)10)[row];

    /// <summary>The row of keys, the typed line, or what the last key had to say.</summary>
    public string LastRow => Text.TrimEnd('\n').Split('\n')[^1];

    public long Position => Controller.Session.Debugger.Timeline.Position;

    /// <summary>What stands in one column of a row.</summary>
    public string Cell(int row, int column) => app.Driver!.Contents![row, column].Grapheme;

    public string Ansi => app.Driver!.ToAnsi();

    /// <summary>The object of bpo-46070 at the revision that crashes.</summary>
    public static MemoryTrace Crash(string collector = "cpython39@gh-94673") => Record("traces/bpo-46070/bpo-46070.heap", collector);

    public static MemoryTrace Record(string program, string collector, string allocator = "glibc")
    {
        var run = new PreparedRun(
            new RunOptions
            {
                ProgramName = Path.GetFileName(program),
                ProgramText = Repository.Read(program),
                Collector = collector,
                Allocator = allocator,
            },
            "test");
        var trace = new MemoryTrace(run.Header);
        var result = run.Execute(trace);
        trace.Finish(result.ToOutcome(), result.Choices);
        return trace;
    }

    public void Press(params Key[] keys)
    {
        foreach (var key in keys)
            app.InjectKey(key);
        Draw();
    }

    public void Type(string text) => Press([.. text.Select(c => new Key(c))]);

    public void Click(Point at)
    {
        app.InjectMouse(new Mouse { ScreenPosition = at, Flags = MouseFlags.LeftButtonPressed });
        app.InjectMouse(new Mouse { ScreenPosition = at, Flags = MouseFlags.LeftButtonReleased });
        Draw();
    }

    public void Wheel(Point at, bool up)
    {
        app.InjectMouse(new Mouse { ScreenPosition = at, Flags = up ? MouseFlags.WheeledUp : MouseFlags.WheeledDown });
        Draw();
    }

    public void Resize(int width, int height)
    {
        app.Driver!.SetScreenSize(width, height);
        Draw();
    }

    public void Dispose()
    {
        app.End(token);
        screen.Dispose();
        jobs.Dispose();
        app.Dispose();
    }

    private void Draw()
    {
        screen.ThrowDefect();
        app.LayoutAndDraw(true);
    }
}
