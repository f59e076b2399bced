using System.Diagnostics;
using GcReplay.Tests.House;
using GcReplay.Tests.Traces;

namespace GcReplay.Tests.Screen;

/// <summary>The built program on a real terminal, which tmux provides.</summary>
public sealed class RealTerminalTests : IDisposable
{
    private static readonly string Program = Path.Combine(AppContext.BaseDirectory, "gcreplay");

    private readonly TemporaryFolder folder = new();
    private readonly string trace;

    public RealTerminalTests()
    {
        trace = folder.Path("bpo-46070.gctrace");
        File.Copy(Repository.PathOf("traces/bpo-46070/crash.gctrace"), trace);
    }

    [Theory]
    [InlineData("q", "code 0")]
    [InlineData("C-c", "code 130")]
    public void It_opens_moves_and_gives_the_terminal_back(string quitKey, string ending)
    {
        using var terminal = Open();

        terminal.Press("N");
        terminal.WaitFor("event 112 of 113");
        terminal.Press(quitKey);

        AssertRestored(terminal, ending);
    }

    [Fact]
    public void It_travels_watches_and_comes_back()
    {
        using var terminal = Open();

        terminal.Type("[");
        terminal.WaitFor("first corrupt here");
        terminal.Type("40%");
        terminal.WaitFor("event 45 of 113");
        terminal.Type(":watch #2.ob_refcnt");
        terminal.Press("Enter");
        terminal.WaitFor("watchpoint 1");
        terminal.Type("c");
        terminal.WaitFor("first corrupt here");
        terminal.Type("c");
        terminal.WaitFor("1 -> 2");
        terminal.Type("<<<");
        terminal.WaitFor("event 97 of 113");
        terminal.Type("q");

        AssertRestored(terminal, "code 0");
    }

    [Fact]
    public void It_follows_the_size_of_the_terminal_to_nothing_and_back()
    {
        using var terminal = Open();

        terminal.Resize(120, 40);
        terminal.WaitFor("F3 Program  bpo-46070.heap");
        terminal.Resize(20, 4);
        terminal.WaitFor("needs 30x6, is 20x4");
        terminal.Press("S");
        terminal.Resize(100, 30);
        terminal.WaitFor("event 112 of 113");
        terminal.WaitFor("F2 Events");
        terminal.Press("q");

        AssertRestored(terminal, "code 0");
    }

    [Fact]
    public void The_mouse_selects_a_pane_and_travels_on_the_timeline()
    {
        using var terminal = Open();
        Assert.Equal("alternate 1 mouse 1", terminal.Modes);

        var rows = terminal.Screen.Split('\n');
        var marks = Array.FindIndex(rows, row => row.StartsWith("marks", StringComparison.Ordinal));
        terminal.Click(marks, rows[marks].IndexOf('*'));
        terminal.WaitFor("first corrupt here");
        var title = Array.FindIndex(rows, row => row.Contains("F6 Object"));
        terminal.Click(title + 2, rows[title].IndexOf("F6", StringComparison.Ordinal) + 3);
        terminal.WaitFor("[F6 Object]");
        terminal.Press("q");

        AssertRestored(terminal, "code 0");
    }

    [Theory]
    [InlineData("-TERM")]
    [InlineData("-QUIT")]
    public void It_gives_the_terminal_back_when_it_is_asked_to_end(string signal)
    {
        using var terminal = Open();

        Tmux.Run("kill", signal, File.ReadAllText(folder.Path("pid")).Trim());

        AssertRestored(terminal, "code 130");
    }

    [Fact]
    public void Without_colours_the_terminal_is_sent_none()
    {
        using var terminal = Open("NO_COLOR=1 ");

        Assert.DoesNotMatch(@"\x1b\[(?:[0-9;]*;)?(?:3[0-7]|4[0-7]|9[0-7]|10[0-7]|38|48)(?:[;:][0-9;:]*)?m", terminal.Ansi);
        terminal.Press("q");

        AssertRestored(terminal, "code 0");
    }

    [Fact]
    public void A_terminal_that_can_not_place_text_gets_lines()
    {
        Assert.SkipUnless(Tmux.IsThere, "needs tmux");
        using var terminal = new Tmux($"TERM=dumb '{Program}' replay '{trace}'; echo over; cat");

        terminal.WaitFor("TERM=dumb: this terminal can not place text, so there is no screen");
        terminal.Type("goto 97");
        terminal.Press("Enter");
        terminal.WaitFor("event 97 of 113");
        terminal.Type("quit");
        terminal.Press("Enter");
        terminal.WaitFor("over");
    }

    [Fact]
    public void With_redirected_input_there_is_no_screen_and_a_sentence_names_plain()
    {
        Assert.SkipUnless(Tmux.IsThere, "needs tmux");
        using var terminal = new Tmux($"'{Program}' replay '{trace}' < /dev/null 2>&1 | grep -o 'To mean just that: --plain'; cat");

        terminal.WaitFor("To mean just that: --plain");
    }

    [Fact]
    public void It_ends_when_its_terminal_is_closed()
    {
        Assert.SkipUnless(Tmux.IsThere, "needs tmux");
        Process screen;
        using (var terminal = new Tmux($"exec '{Program}' replay '{trace}'"))
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

    public void Dispose() => folder.Dispose();

    private Tmux Open(string environment = "")
    {
        Assert.SkipUnless(Tmux.IsThere, "needs tmux");
        var terminal = new Tmux(
            $"stty -g > '{folder.Path("before")}'; {environment}sh -c 'echo $$ > {folder.Path("pid")}; exec {Program} replay {trace}'; echo code $?; stty -g > '{folder.Path("after")}'; echo over; cat");
        terminal.WaitFor("crash here");
        terminal.WaitFor("F2 Events");
        return terminal;
    }

    private void AssertRestored(Tmux terminal, string ending)
    {
        terminal.WaitFor("over");
        Assert.Contains(ending, terminal.Screen);
        Assert.Equal("alternate 0 mouse 0", terminal.Modes);
        Assert.Equal(File.ReadAllText(folder.Path("before")), File.ReadAllText(folder.Path("after")));
    }
}
