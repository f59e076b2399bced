using GcReplay.Tests.House;
using GcReplay.Tests.Screen;

namespace GcReplay.Tests.Typing;

/// <summary>Line mode at a real terminal.</summary>
public sealed class TypedLinesTests
{
    [Fact]
    public void Tab_completes_up_recalls_and_control_d_ends()
    {
        Assert.SkipUnless(Tmux.IsThere, "needs tmux");
        using var terminal = Open();

        terminal.Press("g", "o", "t", "Tab");
        terminal.WaitFor("(gcreplay) goto");
        terminal.Press("Space", "f", "a", "Tab");
        terminal.WaitFor("(gcreplay) goto failure");
        terminal.Press("Enter");
        terminal.WaitFor("Crash write to");
        terminal.Press("w", "h", "e", "n", "Enter");
        terminal.WaitFor("position");
        terminal.Press("Up", "Up", "Enter");
        terminal.WaitFor("Crash write to", times: 2);
        terminal.Press("C-d");
        terminal.WaitFor("code 0");
    }

    [Fact]
    public void Control_c_takes_back_what_was_typed()
    {
        Assert.SkipUnless(Tmux.IsThere, "needs tmux");
        using var terminal = Open();

        terminal.Press("n", "o", "n", "s", "e", "n", "s", "e");
        terminal.WaitFor("(gcreplay) nonsense");
        terminal.Press("C-c", "w", "h", "e", "n", "Enter");
        terminal.WaitFor("position");

        Assert.DoesNotContain("there is no command", terminal.Screen);
    }

    private static Tmux Open()
    {
        var program = Path.Combine(AppContext.BaseDirectory, "gcreplay");
        var terminal = new Tmux($"'{program}' replay --plain '{Repository.PathOf("traces/bpo-46070/crash.gctrace")}'; echo code $?; cat");
        terminal.WaitFor("(gcreplay)");
        return terminal;
    }
}
