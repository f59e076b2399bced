using GcReplay.Debugging.Cutting;
using GcReplay.Heaps.Memory;
using GcReplay.Simulation.Recording;
using GcReplay.Tests.House;
using GcReplay.Traces.Files;

namespace GcReplay.Tests.CommandLine;

public sealed class TrimTests : IDisposable
{
    private static readonly string TwoBugs = Repository.PathOf("traces/two-bugs/two-bugs.gctrace");

    private readonly ScratchFolder folder = new();

    private string Window => folder.PathOf("window.gctrace");

    public void Dispose() => folder.Dispose();

    [Fact]
    public void A_window_is_whole_and_says_what_it_is_of()
    {
        Assert.Equal(ExitCode.Ok, Trim(60, 110).ExitCode);
        var json = CommandLineRun.Of("info", Window, "--json").Json;
        Assert.True((bool)json["whole"]!);
        Assert.Equal((60, 110, 118), ((int)json["firstEvent"]!, (int)json["events"]!, (int)json["recordedEvents"]!));
    }

    [Theory]
    [InlineData(1, 118)]
    [InlineData(2, 118)]
    [InlineData(60, 118)]
    [InlineData(90, 100)]
    [InlineData(118, 118)]
    [InlineData(1, 50)]
    public void Every_position_of_a_window_shows_what_the_whole_trace_shows_there(int from, int to)
    {
        Trim(from, to);
        foreach (var position in new[] { from - 1, from, (from + to) / 2, to }.Where(p => p > 0))
        {
            string[] looks = ["-x", $"goto {position}", "-x", "interpreters", "-x", "list main.generation0", "-x", "print #2", "-x", "stack"];
            Assert.Equal(Replay(TwoBugs, to, looks), Replay(Window, to, looks));
        }
    }

    [Theory]
    [InlineData("watch value position / 10")]
    [InlineData("watch value list(#2)")]
    [InlineData("break if position % 4 == 0 && owner(#2) != none")]
    [InlineData("break Allocate")]
    public void A_run_backwards_ends_where_the_window_begins_and_is_stopped_by_nothing_before(string stop)
    {
        Trim(60, 110);
        var continues = Enumerable.Repeat(new[] { "-x", "reverse-continue" }, 20).SelectMany(line => line).ToArray();

        var run = CommandLineRun.Of(["replay", Window, "-x", stop, "-x", "goto end", .. continues, "--json"]);

        Assert.True(run.ExitCode == ExitCode.Ok, run.Error);
        Assert.Equal(59, (int)run.Json["results"]!.AsArray()[^1]!["position"]!);
    }

    [Fact]
    public void A_window_steps_in_both_directions_and_ends_where_it_ends()
    {
        Trim(60, 110);
        string[] there = ["-x", "step 3", "-x", "next", "-x", "reverse-step 2", "-x", "when"];
        Assert.Equal(Replay(TwoBugs, 110, ["-x", "goto 59", .. there]), Replay(Window, 110, ["-x", "goto 59", .. there]));
        var back = CommandLineRun.Of("replay", Window, "-x", "step", "-x", "reverse-step 1000", "-x", "when", "--json").Json;
        Assert.Equal(59, (int)back["results"]!.AsArray()[^1]!["position"]!);
        var before = CommandLineRun.Of("replay", Window, "-x", "goto 20");
        Assert.Equal(ExitCode.BadInput, before.ExitCode);
        Assert.Contains("position 20 is before the window: this trace begins at position 59", before.Error);
    }

    [Fact]
    public void A_window_finds_the_corruption_in_it()
    {
        Trim(60, 110);
        Assert.Equal(Findings(TwoBugs), Findings(Window));
    }

    /// <summary>For every word that a window's first state holds, the writer is known as the whole trace knows it.</summary>
    [Theory]
    [InlineData(60)]
    [InlineData(90)]
    public void Who_wrote_leads_before_the_window(int from)
    {
        Trim(from, 118);
        foreach (var place in new[] { "#1.ob_refcnt", "#2.ob_refcnt", "#2._gc_next", "#1._gc_prev", "#2.ob_type" })
        {
            var whole = CommandLineRun.Of("replay", TwoBugs, "-x", $"goto {from - 1}", "-x", $"who-wrote {place}", "--json").Json["results"]!.AsArray()[^1]!;
            var window = CommandLineRun.Of("replay", Window, "-x", $"who-wrote {place}", "--json").Json["results"]!.AsArray()[^1]!;
            Assert.Equal((string)whole["value"]!, (string)window["value"]!);
            Assert.True((bool)window["beforeWindow"]!);
            Assert.Equal(EventNumber(whole), (long)window["event"]!["number"]!);
        }

        var told = CommandLineRun.Of("replay", Window, "-x", "who-wrote #1.ob_refcnt").Output;
        Assert.Contains("before the window: event 18  Allocate", told);
        Assert.Contains("main, line 10: task = new function 1 \"task\"", told);
    }

