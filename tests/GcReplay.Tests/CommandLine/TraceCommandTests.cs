using GcReplay.Tests.Traces;

namespace GcReplay.Tests.CommandLine;

/// <summary>replay, verify and check on a trace of bpo-46070.</summary>
public sealed class TraceCommandTests : IDisposable
{
    private readonly ScratchFolder folder = new();
    private readonly string trace;
    private readonly long events;
    private readonly long firstBad;

    public TraceCommandTests()
    {
        trace = folder.PathOf("a.gctrace");
        var recorded = CommandLineRun.Of(
            "record", ScratchFolder.Bpo46070, "--collector", "cpython39@7247407", "--allocator", "guard", "-o", trace, "--json").Json;
        events = (long)recorded["events"]!;
        firstBad = (long)recorded["firstCorruption"]!["event"]!;
    }

    public void Dispose() => folder.Dispose();

    [Fact]
    public void Commands_are_run_in_order_and_their_results_are_one_object()
    {
        var run = CommandLineRun.Of("replay", trace, "-x", "goto failure", "-x", "reverse-step", "--json");
        Assert.Equal(ExitCode.Ok, run.ExitCode);
        Assert.Equal("ok", (string?)run.Json["status"]);
        Assert.Equal(2, run.Json["results"]!.AsArray().Count);
        Assert.StartsWith($"event {events} of {events}", run.Error);
    }

    [Fact]
    public void A_script_runs_before_the_commands_given()
    {
        var script = folder.Write("a.script", "// to the cause\nfirst-bad\n");
        var run = CommandLineRun.Of("replay", trace, "-x", "step", "--script", script);
        Assert.Equal(ExitCode.Ok, run.ExitCode);
        Assert.StartsWith($"event {firstBad} of {events}", run.Output);
        Assert.Contains($"event {firstBad + 1} of {events}", run.Output);
    }

    [Fact]
    public void The_first_wrong_command_ends_a_batch_with_2()
    {
        var run = CommandLineRun.Of("replay", trace, "-x", "frist-bad", "-x", "when", "--json");
        Assert.Equal(ExitCode.BadInput, run.ExitCode);
        Assert.Equal("error", (string?)run.Json["status"]);
        Assert.Contains("frist-bad", (string?)run.Json["message"]);
        Assert.Empty(run.Json["results"]!.AsArray());
    }

    [Fact]
    public void A_script_that_does_not_exist_is_bad_input() =>
        Assert.Equal(ExitCode.BadInput, CommandLineRun.Of("replay", trace, "--script", folder.PathOf("none")).ExitCode);

    [Fact]
    public void A_recorded_crash_verifies()
    {
        var run = CommandLineRun.Of("verify", trace, "--json");
        Assert.Equal(ExitCode.Ok, run.ExitCode);
        Assert.Equal(("ok", events), ((string?)run.Json["status"], (long)run.Json["events"]!));
        Assert.Null(run.Json["failure"]);
    }

    [Fact]
    public void Check_reports_the_first_event_at_which_each_sanitizer_fails()
    {
        var run = CommandLineRun.Of("check", trace, "--json");
        Assert.Equal(ExitCode.Finding, run.ExitCode);
        Assert.Equal(firstBad, (long)run.Json["firstCorruption"]!["event"]!);
        Assert.Equal("violation", (string?)run.Json["failure"]!["kind"]);
        Assert.Equal(firstBad, (long)run.Json["findings"]!.AsArray()[0]!["event"]!);
    }

    [Fact]
    public void Check_up_to_the_event_before_finds_nothing()
    {
        var run = CommandLineRun.Of("check", trace, "--at", $"{firstBad - 1}");
        Assert.Equal(ExitCode.Ok, run.ExitCode);
        Assert.StartsWith($"holding up to event {firstBad - 1}:", run.Output);
    }

    [Theory]
    [InlineData("1000000")]
    [InlineData("-1")]
    public void Check_at_an_event_that_the_trace_has_not_is_bad_input(string at) =>
        Assert.Equal(ExitCode.BadInput, CommandLineRun.Of("check", trace, "--at", at).ExitCode);

    [Theory]
    [InlineData("replay")]
    [InlineData("verify")]
    [InlineData("check")]
    [InlineData("info")]
    public void A_trace_that_does_not_exist_is_bad_input(string verb)
    {
        var run = CommandLineRun.Of(verb, folder.PathOf("none.gctrace"), "--json");
        Assert.Equal(ExitCode.BadInput, run.ExitCode);
        Assert.Contains("none.gctrace does not exist", (string?)run.Json["message"]);
    }

    [Theory]
    [InlineData("replay", "-x", "when")]
    [InlineData("verify")]
    [InlineData("check")]
    public void A_trace_that_was_cut_is_said_to_be(string verb, params string[] options)
    {
        File.WriteAllBytes(trace, File.ReadAllBytes(trace)[..^40]);
        Assert.Contains(trace, CommandLineRun.Of([verb, trace, .. options]).Error);
    }

    /// <summary>What was recorded and can not be read was neither compared nor checked.</summary>
    [Theory]
    [InlineData("verify")]
    [InlineData("check")]
    public void A_trace_that_lost_events_is_no_success(string verb)
    {
        var program = folder.Write("long.heap", "globals a\nthread main {\n  loop 3000 {\n    a = new plain 2\n  }\n}\n");
        CommandLineRun.Of("record", program, "-o", trace);
        var bytes = File.ReadAllBytes(trace);
        var block = Forgery.Frames(bytes).FindLastIndex(frame => frame.Kind == 2);
        Assert.True(Forgery.Frames(bytes)[block].First > 1);
        bytes[Forgery.Offsets(bytes)[block] + 60] ^= 1;
        File.WriteAllBytes(trace, bytes);

        var run = CommandLineRun.Of(verb, trace, "--json");

        Assert.Equal((ExitCode.BadInput, "failure"), (run.ExitCode, (string?)run.Json["status"]));
        Assert.Contains("fails its checksum", (string?)run.Json["damage"]);
    }

    [Theory]
    [InlineData("1e3")]
    [InlineData("99999999999999999999")]
    public void A_number_that_is_none_is_told_in_words(string number)
    {
        var run = CommandLineRun.Of("check", trace, "--at", number);
        Assert.Equal(ExitCode.BadInput, run.ExitCode);
        Assert.Contains("expected a whole number that is not too large", run.Error);
        Assert.DoesNotContain("System.", run.Error);
    }

    [Fact]
    public void An_empty_name_is_told_as_such() =>
        Assert.Contains("the name of the trace is empty", CommandLineRun.Of("info", "").Error);
}
