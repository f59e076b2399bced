using System.Diagnostics;

namespace GcReplay.Tests.Screen;

/// <summary>A real terminal of 100 columns and 30 rows, which tmux provides on a server of its own.</summary>
internal sealed class Tmux : IDisposable
{
    /// <summary>How long is waited for what must appear: a bound against hanging, not a measure.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);

    private readonly string server = $"gcreplay-{Guid.NewGuid():N}";

    public Tmux(string command) => Call("-f", "/dev/null", "new-session", "-d", "-x", "100", "-y", "30", command);

    /// <summary>Whether tests can have one; without, they are skipped.</summary>
    public static bool IsThere => OperatingSystem.IsLinux() && HasTmux();

    public string Screen => Call("capture-pane", "-p");

    /// <summary>With the control sequences of colours and styles.</summary>
    public string Ansi => Call("capture-pane", "-p", "-e");

    public string Modes => Call("display-message", "-p", "alternate #{alternate_on} mouse #{mouse_any_flag}").Trim();

    public int ProcessId => int.Parse(Call("display-message", "-p", "#{pane_pid}").Trim(), System.Globalization.CultureInfo.InvariantCulture);

    /// <summary>Runs a program to its end and gives its output.</summary>
    public static string Run(string program, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return output;
    }

    /// <summary>Presses keys, one after the other, by tmux's names.</summary>
    public void Press(params string[] keys) => Call(["send-keys", .. keys]);

    /// <summary>Types text as it is.</summary>
    public void Type(string text) => Call("send-keys", "-l", text);

    /// <summary>Presses and releases the left button, as a terminal reports it.</summary>
    /// <param name="row">From 0.</param>
    /// <param name="column">From 0.</param>
    public void Click(int row, int column) => Type($"\u001b[<0;{column + 1};{row + 1}M\u001b[<0;{column + 1};{row + 1}m");

    public void Resize(int width, int height) => Call("resize-window", "-x", width.ToString(), "-y", height.ToString());

    public void WaitFor(string text, int times = 1) => WaitUntil(screen => screen.Split(text).Length > times, $"'{text}' does not appear");

    public void WaitUntil(Func<string, bool> holds, string otherwise)
    {
        var clock = Stopwatch.StartNew();
        while (!holds(Screen))
        {
            Assert.True(clock.Elapsed < Patience, $"{otherwise}:\n{Screen}");
            Thread.Sleep(50);
        }
    }

    public void Dispose() => Call("kill-server");

    private static bool HasTmux()
    {
        try
        {
            return Run("tmux", "-V").StartsWith("tmux", StringComparison.Ordinal);
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return false;
        }
    }

    private string Call(params string[] arguments) => Run("tmux", ["-L", server, .. arguments]);
}