    /// <summary>Positions inside are reached through checkpoints that were taken of a state that was played, not run.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Every_checkpoint_of_a_window_holds_the_words_that_its_hash_is_of(bool isRedacted)
    {
        using (var whole = TraceReader.Open(LongTrace()))
            new TraceWindow(whole, 500, whole.EventCount, isRedacted ? PublishedNames.All : null, policy: new CheckpointPolicy(500, 0)).Write(Window);

        using var reader = TraceReader.Open(Window);
        Assert.InRange(reader.Checkpoints.Count, 3, 100);
        for (var i = 0; i < reader.Checkpoints.Count; i++)
        {
            var state = new AddressSpace();
            reader.LoadCheckpoint(i, state);
            Assert.Equal(state.Hash, state.ComputeHash());
        }
    }

    /// <summary>A state behind each block of a large heap would be many times what the events are.</summary>
    [Theory]
    [InlineData(2)]
    [InlineData(500)]
    public void Where_a_window_begins_does_not_say_how_often_states_are_saved_in_it(int from)
    {
        CommandLineRun.Of("trim", LongTrace(), "--from", $"{from}", "-o", Window);

        using var reader = TraceReader.Open(Window);
        Assert.Equal([from - 1L], reader.Checkpoints);
    }

    [Theory]
    [InlineData("barriers #1")]
    [InlineData("biography #2")]
    [InlineData("who-freed #1")]
    [InlineData("who-freed 0x600008")]
    [InlineData("who-wrote 0x600ff8")]
    public void An_answer_that_takes_all_events_says_that_these_are_a_window_s(string question)
    {
        Trim(60, 110);
        Assert.Contains("\n  this is a window: events 60-110 of 118 are in it, and the answer is about these\n", CommandLineRun.Of("replay", Window, "-x", question).Output);
        Assert.DoesNotContain("this is a window", CommandLineRun.Of("replay", TwoBugs, "-x", "goto 60", "-x", question).Output);
    }

    [Fact]
    public void A_window_can_be_cut_from_a_window()
    {
        Trim(40, 118);
        var smaller = folder.PathOf("smaller.gctrace");
        Assert.Equal(ExitCode.Ok, CommandLineRun.Of("trim", Window, "--from", "90", "--to", "110", "-o", smaller).ExitCode);
        var json = CommandLineRun.Of("info", smaller, "--json").Json;
        Assert.Equal((90, 110, 118), ((int)json["firstEvent"]!, (int)json["events"]!, (int)json["recordedEvents"]!));
        string[] look = ["-x", "goto 100", "-x", "interpreters"];
        Assert.Equal(Replay(TwoBugs, 110, look), Replay(smaller, 110, look));
        foreach (var place in new[] { "#1.ob_refcnt", "#2._gc_prev", "#2.ob_type" })
        {
            string[] who = ["-x", "goto 89", "-x", $"who-wrote {place}", "--json"];
            var (expected, found) = (CommandLineRun.Of(["replay", TwoBugs, .. who]).Json, CommandLineRun.Of(["replay", smaller, .. who]).Json);
            Assert.Equal(EventNumber(expected["results"]!.AsArray()[^1]!), EventNumber(found["results"]!.AsArray()[^1]!));
        }
    }

    [Fact]
    public void Verify_says_that_a_window_can_not_be_run_again()
    {
        Trim(60, 110);
        var run = CommandLineRun.Of("verify", Window);
        Assert.Equal(ExitCode.BadInput, run.ExitCode);
        Assert.Contains("is a window from position 59 on", run.Error);
    }

    [Theory]
    [InlineData(0, 10)]
    [InlineData(20, 10)]
    [InlineData(1, 119)]
    public void Events_that_are_not_there_are_named(int from, int to)
    {
        var run = Trim(from, to);
        Assert.Equal(ExitCode.BadInput, run.ExitCode);
        Assert.Contains("this trace has events 1 to 118", run.Error);
        Assert.Empty(folder.Names);
    }

    private static long EventNumber(System.Text.Json.Nodes.JsonNode result) =>
        (long)(result["event"]!["number"] ?? result["event"]!["event"] ?? result["event"]!["position"])!;

    private static string Findings(string trace) =>
        string.Join('\n', CommandLineRun.Of("check", trace, "--at", "110").Output.Split('\n').Where(line => line.StartsWith("event", StringComparison.Ordinal)));

    private CommandLineRun Trim(int from, int to) => CommandLineRun.Of("trim", TwoBugs, "--from", $"{from}", "--to", $"{to}", "-o", Window);

    /// <summary>Answers, without what tells how long the trace is.</summary>
    private static string Replay(string trace, int end, string[] commands)
    {
        var run = CommandLineRun.Of(["replay", trace, .. commands]);
        // Where an object is not born yet both say so, and end with the same code.
        return $"{run.ExitCode}\n{System.Text.RegularExpressions.Regex.Replace(run.Output, $"of (118|{end})(, [0-9]+%)?", "of N")}";
    }

    private string LongTrace()
    {
        var program = folder.Write("long.heap", """
            globals ring spare
            thread main {
              ring = new plain 100
              loop 3000 {
                spare = new plain 2
                store ring 7 spare
              }
            }
            """);
        CommandLineRun.Of("record", program, "-o", folder.PathOf("long.gctrace"));
        return folder.PathOf("long.gctrace");
    }
}
