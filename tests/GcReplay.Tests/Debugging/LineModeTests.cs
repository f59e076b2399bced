using GcReplay.Debugging;
using GcReplay.Debugging.Commands;
using GcReplay.Debugging.Timelines;

namespace GcReplay.Tests.Debugging;

public sealed class LineModeTests : IDisposable
{
    private readonly StringWriter output = new();
    private readonly StringWriter error = new();
    private readonly Debugger debugger = new(HandMadeStories.SmallRun());
    private readonly LineMode lines;

    public LineModeTests() => lines = new LineMode(debugger, output, error);

    public void Dispose()
    {
        output.Dispose();
        error.Dispose();
    }

    [Fact]
    public void A_script_ends_at_its_first_error_with_exit_code_2()
    {
        var code = lines.RunScript("// to the middle\n\ngoto 14\nfly\ngoto 2\n", "ask.txt");

        Assert.Equal((2, 14L), (code, debugger.Timeline.Position));
        Assert.StartsWith("ask.txt, line 4: there is no command 'fly'", error.ToString(), StringComparison.Ordinal);
        Assert.StartsWith("event 14 of 29", output.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_typed_session_goes_on_after_an_error_and_has_a_prompt()
    {
        var code = lines.RunInput(new StringReader("fly\nstep 2\n\nquit\nstep\n"), isInteractive: true);

        Assert.Equal((0, 4L), (code, debugger.Timeline.Position));
        Assert.StartsWith("(gcreplay) there is no command 'fly'", output.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_pipe_gets_no_prompt()
    {
        lines.RunInput(new StringReader("when\n"), isInteractive: false);

        Assert.StartsWith("position   0 of 29", output.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_cancelled_command_says_where_the_session_stands()
    {
        using var cancel = new CancellationTokenSource();
        cancel.Cancel();
        lines.Watch = () => new Progress(cancel.Token);

        var code = lines.RunCommands(["goto end"]);

        Assert.Equal(130, code);
        Assert.Contains("cancelled at position 0 of 29", error.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Ten_thousand_commands_leave_the_session_where_they_say()
    {
        var commands = Enumerable.Range(0, 10_000).Select(i => i % 2 == 0 ? "goto 14" : "s");

        Assert.Equal(0, lines.RunCommands(commands));
        Assert.Equal((15L, 10_000), (debugger.Timeline.Position, lines.Results.Count));
    }

    [Fact]
    public void A_long_session_keeps_nothing_of_what_it_answered()
    {
        var session = new LineMode(debugger, output, error) { KeepsResults = false };

        session.RunCommands(Enumerable.Range(0, 10_000).Select(i => (i % 4) switch { 0 => "goto 14", 1 => "s", 2 => "print #1.slot0", _ => "back" }));

        Assert.Empty(session.Results);
        Assert.InRange(debugger.Visits.Behind, 1, Visits.Most);
    }

    [Fact]
    public void Every_command_has_help_with_an_example_that_starts_with_its_name()
    {
        Assert.All(debugger.Commands.All, command =>
        {
            var help = debugger.Execute($"help {command.Name}").Lines;
            Assert.StartsWith(command.Name, command.Usage, StringComparison.Ordinal);
            Assert.Contains(command.Example.Split(' ')[0], command.Aliases.Append(command.Name));
            Assert.Contains(help, line => line.EndsWith(command.Example, StringComparison.Ordinal));
        });
    }
}
