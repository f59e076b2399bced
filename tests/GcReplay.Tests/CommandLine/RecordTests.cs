using GcReplay.Tests.House;
using GcReplay.Traces;
using GcReplay.Traces.Files;

namespace GcReplay.Tests.CommandLine;

public sealed class RecordTests : IDisposable
{
    private const string Survivor = "cpython39@7247407";

    private readonly ScratchFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void A_run_that_ends_well_leaves_a_whole_trace_and_exit_code_0()
    {
        var run = Record("--collector", "cpython39@gh-92036");
        Assert.Equal(ExitCode.Ok, run.ExitCode);
        Assert.Contains("the run ended without a crash", run.Output);
        using var trace = TraceReader.Open(folder.PathOf("a.gctrace"));
        Assert.Null(trace.Damage);
    }

    [Fact]
    public void Loops_around_nothing_take_no_time()
    {
        var program = folder.Write("empty.heap", "thread main {\n  loop 1000000000 { loop 1000000000 { } }\n}\n");
        Assert.Equal(ExitCode.Ok, CommandLineRun.Of("record", program, "-o", folder.PathOf("empty.gctrace")).ExitCode);
    }

    [Fact]
    public void A_device_as_output_is_bad_input_and_told_what_to_use_instead()
    {
        var run = CommandLineRun.Of("record", ScratchFolder.Bpo46070, "-o", "/dev/null");
        Assert.Equal(ExitCode.BadInput, run.ExitCode);
        Assert.Contains("--no-trace", run.Error);
    }

    [Fact]
    public void An_empty_name_of_an_output_is_bad_input()
    {
        var run = CommandLineRun.Of("record", ScratchFolder.Bpo46070, "-o", "");
        Assert.Equal(ExitCode.BadInput, run.ExitCode);
        Assert.Contains("the name of the trace is empty", run.Error);
    }

    [Fact]
    public void A_hazard_is_a_finding_though_the_run_goes_on()
    {
        var run = Record("--collector", Survivor, "--json");
        Assert.Equal(ExitCode.Finding, run.ExitCode);
        Assert.Equal("failure", (string?)run.Json["status"]);
        Assert.Equal("hazard", (string?)run.Json["failure"]!["kind"]);
        Assert.Equal(folder.PathOf("a.gctrace"), (string?)run.Json["trace"]);
        Assert.Equal(0UL, (ulong?)run.Json["seed"]);
    }

    [Fact]
    public void Stopping_at_the_first_hazard_ends_the_trace_there()
    {
        var whole = Record("--collector", Survivor, "--json").Json;
        var stopped = Record("--collector", Survivor, "--stop-on", "hazard", "--json").Json;
        Assert.Equal((long?)whole["failure"]!["event"], (long?)stopped["events"]);
        Assert.True((long?)stopped["events"] < (long?)whole["events"]);
    }

    [Fact]
    public void A_crash_says_what_happened_where_and_what_to_type_next()
    {
        var run = Record("--collector", Survivor, "--allocator", "guard");
        Assert.Equal(ExitCode.Finding, run.ExitCode);
        Assert.Contains("write to unmapped memory", run.Output);
        Assert.Contains("* main, interpreter main: in main, line 18: drop compile\n", run.Output);
        Assert.Contains(", not collecting\n", run.Output);
        Assert.Contains(": freed-named-by-live-link: #2 method 'compile'", run.Output);
        Assert.Contains("gcreplay explain " + folder.PathOf("a.gctrace"), run.Output);
    }

