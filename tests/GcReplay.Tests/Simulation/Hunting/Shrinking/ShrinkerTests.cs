using GcReplay.Heaps;
using GcReplay.Simulation.Collectors;
using GcReplay.Simulation.Hunting;
using GcReplay.Simulation.Hunting.Shrinking;
using GcReplay.Simulation.Programs;
using GcReplay.Simulation.Recording;
using GcReplay.Tests.Contracts;

namespace GcReplay.Tests.Simulation.Hunting.Shrinking;

public sealed class ShrinkerTests
{
    private const string Survivor = """
        type method = plain
        globals keep other
        thread main {
          loop 3 {
            other = new plain 5
          }
          interpreter sub
          interpreter unused
          enter sub
          keep = new method 7 "compile"
          other = new leaf 0
          store keep 3 other
          enter main
          spawn worker
          join worker
          end sub
          drop keep
        }
        thread worker {
          push = copy keep
          drop f0
        }
        """;

    [Fact]
    public void What_does_not_matter_goes()
    {
        var shrunk = Shrink(TestRun.Options(Survivor, allocator: "debug"));

        Assert.Equal(
            "globals keep\n\nthread main {\n  interpreter sub\n  enter sub\n  keep = new plain 0\n  end sub\n}\n",
            HeapProgramPrinter.Print(shrunk.Best.Program).Replace("type method = plain\n", "").Replace("new method", "new plain"));
        Assert.Equal(3, shrunk.Operations);
        Assert.Equal("glibc", shrunk.Best.Allocator);
        Assert.Equal("violation freed-named-by-live-link | Free |  |  | method", shrunk.Failure.Signature);
    }

    [Fact]
    public void A_run_shrinks_to_the_same_each_time_and_no_further()
    {
        var options = TestRun.Options(Survivor, allocator: "debug");
        var first = Shrink(options);

        Assert.Equal(first.Best.Program, Shrink(options).Best.Program);
        Assert.Equal(first.Best.Program, Shrink(first.Best.Options).Best.Program);
    }

    /// <summary>Two threads are needed, and that they switch: the choices that matter stay, and are no more than that.</summary>
    [Fact]
    public void Choices_that_matter_stay_and_all_others_take_their_default()
    {
        const string Race = """
            globals shared
            thread main {
              spawn other
              enter main
              enter main
              shared = new function 1
              enter main
              untrack shared
              drop shared
            }
            thread other {
              interpreter i1
              enter main
              shared = new plain 1
              enter main
              end i1
            }
            """;
        var maker = new RunMaker(new HuntTarget { Collector = "cpython39", Program = ("race.heap", Race) });
        var seed = Enumerable.Range(1, 100).Select(s => (ulong)s).First(s => Trial.Run(maker.Prepare(s), new HashSet<string>(), null).Failure is not null);
        var run = maker.Prepare(seed).Execute();

        var shrunk = Shrink(maker.Options(seed) with { Choices = run.Choices });

        Assert.True(shrunk.Best.Choices.Length <= 1);
        Assert.True(shrunk.Operations <= 4, HeapProgramPrinter.Print(shrunk.Best.Program));
    }

    [Theory]
    [InlineData("cpython39@7247407")]
    [InlineData("cpython39@1a4d1c1")]
    [InlineData("incminimark@7728007c6ad")]
    [InlineData("incminimark@2e2f6a36754")]
    public void What_a_hunt_finds_becomes_a_program_of_twelve_operations_at_most(string collector)
    {
        var campaign = new Campaign(new HuntTarget { Collector = collector }, []);
        for (var seed = 1UL; ; seed++)
        {
            if (campaign.Run(seed) is not { Failure: { } failure } trial)
                continue;

            var shrunk = Shrink(campaign.Maker.Options(seed) with { Choices = trial.Run.Choices });

            Assert.Equal(failure.Signature, shrunk.Failure.Signature);
            Assert.True(shrunk.Operations <= 12, HeapProgramPrinter.Print(shrunk.Best.Program));
            break;
        }
    }

    [Fact]
    public void What_was_reached_by_a_cancellation_is_kept()
    {
        using var cancellation = new CancellationTokenSource();
        var start = ShrinkCase.Of(TestRun.Options(Survivor), FoundCollector.Of("cpython39@7247407"));

        var shrunk = Shrinker.Run(start, FoundCollector.Of("cpython39@7247407"), _ => cancellation.Cancel(), cancellation.Token);

        Assert.True(shrunk.IsCancelled);
        Assert.InRange(shrunk.Operations, 3, shrunk.Before - 1);
        Assert.Equal(shrunk.Failure.Signature, Trial.Run(new PreparedRun(shrunk.Best.Options, "test"), new HashSet<string>(), null).Failure!.Signature);
    }

    [Fact]
    public void A_run_that_ends_well_is_refused() =>
        Assert.Throws<GcReplayException>(() => Shrink(TestRun.Options("thread main {\n  push = new plain 1\n}\n")));

    private static Shrinker Shrink(RunOptions options)
    {
        var found = FoundCollector.Of(options.Collector);
        return Shrinker.Run(ShrinkCase.Of(options, found), found, null, TestContext.Current.CancellationToken);
    }
}
