using System.Collections.Immutable;
using GcReplay.Heaps.Events;
using GcReplay.Tests.Contracts;
using GcReplay.Traces;

namespace GcReplay.Tests.Simulation.Interpreters;

/// <summary>Threads, daemon threads and interpreters, also inside scripts. Where a test needs a switch, it answers that one choice.</summary>
public sealed class ThreadTests
{
    [Fact]
    public void A_thread_belongs_to_the_interpreter_that_spawned_it()
    {
        var run = Run("""
            thread main {
              interpreter sub
              enter sub
              spawn worker
              enter main
              join worker
            }
            thread worker { g0 = new plain 0 "born" }
            """);

        Assert.Null(run.Result.Failure);
        Assert.Equal(1, run.Heap.Object(1)!.Birthplace);
    }

    [Fact]
    public void The_end_of_an_interpreter_waits_for_its_threads()
    {
        var run = Run("""
            thread main {
              interpreter sub
              enter sub
              spawn worker
              enter main
              end sub
            }
            thread worker { g0 = new leaf 0 "born" }
            """);

        Assert.Null(run.Result.Failure);
        Assert.Equal(["born"], run.LiveNames);
        Assert.InRange(run.Kinds.IndexOf(EventKind.ThreadEnd), 1, run.Kinds.IndexOf(EventKind.InterpreterEnd));
    }

    [Fact]
    public void An_interpreter_with_a_daemon_thread_can_not_end()
    {
        var run = Run("""
            thread main {
              interpreter sub
              enter sub
              daemon lazy
              enter main
              end sub
            }
            thread lazy { loop 9 { g0 = new leaf 0 } }
            """);

        Assert.Equal("not-the-last-thread", run.Result.Failure!.Code);
    }

    [Fact]
    public void A_daemon_thread_is_left_when_main_ends()
    {
        var run = Run("""
            thread main { daemon lazy }
            thread lazy { loop 1000000 { g0 = new leaf 0 } }
            """);

        Assert.Null(run.Result.Failure);
        Assert.Equal(1, run.Result.Operations);
    }

    /// <summary>The check for other threads comes before the last collection, as upstream: what a finalizer spawns then has an interpreter
    /// whose struct is freed.</summary>
    [Theory]
    [InlineData("glibc")]
    [InlineData("guard")]
    public void A_daemon_that_a_finalizer_spawns_while_its_interpreter_ends_outlives_it(string allocator)
    {
        var run = TestRun.Of(TestRun.Options("""
            thread main {
              interpreter sub
              enter sub
              g0 = new fin 1 haunt
              store g0 0 g0
              drop g0
              enter main
              end sub
              join ghost
            }
            thread ghost { g1 = new plain 1 }
            script haunt { daemon ghost }
            """, "cpython39@gh-92036", allocator), checks: true);

        Assert.Contains(EventKind.InterpreterEnd, run.Kinds);
        // Under glibc the links of a free chunk stand where the interpreter's number was; behind a guard page nothing stands.
        Assert.Equal("crash", run.Result.Failure!.Kind);
    }

    [Theory]
    [InlineData("", 1)]
    [InlineData("enter sub", 2)]
    public void A_thread_that_collects_during_anothers_finalizer_is_refused_unless_it_is_in_another_interpreter(string first, int collections)
    {
        var run = Run($$"""
            thread main {
              interpreter sub
              spawn worker
              g0 = new fin 1 pause
              store g0 0 g0
              drop g0
              collect full
            }
            thread worker {
              {{first}}
              collect full
            }
            script pause { g1 = new leaf 0 }
            """, SwitchAfter("pause/1@1"));

        Assert.Null(run.Result.Failure);
        Assert.Contains(EventKind.ThreadSwitch, run.Kinds);
        Assert.Equal(collections, run.Kinds.Count(kind => kind == EventKind.CollectionBegin));
    }

    [Fact]
    public void Another_thread_can_take_back_what_a_finalizer_saved()
    {
        var run = Run("""
            thread main {
              spawn worker
              g0 = new fin 1 "dying" save
              drop g0
            }
            thread worker { drop g1 }
            script save { g1 = copy self }
            """, SwitchAfter("save/1@1"));

        Assert.Null(run.Result.Failure);
        Assert.Empty(run.LiveNames);
        Assert.DoesNotContain(EventKind.Resurrect, run.Kinds);
    }

    [Fact]
    public void Another_thread_can_drop_an_only_weak_reference_within_its_callback()
    {
        var run = Run("""
            thread main {
              spawn worker
              g0 = new plain 1
              g1 = weakref g0 note
              drop g0
            }
            thread worker { drop g1 }
            script note { g2 = new leaf 0 "note" }
            """, SwitchAfter("note/1@2"));

        Assert.Null(run.Result.Failure);
        Assert.Equal(["note"], run.LiveNames);
    }

    [Fact]
    public void A_join_in_a_script_runs_the_other_thread_on_top_of_it()
    {
        var run = Run("""
            thread main {
              spawn worker
              g0 = new fin 0 wait
              drop g0
              g2 = copy g1
            }
            thread worker { loop 3 { g1 = new leaf 0 "done" } }
            script wait { join worker }
            """);

        Assert.Null(run.Result.Failure);
        Assert.Equal(["done"], run.LiveNames);
    }

