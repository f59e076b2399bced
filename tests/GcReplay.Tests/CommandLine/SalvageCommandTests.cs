using GcReplay.Tests.House;
using GcReplay.Tests.Traces;
using GcReplay.Traces.Files;

namespace GcReplay.Tests.CommandLine;

public sealed class SalvageCommandTests : IDisposable
{
    private static readonly string Crash = Repository.PathOf("traces/bpo-46070/crash.gctrace");

    private readonly ScratchFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void A_cut_trace_becomes_one_that_opens_steps_and_says_that_it_was_interrupted()
    {
        var (cut, saved) = (Cut(200), folder.PathOf("saved.gctrace"));
        var run = CommandLineRun.Of("salvage", cut, "-o", saved);
        Assert.Equal(ExitCode.Ok, run.ExitCode);
        Assert.Contains("lost: the outcome and the choices", run.Output);
        Assert.Contains($"next: gcreplay replay {saved}", run.Output);
        var replay = CommandLineRun.Of("replay", saved, "-x", "goto end", "-x", "object #2");
        Assert.Equal(ExitCode.Ok, replay.ExitCode);
        Assert.Contains("the recording was interrupted after event", replay.Error);
        Assert.Null((string?)CommandLineRun.Of("info", saved, "--json").Json["failure"]);
    }

    [Fact]
    public void A_flipped_bit_is_told_by_info_with_its_block_and_the_events_that_are_readable()
    {
        var bytes = File.ReadAllBytes(Crash);
        var block = Forgery.Offsets(bytes)[1];
        bytes[block + 60] ^= 4;
        File.WriteAllBytes(folder.PathOf("flipped.gctrace"), bytes);
        var json = CommandLineRun.Of("info", folder.PathOf("flipped.gctrace"), "--json").Json;
        Assert.False((bool)json["whole"]!);
        Assert.Equal(block, (long)json["damaged"]![0]!["offset"]!);
        Assert.StartsWith("block 1 at bytes", (string)json["damage"]!);
    }

    [Fact]
    public void A_whole_trace_is_said_to_be_whole()
    {
        var run = CommandLineRun.Of("salvage", Crash, "-o", folder.PathOf("copy.gctrace"));
        Assert.StartsWith("nothing is damaged in", run.Output);
        Assert.Equal(File.ReadAllBytes(Crash), File.ReadAllBytes(folder.PathOf("copy.gctrace")));
    }

    [Fact]
    public void The_damaged_trace_itself_is_not_written_over()
    {
        var run = CommandLineRun.Of("salvage", Crash, "-o", Crash);
        Assert.Equal(ExitCode.BadInput, run.ExitCode);
        Assert.Contains("is the damaged trace itself", run.Error);
    }

    [Fact]
    public void Nothing_is_left_beside_a_target_that_is_no_trace()
    {
        var target = folder.Write("notes.txt", "notes");
        Assert.Equal(ExitCode.BadInput, CommandLineRun.Of("salvage", Crash, "-o", target).ExitCode);
        Assert.Equal(["notes.txt"], folder.Names);
        Assert.Equal("notes", File.ReadAllText(target));
    }

    /// <summary>The end that salvage makes says of events and operations what the recorder would have said.</summary>
    [Fact]
    public void Events_operations_and_hash_of_what_can_be_read_are_those_of_the_recorder()
    {
        foreach (var trace in Repository.Files.Where(file => file.EndsWith(".gctrace", StringComparison.Ordinal) && !file.Contains("frozen", StringComparison.Ordinal)))
        {
            var survey = TraceSurvey.Read(Repository.PathOf(trace));
            var outcome = survey.Outcome!;
            Assert.Equal((outcome.Events, outcome.Operations, outcome.ContentHash), (survey.PrefixEvents, survey.PrefixOperations, survey.PrefixHash));
        }
    }

    private string Cut(int bytes)
    {
        File.WriteAllBytes(folder.PathOf("cut.gctrace"), File.ReadAllBytes(Crash)[..^bytes]);
        return folder.PathOf("cut.gctrace");
    }
}
