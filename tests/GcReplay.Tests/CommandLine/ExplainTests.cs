using GcReplay.Debugging;
using GcReplay.Debugging.Explaining;
using GcReplay.Debugging.Timelines;
using GcReplay.Heaps.Events;
using GcReplay.Heaps.Memory;
using GcReplay.Tests.Debugging;
using GcReplay.Tests.House;
using GcReplay.Traces;
using GcReplay.Traces.Files;

namespace GcReplay.Tests.CommandLine;

public sealed class ExplainTests : IDisposable
{
    private const string Secret = "Xyzzy42";

    /// <summary>A program whose every name is a secret, and that crashes where bpo-46070 does.</summary>
    private const string Secrets = $$"""
        # {{Secret}} in a comment
        type {{Secret}}t = plain
        globals {{Secret}}g
        thread main {
          interpreter {{Secret}}i
          enter {{Secret}}i
          {{Secret}}g = new {{Secret}}t 2 "{{Secret}}"
          store {{Secret}}g 0 {{Secret}}g
          clear {{Secret}}g 0
          enter main
          end {{Secret}}i
          spawn {{Secret}}w
          join {{Secret}}w
          drop {{Secret}}g
        }
        thread {{Secret}}w {
          push = new plain 0 "{{Secret}}"
          drop f0
        }
        """;

