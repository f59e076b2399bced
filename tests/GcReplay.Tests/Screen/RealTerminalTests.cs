using System.Diagnostics;
using GcReplay.Tests.House;
using GcReplay.Tests.Traces;

namespace GcReplay.Tests.Screen;

/// <summary>The built program on a real terminal, which tmux provides.</summary>
public sealed class RealTerminalTests
{
    [Theory]
    [InlineData("q", "code 0")]
    [InlineData("C-c", "code 130")]
    public void It_opens_moves_and_gives_the_terminal_back(string quitKey, string ending)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux() && Tmux.IsThere, "needs tmux");
        using var folder = new TemporaryFolder();
        var trace = folder.Path("bpo-46070.gctrace");
        var program = Path.Combine(AppContext.BaseDirectory, "gcreplay");
        Tmux.Run(program, "record", Repository.PathOf("traces/bpo-46070/bpo-46070.heap"), "--collector", "cpython39@gh-94673", "-o", trace);
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
        Assert.SkipUnless(OperatingSystem.IsLinux() && Tmux.IsThere, "needs tmux");
        using var folder = new TemporaryFolder();
        var trace = folder.Path("bpo-46070.gctrace");
        var program = Path.Combine(AppContext.BaseDirectory, "gcreplay");
        Tmux.Run(program, "record", Repository.PathOf("traces/bpo-46070/bpo-46070.heap"), "--collector", "cpython39@gh-94673", "-o", trace);
        Process screen;
        using (var terminal = new Tmux($"exec '{program}' replay '{trace}'"))
        {
            terminal.WaitFor("crash here");
            screen = Process.GetProcessById(terminal.ProcessId);
        }

        using (screen)
        {
            var hasEnded = screen.WaitForExit(Tmux.Patience);
            if (!hasEnded)
                screen.Kill();
            Assert.True(hasEnded, "the screen runs on without a terminal");
        }
    }
}
