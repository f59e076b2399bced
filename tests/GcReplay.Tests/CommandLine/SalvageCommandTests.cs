using GcReplay.Heaps;
using GcReplay.Heaps.Memory;
using GcReplay.Simulation.Recording;
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

    /// <summary>A trace of several blocks with a state saved behind each, the second block of which is damaged.</summary>
    [Fact]
    public void What_lies_behind_a_damaged_block_opens_from_the_next_saved_state_on()
    {
        var whole = LongTrace();
        var bytes = File.ReadAllBytes(whole);
        var frame = Forgery.Frames(bytes).FindIndex(f => f.Kind == 2 && f.First > 1);
        bytes[Forgery.Offsets(bytes)[frame] + 60] ^= 1;
        var (damaged, rest) = (folder.PathOf("damaged.gctrace"), folder.PathOf("rest.gctrace"));
        File.WriteAllBytes(damaged, bytes);

        var info = CommandLineRun.Of("info", damaged, "--json").Json;
        var (lost, openable) = (info["lost"]![0]!, info["openable"]![0]!);
        Assert.Equal(((long)lost["last"]! + 1, (long)info["readable"]![1]!["last"]!), ((long)openable["first"]!, (long)openable["last"]!));
        var prefix = CommandLineRun.Of("salvage", damaged, "-o", folder.PathOf("prefix.gctrace"));
        Assert.Contains($"events {openable["first"]}-{openable["last"]} open as a window: gcreplay salvage {damaged} --behind {lost["last"]} -o FILE", prefix.Output);

        Assert.Equal(ExitCode.Ok, CommandLineRun.Of("salvage", damaged, "--behind", $"{lost["first"]}", "-o", rest).ExitCode);
        Assert.True((bool)CommandLineRun.Of("info", rest, "--json").Json["whole"]!);
        foreach (var position in new[] { (long)openable["first"]! + 77, (long)openable["first"]! + 20_000, (long)openable["last"]! })
        {
            string[] looks = ["-x", $"goto {position}", "-x", "print #1", "-x", "interpreters", "-x", "list main.generation0", "-x", "stack", "-x", "step 3", "-x", "rs 2"];
            Assert.Equal(Answers(whole, looks), Answers(rest, looks));
        }

        string[] object1 = ["-x", $"goto {openable["last"]}", "-x", "object #1", "--json"];
        var (before, after) = (CommandLineRun.Of(["replay", whole, .. object1]).Json, CommandLineRun.Of(["replay", rest, .. object1]).Json);
        Assert.Equal((long)before["results"]![1]!["birth"]!, (long)after["results"]![1]!["birth"]!);
        var born = CommandLineRun.Of("replay", rest, "-x", "print #1.slot[7]").Output.Split(' ')[2];
        Assert.Contains("[lost: the event was lost, and its number is not known]", CommandLineRun.Of("replay", rest, "-x", $"biography {born}").Output);

        // A word whose last writer was lost is not said to be written by an earlier one.
        var unknown = CommandLineRun.Of("replay", rest, "-x", "who-wrote #1.ob_type");
        Assert.Contains("no event up to", unknown.Output);
        Assert.Contains("this is a window", unknown.Output);
    }

    [Fact]
    public void Where_no_state_was_saved_behind_the_damage_it_says_so()
    {
        var run = CommandLineRun.Of("salvage", Cut(200), "--behind", "10", "-o", folder.PathOf("rest.gctrace"));
        Assert.Equal(ExitCode.BadInput, run.ExitCode);
        Assert.Contains("nothing behind event 10 opens. There is no saved state behind the damage.", run.Error);
        var whole = CommandLineRun.Of("salvage", Crash, "--behind", "10", "-o", folder.PathOf("rest.gctrace"));
        Assert.Contains("It is whole; to cut a window: gcreplay trim", whole.Error);
    }

    /// <summary>An earlier version wrote a window whose last checkpoint holds words of an earlier position.</summary>
    [Fact]
    public void A_checkpoint_with_other_words_than_its_hash_says_is_told_not_used_and_left_out()
    {
        var (window, saved) = (Repository.PathOf("traces/frozen/1.0/window.gctrace"), folder.PathOf("saved.gctrace"));
        Assert.Equal([110], CommandLineRun.Of("info", window, "--json").Json["wrongCheckpoints"]!.AsArray().Select(p => (int)p!));
        Assert.Contains("the checkpoint after event 110 holds other words", CommandLineRun.Of("info", window).Output);
        using (var trace = TraceReader.Open(window))
        {
            var e = Assert.Throws<GcReplayException>(() => trace.LoadCheckpoint(1, new AddressSpace()));
            Assert.Contains("holds other words than its state hash says", e.Message);
            trace.LoadCheckpoint(0, new AddressSpace());
        }

        Assert.Equal(ExitCode.Ok, CommandLineRun.Of("salvage", window, "-o", saved).ExitCode);
        var info = CommandLineRun.Of("info", saved, "--json").Json;
        Assert.True((bool)info["whole"]!);
        Assert.Equal((0, 1), (info["wrongCheckpoints"]!.AsArray().Count, (int)info["checkpoints"]!));
        Assert.Equal(ExitCode.Ok, CommandLineRun.Of("replay", saved, "-x", "goto end", "-x", "interpreters", "-x", "goto start").ExitCode);
    }

    [Fact]
    public void A_trace_with_more_behind_its_end_keeps_how_its_run_ended()
    {
        var (longer, saved) = (folder.PathOf("longer.gctrace"), folder.PathOf("saved.gctrace"));
        File.WriteAllBytes(longer, [.. File.ReadAllBytes(Crash), .. File.ReadAllBytes(Crash)]);
        var run = CommandLineRun.Of("salvage", longer, "-o", saved);
        Assert.Contains($"{saved} holds events 1-113, which are all that were recorded, and how the run ended", run.Output);
        Assert.Equal(File.ReadAllBytes(Crash), File.ReadAllBytes(saved));
    }

    [Fact]
    public void What_to_type_next_is_quoted_where_a_name_needs_it()
    {
        var (cut, saved) = (Cut(200), folder.PathOf("it's saved.gctrace"));
        var next = @$"'{saved.Replace("'", @"'\''", StringComparison.Ordinal)}'";
        Assert.Contains($"next: gcreplay replay {next}\n", CommandLineRun.Of("salvage", cut, "-o", saved).Output);
        Assert.Contains($"next: gcreplay replay {next}\n", CommandLineRun.Of("trim", Crash, "--from", "60", "-o", saved).Output);
        Assert.Contains($"gcreplay replay {next} -x \"goto", CommandLineRun.Of("check", saved).Output);
        Assert.Contains($"next: gcreplay replay {next}", CommandLineRun.Of("record", ScratchFolder.Bpo46070, "-o", saved).Output);
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

    /// <summary>What a killed salvage left is the likeliest file of that name.</summary>
    [Fact]
    public void A_trace_that_stands_where_the_new_one_is_written_until_it_is_whole_is_left_as_it_is()
    {
        var source = folder.PathOf("saved.gctrace.unfinished");
        File.Copy(Crash, source);
        var run = CommandLineRun.Of("salvage", source, "-o", folder.PathOf("saved.gctrace"));
        Assert.Equal(ExitCode.BadInput, run.ExitCode);
        Assert.Contains("is where", run.Error);
        Assert.Equal(File.ReadAllBytes(Crash), File.ReadAllBytes(source));
    }

    [Fact]
    public void A_file_of_somebody_else_that_is_called_unfinished_is_left_as_it_is()
    {
        var notes = folder.Write("saved.gctrace.unfinished", "notes");
        Assert.Equal(ExitCode.BadInput, CommandLineRun.Of("salvage", Crash, "-o", folder.PathOf("saved.gctrace")).ExitCode);
        Assert.Equal(["saved.gctrace.unfinished"], folder.Names);
        Assert.Equal("notes", File.ReadAllText(notes));
    }

    [Fact]
    public void A_trace_that_is_being_recorded_is_not_replaced()
    {
        var target = folder.PathOf("recorded.gctrace");
        using var recorder = new TraceWriter(target, Headers.Full);
        var run = CommandLineRun.Of("salvage", Crash, "-o", target);
        Assert.Equal(ExitCode.BadInput, run.ExitCode);
        Assert.Contains("is being written by another recorder", run.Error);
        Assert.False(File.Exists($"{target}.unfinished"));
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

    private static string Answers(string trace, string[] looks) =>
        System.Text.RegularExpressions.Regex.Replace(CommandLineRun.Of(["replay", trace, .. looks]).Output, ", [0-9]+%", "");

    private string LongTrace()
    {
        var program = """
            globals ring spare
            thread main {
              ring = new plain 100
              loop 5000 {
                spare = new plain 2
                store ring 7 spare
              }
            }
            """;
        var path = folder.PathOf("long.gctrace");
        var run = new PreparedRun(new RunOptions { ProgramName = "long.heap", ProgramText = program }, "0.1.0");
        using var writer = new TraceWriter(path, run.Header, CheckpointPolicy.EveryBlock);
        var result = run.Execute(writer);
        writer.Finish(result.ToOutcome(), result.Choices);
        return path;
    }

    private string Cut(int bytes)
    {
        File.WriteAllBytes(folder.PathOf("cut.gctrace"), File.ReadAllBytes(Crash)[..^bytes]);
        return folder.PathOf("cut.gctrace");
    }
}