    private readonly ScratchFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData("traces/bpo-46070/crash.gctrace")]
    [InlineData("traces/bpo-46070/silent.gctrace")]
    [InlineData("traces/gh-116510/second.gctrace")]
    [InlineData("traces/gh-92036/crash.gctrace")]
    [InlineData("traces/two-bugs/two-bugs.gctrace")]
    [InlineData("traces/pypy-2c891735f94/lost.gctrace")]
    [InlineData("traces/pypy-345aaf9970e/lost.gctrace")]
    [InlineData("traces/pypy-3fb1b086ef5/cards.gctrace")]
    [InlineData("traces/pypy-78bbeb93471/lost.gctrace")]
    [InlineData("traces/pypy-853ec5c72eb/false-alarm.gctrace")]
    [InlineData("traces/pypy-96a224bd967/stale.gctrace")]
    [InlineData("traces/pypy-copy-chain/lost.gctrace")]
    public void A_redacted_trace_is_explained_with_the_same_events(string trace)
    {
        using var whole = TraceReader.Open(Repository.PathOf(trace));
        using var redacted = new CutTrace(trace, isRedacted: true);

        var (expected, actual) = (Explainer.Of(new Debugger(whole)), Explainer.Of(new Debugger(redacted.Reader)));

        Assert.Equal(expected.Cause!.Event, actual.Cause!.Event);
        Assert.Equal(expected.Chain.Select(l => (l.Event, l.Role)), actual.Chain.Select(l => (l.Event, l.Role)));
        Assert.DoesNotContain("interpreter interpreter", string.Join('\n', actual.Chain.Select(l => l.Message).Append(actual.Summary)));
    }

    [Fact]
    public void Nothing_that_was_redacted_is_told()
    {
        var trace = folder.PathOf("whole.gctrace");
        var redacted = folder.PathOf("redacted.gctrace");
        Assert.Equal(ExitCode.Finding, CommandLineRun.Of("record", folder.Write($"{Secret}.heap", Secrets), "--collector", "cpython39@gh-94673", "-o", trace).ExitCode);
        Assert.Contains(Secret, CommandLineRun.Of("explain", trace).Output);
        Assert.Equal(ExitCode.Ok, CommandLineRun.Of("trim", trace, "--redact", "-o", redacted).ExitCode);

        CommandLineRun[] runs =
        [
            CommandLineRun.Of("explain", redacted),
            CommandLineRun.Of("explain", redacted, "--json"),
            CommandLineRun.Of("known", redacted),
            CommandLineRun.Of("known", redacted, "--json"),
            CommandLineRun.Of(["replay", redacted, .. Questions("goto failure", "explain", "first-bad", "why-alive #1", "why-freed #2", "path #1", "referrers #1", "biography #1", "barriers #1", "why #1._gc_next", "why g0", "why g0.slot0", "interpreters", "threads")]),
        ];

        Assert.Equal(ExitCode.Ok, runs[^1].ExitCode);
        foreach (var run in runs)
            Assert.DoesNotContain(Secret, run.Output + run.Error);
    }

    [Fact]
    public void The_failure_of_a_redacted_trace_is_told_by_its_event()
    {
        using var redacted = new CutTrace("traces/bpo-46070/crash.gctrace", isRedacted: true);

        Assert.StartsWith("crash: write to 0x7ffff6f440c8", Explainer.Of(new Debugger(redacted.Reader)).Chain[0].Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_window_in_front_of_the_failure_does_not_tell_that_nothing_went_wrong()
    {
        using var cut = new CutTrace("traces/bpo-46070/crash.gctrace", to: 90);

        var run = CommandLineRun.Of("explain", cut.Path, "--json");

        Assert.StartsWith("Nothing went wrong up to event 90, where this trace ends", (string)run.Json["summary"]!, StringComparison.Ordinal);
        Assert.Equal(ExitCode.Ok, run.ExitCode);
    }

    [Fact]
    public void A_window_that_begins_later_does_not_speak_of_what_came_before()
    {
        using var cut = new CutTrace("traces/gh-116510/fixed.gctrace", from: 40);

        Assert.StartsWith("Nothing went wrong from event 40 on, where this trace begins", Explainer.Of(new Debugger(cut.Reader)).Summary, StringComparison.Ordinal);
    }

    [Fact]
    public void Of_a_recording_that_was_interrupted_it_is_told_after_which_event_and_that_all_held_by_then()
    {
        var path = folder.PathOf("interrupted.gctrace");
        using (var cancellation = new CancellationTokenSource())
        {
            cancellation.Cancel();
            Assert.Equal(ExitCode.Cancelled, CommandLineRun.CancelledBy(cancellation.Token, "record", ScratchFolder.Bpo46070, "-o", path).ExitCode);
        }

        Interrupted(path);
    }

    [Fact]
    public void Of_a_recorder_that_was_killed_it_is_told_after_which_event()
    {
        var (path, saved) = (folder.PathOf("killed.gctrace"), folder.PathOf("saved.gctrace"));
        using (var whole = TraceReader.Open(Repository.PathOf("traces/gh-116510/fixed.gctrace")))
        using (var writer = new TraceWriter(path, whole.Header))
        {
            var (timeline, block) = (new Timeline(whole), whole.ReadBlock(0));
            timeline.MoveTo(block.LastEvent);
            writer.Take(block, timeline.Space);
        }

        Interrupted(path);
        Assert.Equal(ExitCode.Ok, CommandLineRun.Of("salvage", path, "-o", saved).ExitCode);
        Interrupted(saved);
    }

    private static void Interrupted(string path)
    {
        var run = CommandLineRun.Of("explain", path, "--json");

        Assert.StartsWith($"The recording was interrupted after event {run.Json["events"]}, and nothing had gone wrong by then: every sanitizer holds", (string)run.Json["summary"]!, StringComparison.Ordinal);
        Assert.Equal("cancelled", (string)run.Json["status"]!);
        Assert.Equal(ExitCode.Ok, run.ExitCode);
        var check = CommandLineRun.Of("check", path, "--json");
        Assert.Equal((ExitCode.Ok, "cancelled"), (check.ExitCode, (string)check.Json["status"]!));
    }

    [Fact]
    public void What_was_corrupt_when_a_recording_was_interrupted_is_a_finding_that_nothing_had_noticed()
    {
        using var whole = TraceReader.Open(Repository.PathOf("traces/bpo-46070/crash.gctrace"));
        var trace = new MemoryTrace(whole.Header);
        var (timeline, block) = (new Timeline(whole), new EventBlock(100) { FirstEvent = 1 });
        timeline.MoveTo(100);
        foreach (var number in Enumerable.Range(1, 100))
        {
            var e = whole.ReadBlock(0);
            block.Add(e[number - 1]);
            for (var change = e.ChangeStart(number - 1); change < e.ChangeEnds[number - 1]; change++)
                block.AddChange(new Address(e.ChangeAddresses[change]), e.ChangeXors[change]);
        }

        trace.Take(block, timeline.Space);
        trace.Finish(whole.Outcome! with { Status = RunStatus.Cancelled, Events = 100, Failure = null }, []);

        var explanation = Explainer.Of(new Debugger(trace));

        Assert.Equal(97, explanation.Cause!.Event);
        Assert.EndsWith("Nothing had noticed when the recording was interrupted after event 100; the heap is corrupt after event 97.", explanation.Summary, StringComparison.Ordinal);
    }

    [Fact]
    public void A_failure_that_comes_from_elsewhere_is_not_laid_at_the_door_of_the_first_corrupt_event()
    {
        using var trace = TraceReader.Open(Repository.PathOf("traces/two-bugs/two-bugs.gctrace"));

        var explanation = Explainer.Of(new Debugger(trace));

        Assert.Equal(95, explanation.Cause!.Event);
        Assert.Contains("The run crashed at event 118, in line 18 (drop task), and no link between the two is known: event 111 had taken #1 function 'task'", explanation.Summary, StringComparison.Ordinal);
        Assert.Contains(explanation.Chain, l => l is { Event: 111, Role: ChainRole.Evidence });
    }

    [Theory]
    [InlineData("traces/bpo-46070/crash.gctrace")]
    [InlineData("traces/bpo-46070/list-order.gctrace")]
    [InlineData("traces/gh-116510/position.gctrace")]
    [InlineData("traces/gh-116510/second.gctrace")]
    [InlineData("traces/pypy-2c891735f94/lost.gctrace")]
    public void A_failure_that_comes_from_the_first_corrupt_event_is_not_called_another_matter(string path)
    {
        using var trace = TraceReader.Open(Repository.PathOf(path));

        var explanation = Explainer.Of(new Debugger(trace));

        Assert.NotNull(explanation.Corruption);
        Assert.DoesNotContain("link between the two", explanation.Summary, StringComparison.Ordinal);
        Assert.DoesNotContain("another matter", explanation.Summary, StringComparison.Ordinal);
    }

    [Fact]
    public void A_window_that_ends_at_the_cause_does_not_tell_that_nothing_noticed()
    {
        using var cut = new CutTrace("traces/bpo-46070/crash.gctrace", 97, 97);

        Assert.Contains("How the run went on is not in this trace", Explainer.Of(new Debugger(cut.Reader)).Summary);
    }

    [Fact]
    public void A_window_that_begins_behind_the_cause_says_so()
    {
        using var cut = new CutTrace("traces/bpo-46070/crash.gctrace", 98);

        Assert.Contains("what led to it lies in front of this window", Explainer.Of(new Debugger(cut.Reader)).Summary);
    }

    [Fact]
    public void A_trace_of_which_no_event_can_be_read_is_bad_input()
    {
        var bytes = File.ReadAllBytes(Repository.PathOf("traces/pypy-78bbeb93471/lost.gctrace"));
        File.WriteAllBytes(folder.PathOf("cut.gctrace"), bytes[..9000]);

        var explained = CommandLineRun.Of("explain", folder.PathOf("cut.gctrace"), "--json");
        var known = CommandLineRun.Of("known", folder.PathOf("cut.gctrace"));

        Assert.Equal(ExitCode.BadInput, explained.ExitCode);
        Assert.Contains("Nothing is known of this run", (string)explained.Json["summary"]!);
        Assert.Equal("failure", (string)explained.Json["status"]!);
        Assert.Equal(ExitCode.BadInput, known.ExitCode);
        Assert.Contains("nothing went wrong in what can be read of this trace", known.Output);
    }

    [Fact]
    public void A_sentence_that_begins_with_a_name_keeps_it_as_it_is()
    {
        Assert.Equal("Black #1 refers", Telling.Capital("black #1 refers"));
        Assert.Equal("g3 holds a reference", Telling.Capital("g3 holds a reference"));
        Assert.Equal("main.frame[0] holds", Telling.Capital("main.frame[0] holds"));
        Assert.Equal("#1 was freed", Telling.Capital("#1 was freed"));
    }

    private static IEnumerable<string> Questions(params string[] lines) => lines.SelectMany(line => new[] { "-x", line });
}
