using GcReplay.Debugging.Timelines;
using GcReplay.Heaps.Events;
using GcReplay.Simulation.Recording;
using GcReplay.Traces.Files;

namespace GcReplay.Tests.Contracts;

/// <summary>The contracts of determinism and playback where scripts, threads, daemon threads and interpreters meet: threads switch inside
/// finalizers and callbacks.</summary>
public sealed class ScriptContractTests
{
    /// <summary>The collector that has scripts, with every revision and allocator of the suite.</summary>
    public static TheoryData<string, string> WithScripts =>
        new(Machines.All.Select(row => row.Data).Where(machine => machine.Item1.StartsWith("cpython39", StringComparison.Ordinal)));

    private const string Busy = """
        globals shared kept ring watch out
        thread main {
          interpreter sub
          spawn worker
          daemon lazy
          threshold 5 2 2
          loop 4 {
            ring = new fin 2 "ring" bury
            store ring 0 ring
            watch = weakref ring "watch" mourn
            push = tuple ring watch
            store ring 1 f0
            drop f0
            drop ring
            kept = new fin 1 "kept" rise
            drop kept
            choose { collect full } or { collect minor }
          }
          enter sub
          shared = new plain 2 "of sub"
          push = new fin 1 bury
          store shared 0 f0
          drop f0
          enter main
          join worker
          end sub
          drop shared
          collect full
        }
        thread worker {
          enter sub
          loop 6 {
            push = new fin 1 "worker's" bury
            store f0 0 shared
            drop f0
            collect minor
          }
        }
        thread lazy {
          loop 40 {
            push = dict
            dictset f0 1 kept
            dictset f0 2 shared
            drop f0
          }
        }
        script bury {
          out = new plain 1 "grave"
          store out 0 self
          collect minor
          clear out 0
          drop out
        }
        script rise {
          kept = copy self
          loop 2 { out = new leaf 1 "feather" }
        }
        script mourn {
          push = new leaf 1 "ash"
          drop f0
          collect full
        }
        """;

    [Theory]
    [MemberData(nameof(WithScripts))]
    public void Recording_changes_no_state(string collector, string allocator)
    {
        var options = Options(collector, allocator, 7);

        var unrecorded = TestRun.Of(options, keepsHashes: true);
        var recorded = TestRun.Of(options, new EventList(), keepsHashes: true);

        Assert.Equal(unrecorded.Hashes, recorded.Hashes);
    }

    [Theory]
    [MemberData(nameof(WithScripts))]
    public void A_run_that_forgets_everything_whenever_nothing_is_under_way_is_the_same_run(string collector, string allocator)
    {
        foreach (var seed in (ulong[])[1, 2, 3])
        {
            var options = Options(collector, allocator, seed);
            var remembering = new EventList();
            var forgetting = new EventList();

            TestRun.Of(options, remembering);
            TestRun.Of(options, forgetting, forgets: true);

            Assert.Equal(remembering.Lines, forgetting.Lines);
        }
    }

    [Theory]
    [MemberData(nameof(WithScripts))]
    public void Every_event_plays_back_to_the_state_it_had(string collector, string allocator)
    {
        var options = Options(collector, allocator, 4);
        var trace = new MemoryTrace(new PreparedRun(options, "test").Header);
        var run = TestRun.Of(options, trace, keepsHashes: true);
        trace.Finish(run.Result.ToOutcome(), run.Result.Choices);
        var timeline = new Timeline(trace);

        var forwards = Enumerable.Range(1, run.Hashes.Count).ToList();
        Assert.All(forwards.Concat(Enumerable.Reverse(forwards)), position =>
        {
            timeline.MoveTo(position);
            Assert.Equal(run.Hashes[position - 1], timeline.Space.Hash);
        });
    }

    /// <summary>A statement that waits runs again under the same address, while other numbers of threads can run.</summary>
    [Fact]
    public void Recorded_choices_repeat_runs_whose_statements_wait_more_than_once()
    {
        const string program = """
            thread main {
              interpreter sub
              enter sub
              spawn a
              spawn b
              enter main
              spawn c
              end sub
              join c
            }
            thread a { loop 4 { push = new plain 1 } }
            thread b { loop 5 { push = new plain 1 } }
            thread c { loop 6 { push = new plain 1 } }
            """;

        Assert.All(Enumerable.Range(1, 40), seed =>
        {
            var options = TestRun.Options(program) with { IsChaos = true, Seed = (ulong)seed };
            var trace = new MemoryTrace(new PreparedRun(options, "test").Header);
            var run = TestRun.Of(options, trace);
            trace.Finish(run.Result.ToOutcome(), run.Result.Choices);
            Assert.Null(Reexecution.Verify(trace).Divergence);
        });
    }

    [Fact]
    public void Recorded_choices_repeat_runs_whose_threads_are_started_again()
    {
        const string program = """
            thread main { loop 6 {
              spawn w0
              spawn w1
            } }
            thread w0 {
              push = new plain 0
              push = new plain 0
            }
            thread w1 { spawn w0 }
            """;

        Assert.All(Enumerable.Range(1, 20), seed =>
        {
            var options = TestRun.Options(program) with { IsChaos = true, Seed = (ulong)seed };
            var trace = new MemoryTrace(new PreparedRun(options, "test").Header);
            var run = TestRun.Of(options, trace);
            trace.Finish(run.Result.ToOutcome(), run.Result.Choices);
            Assert.Null(Reexecution.Verify(trace).Divergence);
        });
    }

    [Theory]
    [MemberData(nameof(WithScripts))]
    public void Verify_agrees(string collector, string allocator)
    {
        var options = Options(collector, allocator, 5);
        var trace = new MemoryTrace(new PreparedRun(options, "test").Header);
        var run = TestRun.Of(options, trace);
        trace.Finish(run.Result.ToOutcome(), run.Result.Choices);

        Assert.Null(Reexecution.Verify(trace).Divergence);
    }

    [Fact]
    public void Choices_inside_scripts_are_addressed_by_label_and_self_and_give_the_same_run_again()
    {
        var options = Options("cpython39@gh-92036", "glibc", 9);
        var drawn = new EventList();
        var repeated = new EventList();

        var first = TestRun.Of(options, drawn);
        var second = TestRun.Of(options with { Seed = 0, Choices = first.Result.Choices }, repeated);

        Assert.Contains(first.Result.Choices, choice => choice.Operation.StartsWith("bury/1@", StringComparison.Ordinal));
        Assert.Equal(drawn.Lines, repeated.Lines);
        Assert.Equal(0, second.Result.DefaultedChoices);
    }

    /// <summary>Else the contracts above would promise less than they say.</summary>
    [Fact]
    public void Threads_switch_inside_scripts()
    {
        var run = TestRun.Of(Options("cpython39@gh-92036", "glibc", 1), checks: true);

        Assert.Contains(Enumerable.Range(0, run.Kinds.Count), i => run.Kinds[i] == EventKind.ThreadSwitch && IsInScript(run.Kinds, i));
        Assert.Empty(run.Violations);
    }

    private static bool IsInScript(List<EventKind> kinds, int end) =>
        kinds.Take(end).Count(kind => kind == EventKind.ScriptBegin) > kinds.Take(end).Count(kind => kind == EventKind.ScriptEnd);

    private static RunOptions Options(string collector, string allocator, ulong seed) =>
        TestRun.Options(Busy, collector, allocator) with { IsChaos = true, Seed = seed };
}