    [Fact]
    public void A_crash_in_a_script_of_a_collection_shows_every_thread_and_both_collections()
    {
        var program = Repository.PathOf("tests/GcReplay.Tests/Transcripts/nested.heap");
        var output = folder.PathOf("nested.gctrace");
        var run = CommandLineRun.Of("record", program, "--collector", Survivor, "--allocator", "guard", "-o", output);
        Assert.Contains(
            "  * main, interpreter other: in kill, line 41: drop compile\n        weakref-callback of #2.2 weakref 'inner watch', script kill\n        phase handle_weakrefs\n",
            run.Output);
        Assert.Contains("    worker, interpreter main: before its first statement\n    idle, interpreter main, daemon: before its first statement\n", run.Output);
        Assert.Contains("collecting generation 2, phase handle_weakrefs, in a script, thread main, since event ", run.Output);
        Assert.Contains("collecting generation 2, phase finalize_garbage, in a script, thread main, since event ", run.Output);

        var state = CommandLineRun.Of("record", program, "--collector", Survivor, "--allocator", "guard", "-o", output, "--json").Json["state"]!;
        Assert.Equal(9, state["threads"]![0]!["frames"]!.AsArray().Count);
        Assert.Equal("handle_weakrefs", (string)state["interpreters"]![0]!["collections"]![0]!["phase"]!);
    }

    [Theory]
    [InlineData("glibc")]
    [InlineData("guard")]
    public void The_first_corrupt_event_is_the_free_of_the_interpreters_struct(string allocator)
    {
        var first = Record("--collector", Survivor, "--allocator", allocator, "--json").Json["firstCorruption"]!;
        Assert.Equal("freed-named-by-live-link", (string?)first["code"]);
        Assert.Contains("Free interpreter sub's state", Replay($"goto {first["event"]}").Output);
    }

    [Fact]
    public void A_run_that_ends_before_the_dangling_link_is_used_is_a_violation_all_the_same()
    {
        var program = folder.Write("a.heap", """
            type method = plain
            globals compile
            thread main {
              interpreter sub
              enter sub
              compile = new method 1 "compile"
              enter main
              end sub
            }
            """);
        // The process ends with its globals still in place, as a real one does.
        var run = CommandLineRun.Of("record", program, "--collector", Survivor, "-o", folder.PathOf("a.gctrace"), "--json");
        Assert.Equal(ExitCode.Finding, run.ExitCode);
        Assert.Equal(("failure", "violation"), ((string?)run.Json["status"], (string?)run.Json["failure"]!["kind"]));
    }

    [Fact]
    public void Checking_while_it_runs_finds_what_checking_afterwards_finds()
    {
        var afterwards = Record("--collector", Survivor, "--json").Json;
        var during = Record("--collector", Survivor, "--json", "--check").Json;
        var stopped = Record("--collector", Survivor, "--json", "--stop-on", "violation").Json;
        Assert.Equal(afterwards.ToJsonString(), during.ToJsonString());
        Assert.Equal(afterwards["firstCorruption"]!.ToJsonString(), stopped["firstCorruption"]!.ToJsonString());
        Assert.Equal((long?)afterwards["firstCorruption"]!["event"], (long?)stopped["events"]);
    }

    [Fact]
    public void A_run_without_a_trace_finds_the_same_and_writes_nothing()
    {
        var recorded = Record("--collector", Survivor, "--json").Json;
        File.Delete(folder.PathOf("a.gctrace"));
        var bare = Record("--collector", Survivor, "--json", "--no-trace").Json;
        Assert.Equal(recorded["failure"]!.ToJsonString(), bare["failure"]!.ToJsonString());
        Assert.Null(bare["trace"]);
        Assert.Empty(folder.Names);
    }

    [Fact]
    public void A_trace_to_write_and_none_to_write_contradict_each_other()
    {
        var run = CommandLineRun.Of("record", ScratchFolder.Bpo46070, "--no-trace", "-o", folder.PathOf("a.gctrace"));
        Assert.Equal(ExitCode.BadInput, run.ExitCode);
        Assert.Contains("Leave one of them out", run.Error);
        Assert.Empty(folder.Names);
    }

    [Fact]
    public void A_seed_without_chaos_is_said_to_change_nothing() =>
        Assert.Contains("without --chaos every choice is its default", Record("--seed", "7").Error);

    [Fact]
    public void Chaos_prints_the_seed_it_drew_and_that_seed_repeats_the_bytes()
    {
        var run = Record("--chaos", "--json");
        var seed = (ulong)run.Json["seed"]!;
        Assert.Contains($"seed {seed}\n", run.Error);
        var first = File.ReadAllBytes(folder.PathOf("a.gctrace"));
        Record("--chaos", "--seed", seed.ToString());
        Assert.Equal(first, File.ReadAllBytes(folder.PathOf("a.gctrace")));
    }

