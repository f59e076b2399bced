using GcReplay.Simulation.Chaos;
using GcReplay.Simulation.Chaos.Strategies;
using GcReplay.Simulation.Recording;
using GcReplay.Tests.Contracts;

namespace GcReplay.Tests.Simulation.Chaos;

public sealed class StrategyTests
{
    private const string Threads = """
        thread main {
          spawn one
          spawn two
          loop 40 {
            push = new plain 1
            drop f0
          }
          join one
          join two
        }
        thread one {
          loop 40 {
            push = new plain 1
            drop f0
          }
        }
        thread two {
          loop 40 {
            push = new plain 1
            drop f0
          }
        }
        """;

    public static TheoryData<string> Names => [.. ChaosStrategies.All.Select(strategy => strategy.Name)];

    [Theory]
    [MemberData(nameof(Names))]
    public void A_seed_gives_the_same_run_each_time_and_its_choices_give_it_again(string strategy)
    {
        var first = TestRun.Of(Options(strategy, 5)).Result;
        var second = TestRun.Of(Options(strategy, 5)).Result;
        var again = TestRun.Of(Options(strategy, 0) with { Choices = first.Choices }).Result;

        Assert.Equal((first.Events, first.StateHash), (second.Events, second.StateHash));
        Assert.Equal((first.Events, first.StateHash, 0), (again.Events, again.StateHash, again.DefaultedChoices));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Seeds_differ(string strategy) =>
        Assert.True(Enumerable.Range(1, 8).Select(seed => TestRun.Of(Options(strategy, (ulong)seed)).Result.StateHash).Distinct().Count() > 3);

    [Fact]
    public void The_thread_of_highest_priority_runs_on_until_a_point_of_change()
    {
        var source = ChaosStrategies.Find("priorities").Source(3);

        var chosen = Enumerable.Range(0, 400).Select(i => source.AnswerWho(new ChoiceAddress(0, "main/1", (ulong)i, "thread.switch", 0), [4, 5, 6])!.Value).ToList();

        var changes = chosen.Zip(chosen.Skip(1)).Count(pair => pair.First != pair.Second);
        Assert.InRange(changes, 1, 120);
        Assert.Equal([0, 1, 2], chosen.Distinct().Order());
    }

    [Fact]
    public void A_starved_thread_does_not_run_in_its_window_while_another_can()
    {
        var source = ChaosStrategies.Find("starvation").Source(1);

        var chosen = Enumerable.Range(0, 2000).Select(i => source.AnswerWho(new ChoiceAddress(0, "main/1", (ulong)i, "thread.switch", 0), [0, 1])!.Value).ToList();

        Assert.True(LongestRun(chosen) >= 16, "no window was seen");
    }

    [Fact]
    public void Everywhere_collects_at_each_point_at_which_there_can_be_a_collection()
    {
        var choices = TestRun.Of(Options("everywhere", 2)).Result.Choices;

        var here = choices.Where(choice => choice.Site == "gc.collect-here").ToList();
        Assert.NotEmpty(here);
        Assert.All(here, choice => Assert.NotEqual(0, choice.Chosen));
    }

    [Fact]
    public void A_swarm_has_runs_in_which_a_site_always_takes_its_default_and_others_in_which_it_never_does()
    {
        var shares = Enumerable.Range(1, 40)
            .Select(seed => TestRun.Of(Options("swarm", (ulong)seed)).Result.Choices.Where(c => c.Site == "thread.switch").ToList())
            .Select(choices => choices.Count(c => c.Chosen == 0) * 100 / choices.Count).ToList();

        Assert.Contains(100, shares);
        Assert.Contains(shares, share => share < 20);
    }

    private static int LongestRun(List<int> chosen)
    {
        var (longest, length) = (0, 0);
        for (var i = 0; i < chosen.Count; i++)
        {
            length = i > 0 && chosen[i] == chosen[i - 1] ? length + 1 : 1;
            longest = Math.Max(longest, length);
        }

        return longest;
    }

    private static RunOptions Options(string strategy, ulong seed)
    {
        var options = TestRun.Options(Threads, "generational") with { IsChaos = true, Seed = seed };
        return options with { Parameters = options.Parameters.SetItem(RunParameters.Strategy, strategy) };
    }
}