    [Fact]
    public void Threads_that_wait_for_each_other_in_a_script_are_a_deadlock()
    {
        var run = Run("""
            thread main {
              spawn worker
              g0 = new fin 0 wait
              drop g0
            }
            thread worker { join main }
            script wait { join worker }
            """);

        Assert.Equal("deadlock", run.Result.Failure!.Code);
    }

    [Fact]
    public void What_a_global_shares_with_main_is_collected_there_only_while_all_interpreters_share_one_state()
    {
        const string program = """
            globals shared
            thread main {
              interpreter sub
              enter sub
              shared = new plain 1 "shared"
              store shared 0 shared
              enter main
              end sub
              drop shared
              collect full
            }
            """;

        Assert.Empty(TestRun.Of(TestRun.Options(program, "cpython39@shared-state")).LiveNames);
        Assert.Equal(["shared"], TestRun.Of(TestRun.Options(program, "cpython39@gh-92036")).LiveNames);
    }

    [Fact]
    public void A_finalizer_can_create_an_interpreter_and_end_it()
    {
        var run = Run("""
            thread main {
              g0 = new fin 0 found
              drop g0
              g2 = new leaf 0 "after"
            }
            script found {
              interpreter sub
              enter sub
              g1 = new plain 0
              drop g1
              end sub
            }
            """);

        Assert.Null(run.Result.Failure);
        Assert.Equal(1, run.Result.FreedInterpreters);
        Assert.Equal(0, run.Heap.Object(2)!.Birthplace);
    }

    [Fact]
    public void A_script_returns_to_the_interpreter_it_began_in()
    {
        var run = Run("""
            thread main {
              interpreter sub
              g0 = new fin 0 wander
              drop g0
              g1 = new leaf 0 "main's"
            }
            script wander {
              enter sub
              g2 = new leaf 0 "sub's"
            }
            """);

        Assert.Equal(0, run.Heap.LiveObjects().Single(o => o.Name == "main's").Birthplace);
        Assert.Equal(1, run.Heap.LiveObjects().Single(o => o.Name == "sub's").Birthplace);
    }

    [Fact]
    public void A_script_can_not_end_the_interpreter_it_began_in()
    {
        var run = Run("""
            thread main {
              interpreter sub
              enter sub
              g0 = new fin 0 saw
              drop g0
            }
            script saw {
              enter main
              end sub
            }
            """);

        Assert.Equal("thread-still-has-a-frame", run.Result.Failure!.Code);
    }

    [Fact]
    public void An_interpreter_to_which_an_end_goes_back_can_not_be_ended()
    {
        var run = Run("""
            thread main {
              interpreter outer
              interpreter inner
              enter inner
              push = new fin 1 saw
              store f0 0 f0
              drop f0
              enter outer
              end inner
            }
            script saw { end outer }
            """);

        Assert.Equal("thread-still-has-a-frame", run.Result.Failure!.Code);
    }

    [Fact]
    public void Waiting_for_a_thread_that_was_interrupted_below_is_said_to_be_no_deadlock()
    {
        var run = Run(
            """
            thread main {
              spawn worker
              g0 = new fin 0 pause
              drop g0
            }
            thread worker {
              g1 = new fin 0 wait
              drop g1
            }
            script pause { g2 = new leaf 0 }
            script wait { join main }
            """,
            new RecordedChoice(0, "pause/1@1", 0, "thread.switch", 0, 2, 1));

        Assert.Equal("waits-below", run.Result.Failure!.Code);
    }

    [Fact]
    public void A_script_may_loop_for_long_and_is_no_hang()
    {
        var run = Run("""
            thread main {
              g0 = new fin 0 long
              drop g0
            }
            script long { loop 100000 { g1 = new leaf 0 } }
            """);

        Assert.Null(run.Result.Failure);
    }

    [Fact]
    public void Scripts_nest_1000_deep_and_what_is_deeper_is_left_out()
    {
        var run = Run("""
            thread main {
              disable
              loop 1005 {
                push = new fin 1 unravel
                store f0 0 g0
                g0 = copy f0
                drop f0
              }
              drop g0
            }
            script unravel { clear self 0 }
            """);

        Assert.Null(run.Result.Failure);
        Assert.Equal(0, run.LiveCount);
        Assert.Equal(1005, run.Kinds.Count(kind => kind == EventKind.ScriptBegin));
        // Each script that ran is one operation, those of main are 4 × 1005 + 2.
        Assert.Equal((4 * 1005) + 2 + 1000, run.Result.Operations);
    }

    private static TestRun Run(string program, params ImmutableArray<RecordedChoice> choices) =>
        TestRun.Of(TestRun.Options(program, "cpython39@gh-92036") with { IsChaos = !choices.IsEmpty, Choices = choices }, checks: true);

    /// <summary>The other thread runs after main's operation.</summary>
    private static RecordedChoice SwitchAfter(string operation) => new(0, operation, 0, "thread.switch", 0, 2, 1);
}
