using System.Diagnostics;
using System.Drawing;
using GcReplay.Screen;
using GcReplay.Traces.Files;
using Terminal.Gui.App;
using Terminal.Gui.Drivers;
using Terminal.Gui.Input;
using Terminal.Gui.Testing;
using Terminal.Gui.Time;
using Terminal.Gui.Views;

namespace GcReplay.Benchmarks;

/// <summary>Measures the screen on a terminal of 120 columns and 40 rows that exists only in memory: from a key to the last byte that is
/// drawn, and from the start of a process to its first screen, beside an empty window.</summary>
internal static class ScreenTable
{
    private const int Starts = 9;

    /// <summary>Steps, rows, panes, zoom; most of what hands do.</summary>
    private const string Keys = "sssssSSSSSnnnNNNfFjjjjjkkkkk\tjjk\tjjk\tjjk\tjjk\tjjk\tjjk\tjjk\tzzee";

    private static readonly Size Size = new(120, 40);

    /// <param name="arguments">Traces; without any, <c>--full</c> records one of 100 million events first, else one of 3 million.</param>
    public static void Print(TextWriter writer, string[] arguments)
    {
        if (arguments is ["--start", var shown])
        {
            writer.WriteLine(FirstScreen(shown));
            return;
        }

        string[] files = [.. arguments.Where(a => !a.StartsWith('-'))];
        var folder = Directory.CreateTempSubdirectory("gcreplay-benchmark-");
        try
        {
            if (files.Length == 0)
            {
                files = [Path.Combine(folder.FullName, "a.gctrace")];
                FirstTable.Record(LargeHeap.Workload("cpython39", !arguments.Contains("--full")).Run, files[0]);
            }

            foreach (var file in files)
                Measure(file).Print(writer);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static Figures Measure(string file)
    {
        using var trace = TraceReader.Open(file);
        var figures = new Figures($"{Path.GetFileName(file)}, {trace.EventCount:N0} events");
        var (empty, first) = (Median(""), Median(file));
        figures.Add("process start to an empty window", $"{empty:0} ms", empty);
        figures.Add("process start to the first screen", $"{first:0} ms", first, "≤ an empty window + 150 ms");
        using var terminal = new Terminal();
        terminal.Open(trace);
        // The first round pays for compiling; it is told apart.
        Add(figures, "the first time", Hands(terminal, [10, 20]).Keys, "");
        var (keys, jumps) = Hands(terminal, [5, 35, 50, 65, 99]);
        Add(figures, "then", keys, "p95 ≤ 40 ms");
        jumps.Sort();
        figures.Add("jump to another part of the trace: median, worst", $"{jumps[jumps.Count / 2]:0} ms, {jumps[^1]:0} ms", jumps[jumps.Count / 2]);
        return figures;
    }

    private static void Add(Figures figures, string when, List<double> keys, string target)
    {
        keys.Sort();
        figures.Add($"key to last byte, {when}: median, p95, worst", $"{keys[keys.Count / 2]:0.0} ms, {keys[keys.Count * 95 / 100]:0.0} ms, {keys[^1]:0.0} ms", keys[keys.Count * 95 / 100], target);
    }

    private static (List<double> Keys, List<double> Jumps) Hands(Terminal terminal, int[] percents)
    {
        var (keys, jumps) = (new List<double>(), new List<double>());
        foreach (var percent in percents)
        {
            terminal.Press(percent.ToString());
            jumps.Add(terminal.Press("%"));
            terminal.Idle();
            foreach (var key in Keys)
                keys.Add(terminal.Press(key.ToString()));
        }

        return (keys, jumps);
    }

    private static double Median(string shown)
    {
        var times = Enumerable.Range(0, Starts).Select(_ => Start(shown)).Order().ToList();
        return times[Starts / 2];
    }

    private static double Start(string shown)
    {
        using var process = Process.Start(new ProcessStartInfo(Environment.ProcessPath!, ["screen", "--start", shown]) { RedirectStandardOutput = true })!;
        var text = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return double.Parse(text, System.Globalization.CultureInfo.InvariantCulture);
    }

    /// <summary>Milliseconds from the start of this process to the first screen of a trace, or of an empty window.</summary>
    private static double FirstScreen(string file)
    {
        using var terminal = new Terminal();
        using var trace = file.Length == 0 ? null : TraceReader.Open(file);
        if (trace is null)
            terminal.OpenEmpty();
        else
            terminal.Open(trace, waitsForIdle: false);
        return (DateTime.Now - Process.GetCurrentProcess().StartTime).TotalMilliseconds;
    }

    private sealed class Terminal : IDisposable
    {
        private readonly IApplication app;
        private readonly Jobs jobs;
        private ScreenApp? screen;
        private Func<GcReplay.Debugging.Timelines.Progress, bool> idle = _ => false;

        public Terminal()
        {
            app = Application.Create(new VirtualTimeProvider());
            app.Init(DriverRegistry.Names.ANSI);
            app.Driver!.SetScreenSize(Size.Width, Size.Height);
            jobs = new Jobs(action => action(), action => action());
        }

        public void OpenEmpty()
        {
            app.Begin(new Runnable { Title = "empty" });
            app.LayoutAndDraw(true);
        }

        public void Open(TraceReader trace, bool waitsForIdle = true)
        {
            screen = new ScreenApp(app, trace, Palette.OfEnvironment(), jobs);
            idle = jobs.Idle;
            jobs.Idle = _ => false;
            app.Begin(screen.View);
            screen.Open();
            app.LayoutAndDraw(true);
            if (waitsForIdle)
                Idle();
        }

        /// <summary>Does what can wait, which is not measured.</summary>
        public void Idle()
        {
            while (idle(default))
            {
            }

            app.LayoutAndDraw();
        }

        /// <summary>Milliseconds to the last byte.</summary>
        public double Press(string key)
        {
            var clock = Stopwatch.StartNew();
            app.InjectKey(key == "\t" ? Key.Tab : new Key(key[0]));
            foreach (var more in key.Skip(1))
                app.InjectKey(new Key(more));
            app.LayoutAndDraw();
            return clock.Elapsed.TotalMilliseconds;
        }

        public void Dispose()
        {
            screen?.Dispose();
            jobs.Dispose();
            app.Dispose();
        }
    }
}
