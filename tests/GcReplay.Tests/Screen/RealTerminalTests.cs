using System.Diagnostics;
using GcReplay.Tests.House;
using GcReplay.Tests.Traces;

namespace GcReplay.Tests.Screen;

/// <summary>The built program on a real terminal, which tmux provides.</summary>
public sealed class RealTerminalTests
{
    /// <summary>How long is waited for what must appear: a bound against hanging, not a measure.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);

    [Theory]
    [InlineData("q", "code 0")]
    [InlineData("C-c", "code 130")]
    public void It_opens_moves_and_gives_the_terminal_back(string quitKey, string ending)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux() && HasTmux(), "needs tmux");
        using var folder = new TemporaryFolder();
        var trace = folder.Path("bpo-46070.gctrace");
        var program = Path.Combine(AppContext.BaseDirectory, "gcreplay");
        Run(program, "record", Repository.PathOf("traces/bpo-46070/bpo-46070.heap"), "--collector", "cpython39@gh-94673", "-o", trace);
        using var terminal = new Tmux(
            $"stty -g > '{folder.Path("before")}'; '{program}' replay '{trace}'; echo code $?; stty -g > '{folder.Path("after")}'; echo over; cat");

        terminal.WaitFor("crash here");
        terminal.Press("N");
        terminal.WaitFor("event 112 of 113");
        terminal.Press(quitKey);
        terminal.WaitFor("over");

        Assert.Contains(ending, terminal.Screen);
        Assert.Equal("alternate 0 mouse 0", terminal.Modes);
        Assert.Equal(File.ReadAllText(folder.Path("before")), File.ReadAllText(folder.Path("after")));
    }

    [Fact]
    public void It_ends_when_its_terminal_is_closed()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux() && HasTmux(), "needs tmux");
        using var folder = new TemporaryFolder();
        var trace = folder.Path("bpo-46070.gctrace");
        var program = Path.Combine(AppContext.BaseDirectory, "gcreplay");
        Run(program, "record", Repository.PathOf("traces/bpo-46070/bpo-46070.heap"), "--collector", "cpython39@gh-94673", "-o", trace);
        Process screen;
        using (var terminal = new Tmux($"exec '{program}' replay '{trace}'"))
        {
            terminal.WaitFor("crash here");
            screen = Process.GetProcessById(terminal.ProcessId);
        }

        using (screen)
        {
            var hasEnded = screen.WaitForExit(Patience);
            if (!hasEnded)
                screen.Kill();
            Assert.True(hasEnded, "the screen runs on without a terminal");
        }
    }

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

    private static string Run(string program, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return output;
    }

    /// <summary>One terminal of 100 columns and 30 rows on a server of its own.</summary>
    private sealed class Tmux : IDisposable
    {
        private readonly string server = $"gcreplay-{Guid.NewGuid():N}";

        public Tmux(string command) => Call("-f", "/dev/null", "new-session", "-d", "-x", "100", "-y", "30", command);

        public string Screen => Call("capture-pane", "-p");

        public string Modes => Call("display-message", "-p", "alternate #{alternate_on} mouse #{mouse_any_flag}").Trim();

        public int ProcessId => int.Parse(Call("display-message", "-p", "#{pane_pid}").Trim(), System.Globalization.CultureInfo.InvariantCulture);

        public void Press(string key) => Call("send-keys", key);

        public void WaitFor(string text)
        {
            var clock = Stopwatch.StartNew();
            while (!Screen.Contains(text))
            {
                Assert.True(clock.Elapsed < Patience, $"'{text}' does not appear:\n{Screen}");
                Thread.Sleep(50);
            }
        }

        public void Dispose() => Call("kill-server");

        private string Call(params string[] arguments) => Run("tmux", ["-L", server, .. arguments]);
    }
}
