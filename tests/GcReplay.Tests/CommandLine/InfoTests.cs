using GcReplay.Tests.House;
using GcReplay.Tests.Traces;
using GcReplay.Traces;
using GcReplay.Traces.Files;
using GcReplay.Tests.Stories;

namespace GcReplay.Tests.CommandLine;

public sealed class InfoTests : IDisposable
{
    private readonly ScratchFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void A_trace_tells_its_program_collector_and_end()
    {
        CommandLineRun.Of("record", ScratchFolder.Bpo46070, "--collector", "cpython39@7247407", "--allocator", "guard", "-o", folder.PathOf("a.gctrace"));
        var run = CommandLineRun.Of("info", folder.PathOf("a.gctrace"));
        Assert.Equal(ExitCode.Ok, run.ExitCode);
        Assert.Contains("program       bpo-46070.heap", run.Output);
        Assert.Contains("collector     cpython39@7247407", run.Output);
        Assert.Contains("ended         crash at event", run.Output);
        Assert.DoesNotContain("damage", run.Output);
    }

    /// <summary>The command is what a user copies: no shell is needed to read it, and the program lies beside the trace.</summary>
    [Theory]
    [MemberData(nameof(GalleryTests.Traces), MemberType = typeof(GalleryTests))]
    public void The_command_to_repeat_records_the_same_run(string trace)
    {
        var info = CommandLineRun.Of("info", Repository.PathOf(trace), "--json").Json;
        var command = $"{info["repeat"]}".Split(' ');
        Assert.Equal(["gcreplay", "record", $"{info["program"]}"], command[..3]);
        Assert.Contains($"to repeat     {info["repeat"]}\n", CommandLineRun.Of("info", Repository.PathOf(trace)).Output);
        var program = Path.Combine(Path.GetDirectoryName(Repository.PathOf(trace))!, command[2]);

        CommandLineRun.Of(["record", program, .. command[3..], "-o", folder.PathOf("again.gctrace")]);

        var again = CommandLineRun.Of("info", folder.PathOf("again.gctrace"), "--json").Json;
        Assert.Equal((string)info["contentHash"]!, (string)again["contentHash"]!);
        Assert.Equal($"{info["repeat"]}", $"{again["repeat"]}");
    }

    /// <summary>A command is there to be copied into a shell, and names are whatever the trace's author liked.</summary>
    [Theory]
    [InlineData("my program.heap", "'my program.heap'")]
    [InlineData("a.heap; touch gotcha", "'a.heap; touch gotcha'")]
    [InlineData("$(touch gotcha)'.heap", @"'$(touch gotcha)'\''.heap'")]
    [InlineData("--chaos.heap", "./--chaos.heap")]
    public void The_command_to_repeat_is_one_command_whatever_the_program_is_called(string name, string word)
    {
        var trace = folder.PathOf("named.gctrace");
        using (var writer = new TraceWriter(trace, Headers.Full with { ProgramName = name, PlugIn = new PlugInNote("p.dll", "1", "") }))
            writer.Finish(Runs.Outcome(0) with { Failure = null }, []);
        Assert.StartsWith($"gcreplay record {word} --collector ", (string)CommandLineRun.Of("info", trace, "--json").Json["repeat"]!);
    }

    [Fact]
    public void The_seed_is_told_also_where_nothing_was_drawn_from_it()
    {
        CommandLineRun.Of("record", ScratchFolder.Bpo46070, "--seed", "77", "-o", folder.PathOf("a.gctrace"));
        Assert.Contains("choices       defaults, seed 77 unused\n", CommandLineRun.Of("info", folder.PathOf("a.gctrace")).Output);
    }

    [Fact]
    public void A_run_of_another_program_s_collector_can_not_be_repeated()
    {
        var run = CommandLineRun.Of("info", Repository.PathOf("traces/frozen/1.0/foreign.gctrace"));
        Assert.Contains("to repeat     not with this gcreplay: it has no collector toy@1", run.Output);
    }

    [Fact]
    public void A_trace_that_was_cut_says_so()
    {
        var path = folder.PathOf("a.gctrace");
        CommandLineRun.Of("record", ScratchFolder.Bpo46070, "-o", path);
        var bytes = File.ReadAllBytes(path);
        File.WriteAllBytes(path, bytes[..^40]);
        Assert.NotNull((string?)CommandLineRun.Of("info", path, "--json").Json["damage"]);
    }

    [Fact]
    public void A_file_that_is_no_trace_is_bad_input()
    {
        var run = CommandLineRun.Of("info", ScratchFolder.Bpo46070);
        Assert.Equal(ExitCode.BadInput, run.ExitCode);
        Assert.Contains("is no trace", run.Error);
    }
}