    [Fact]
    public void A_cancelled_run_leaves_a_trace_that_is_marked_interrupted()
    {
        using var cancellation = new CancellationTokenSource();
        cancellation.Cancel();
        var path = folder.PathOf("a.gctrace");
        var run = CommandLineRun.CancelledBy(cancellation.Token, "record", ScratchFolder.Bpo46070, "-o", path, "--json");
        Assert.Equal(ExitCode.Cancelled, run.ExitCode);
        Assert.Equal("cancelled", (string?)run.Json["status"]);
        using var trace = TraceReader.Open(path);
        Assert.Equal(RunStatus.Cancelled, trace.Outcome!.Status);
        Assert.Contains("interrupted", trace.Damage);
        Assert.Contains("interrupted", CommandLineRun.Of("info", path).Output);
    }

    [Theory]
    [InlineData("--collector", "cpython40", "there is no collector 'cpython40'")]
    [InlineData("--collector", "cpython39@nope", "has no revision 'nope'")]
    [InlineData("--collector", "cpython39@", "has no revision ''")]
    [InlineData("--allocator", "glibd", "there is no allocator 'glibd'")]
    [InlineData("--set", "nonsense=1", "has no such parameter")]
    [InlineData("--set", "nonsense", "expected KEY=VALUE")]
    [InlineData("--seed", "x", "expected a number from 0 to 18446744073709551615")]
    [InlineData("--stop-on", "rain", "Must be one of")]
    public void A_wrong_option_is_told_before_anything_is_written(string option, string value, string expected)
    {
        var run = Record(option, value);
        Assert.Equal(ExitCode.BadInput, run.ExitCode);
        Assert.Contains(expected, run.Error);
        Assert.Empty(folder.Names);
    }

    [Fact]
    public void A_wrong_program_is_told_with_its_place_and_nothing_is_written()
    {
        var program = folder.Write("a.heap", "thread main {\n  g0 = nwe plain 1\n}\n");
        var run = CommandLineRun.Of("record", program, "-o", folder.PathOf("a.gctrace"), "--json");
        Assert.Equal(ExitCode.BadInput, run.ExitCode);
        Assert.StartsWith("a.heap:2:8: ", (string?)run.Json["message"]);
        Assert.Equal(["a.heap"], folder.Names);
    }

    [Fact]
    public void A_program_that_does_not_exist_is_bad_input()
    {
        var run = CommandLineRun.Of("record", folder.PathOf("none.heap"));
        Assert.Equal(ExitCode.BadInput, run.ExitCode);
        Assert.Contains("none.heap does not exist; expected a heap program (*.heap).", run.Error);
    }

    [Fact]
    public void An_output_that_can_not_be_written_is_bad_input()
    {
        var run = CommandLineRun.Of("record", ScratchFolder.Bpo46070, "-o", folder.PathOf("no/such/folder/a.gctrace"));
        Assert.Equal(ExitCode.BadInput, run.ExitCode);
        Assert.Contains("cannot write", run.Error);
    }

    [Fact]
    public void The_program_itself_is_never_overwritten_by_its_trace()
    {
        var program = folder.Write("a.heap", File.ReadAllText(ScratchFolder.Bpo46070));
        var run = CommandLineRun.Of("record", program, "-o", program);
        Assert.Equal(ExitCode.BadInput, run.ExitCode);
        Assert.Equal(File.ReadAllText(ScratchFolder.Bpo46070), File.ReadAllText(program));
    }

    private CommandLineRun Replay(string command) => CommandLineRun.Of("replay", folder.PathOf("a.gctrace"), "-x", command);

    private CommandLineRun Record(params string[] options) =>
        CommandLineRun.Of(["record", ScratchFolder.Bpo46070, .. options.Contains("--no-trace") ? [] : new[] { "-o", folder.PathOf("a.gctrace") }, .. options]);
}
