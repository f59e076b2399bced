using System.Text.Json.Nodes;
using GcReplay.Heaps;

namespace GcReplay.Tests.CommandLine;

public sealed class AppTests
{
    [Fact]
    public void No_arguments_are_bad_input_and_name_the_help()
    {
        var run = CommandLineRun.Of();
        Assert.Equal((ExitCode.BadInput, ""), (run.ExitCode, run.Output));
        Assert.Equal("gcreplay: expected a command. To see them all: gcreplay --help\n", run.Error);
    }

    [Fact]
    public void An_unknown_verb_is_named_and_is_bad_input()
    {
        var run = CommandLineRun.Of("recrod", "a.heap");
        Assert.Equal((ExitCode.BadInput, ""), (run.ExitCode, run.Output));
        Assert.Contains("'recrod'", run.Error);
    }

    [Fact]
    public void With_json_a_wrong_command_line_is_still_one_object()
    {
        var run = CommandLineRun.Of("recrod", "--json");
        Assert.Equal(ExitCode.BadInput, run.ExitCode);
        Assert.Equal("error", (string?)run.Json["status"]);
        Assert.Contains("recrod", (string?)run.Json["message"]);
    }

    [Theory]
    [MemberData(nameof(Helps))]
    public void Every_help_fits_80_columns_and_40_lines(string verb)
    {
        var run = CommandLineRun.Of(verb == "" ? ["--help"] : [verb, "--help"]);
        var lines = run.Output.TrimEnd().Split('\n');
        Assert.Equal(ExitCode.Ok, run.ExitCode);
        Assert.True(lines.Length <= 40, $"{lines.Length} lines");
        Assert.All(lines, line => Assert.True(line.Length <= 80, line));
    }

    [Fact]
    public void The_version_is_that_of_the_package() => Assert.Equal("0.1.0\n", CommandLineRun.Of("--version").Output);

    [Fact]
    public void Wrong_input_is_told_without_a_stack_trace()
    {
        var run = CommandLineRun.OfVerb(_ => throw new GcReplayException("a.heap:3:1: expected a word"), CancellationToken.None, "act");
        Assert.Equal(new CommandLineRun(ExitCode.BadInput, "", "gcreplay: a.heap:3:1: expected a word\n"), run);
    }

    [Fact]
    public void A_broken_assumption_is_told_as_our_own_defect()
    {
        var run = CommandLineRun.OfVerb(_ => throw new BrokenAssumptionException("two heads"), CancellationToken.None, "act");
        Assert.Equal(ExitCode.Defect, run.ExitCode);
        Assert.Contains("this is a defect of GcReplay 0.1.0: BrokenAssumptionException: two heads\n", run.Error);
        Assert.DoesNotContain(" at GcReplay.", run.Error);
    }

    [Fact]
    public void A_cancelled_command_ends_with_130()
    {
        using var cancellation = new CancellationTokenSource();
        cancellation.Cancel();
        var run = CommandLineRun.OfVerb(Cancelled, cancellation.Token, "act", "--json");
        Assert.Equal(ExitCode.Cancelled, run.ExitCode);
        Assert.Equal("cancelled", (string?)run.Json["status"]);
    }

    [Fact]
    public void A_command_that_fails_after_its_result_still_prints_one_object()
    {
        var run = CommandLineRun.OfVerb(
            console =>
            {
                console.Result(new JsonObject { ["status"] = "ok" });
                throw new GcReplayException("too late");
            },
            CancellationToken.None, "act", "--json");
        Assert.Equal((ExitCode.BadInput, "{\"status\":\"ok\"}\n"), (run.ExitCode, run.Output));
    }

    public static TheoryData<string> Helps() =>
        ["", .. Commands.CommandTable.All(new Output.CommandConsole(TextWriter.Null, TextWriter.Null, false, default)).Select(c => c.Name)];

    private static int Cancelled(Output.CommandConsole console)
    {
        console.Cancellation.ThrowIfCancellationRequested();
        return ExitCode.Ok;
    }
}
