namespace GcReplay.Tests.Contracts;

public sealed class DeterminismContractTests
{
    /// <summary>Threads, sub-interpreters, loops, choices, garbage: what chaos can perturb.</summary>
    public const string Busy = """
        globals shared other
        thread main {
          shared = new plain 3 "shared"
          interpreter sub
          spawn worker
          loop 6 {
            push = new plain 2 "main's"
            store f0 0 f0
            store shared 0 f0
            choose { drop f0 } or { clear f0 0
              drop f0 }
          }
          enter sub
          other = new plain 1 "foreign"
          enter main
          end sub
          join worker
          drop other
          collect full
        }
        thread worker {
          loop 8 {
            push = new plain 2 "worker's"
            store shared 1 f0
            store f0 1 shared
            loop 2 { push = load shared 0
              drop f1 }
            drop f0
          }
          collect minor
        }
        """;

    [Theory]
    [MemberData(nameof(Machines.All), MemberType = typeof(Machines))]
    public void Recording_changes_no_state(string collector, string allocator)
    {
        var options = TestRun.Options(Busy, collector, allocator) with { IsChaos = true, Seed = 7 };

        var unrecorded = TestRun.Of(options, keepsHashes: true);
        var recorded = TestRun.Of(options, new EventList(), keepsHashes: true);

        Assert.NotEmpty(recorded.Hashes);
        Assert.Equal(unrecorded.Hashes, recorded.Hashes);
    }

    [Theory]
    [MemberData(nameof(Machines.All), MemberType = typeof(Machines))]
    public void The_same_seed_gives_the_same_events(string collector, string allocator)
    {
        var options = TestRun.Options(Busy, collector, allocator) with { IsChaos = true, Seed = 11 };
        var first = new EventList();
        var second = new EventList();

        TestRun.Of(options, first);
        TestRun.Of(options, second);

        Assert.Equal(first.Lines, second.Lines);
    }

    [Theory]
    [MemberData(nameof(Machines.All), MemberType = typeof(Machines))]
    public void Another_seed_gives_other_events(string collector, string allocator)
    {
        var options = TestRun.Options(Busy, collector, allocator) with { IsChaos = true };
        var first = new EventList();
        var second = new EventList();

        TestRun.Of(options with { Seed = 1 }, first);
        TestRun.Of(options with { Seed = 2 }, second);

        Assert.NotEqual(first.Lines, second.Lines);
    }

    [Theory]
    [MemberData(nameof(Machines.All), MemberType = typeof(Machines))]
    public void A_run_that_forgets_everything_after_each_operation_is_the_same_run(string collector, string allocator)
    {
        var options = TestRun.Options(Busy, collector, allocator) with { IsChaos = true, Seed = 3 };
        var remembering = new EventList();
        var forgetting = new EventList();

        var one = TestRun.Of(options, remembering);
        var other = TestRun.Of(options, forgetting, forgets: true);

        Assert.Equal(remembering.Lines, forgetting.Lines);
        Assert.Equal(one.Result.StateHash, other.Result.StateHash);
    }

    [Theory]
    [InlineData("cpython39@shared-state")]
    [InlineData("cpython39@gh-92036")]
    [InlineData("marksweep")]
    [InlineData("semispace")]
    [InlineData("generational")]
    public void Sanitizers_are_silent_on_a_collector_without_the_bug(string collector)
    {
        var runs = Enumerable.Range(1, 20)
            .Select(seed => TestRun.Of(TestRun.Options(Busy, collector) with { IsChaos = true, Seed = (ulong)seed }, checks: true));

        Assert.All(runs, run => Assert.Empty(run.Violations));
    }

    [Fact]
    public void Without_chaos_no_choice_is_an_event()
    {
        var events = new EventList();

        var run = TestRun.Of(TestRun.Options(Busy), events);

        Assert.Empty(run.Result.Choices);
        Assert.DoesNotContain(events.Lines, line => line.StartsWith("Choice", StringComparison.Ordinal));
    }

    [Fact]
    public void Recorded_choices_give_the_run_that_the_seed_gave()
    {
        var options = TestRun.Options(Busy) with { IsChaos = true, Seed = 5 };
        var drawn = new EventList();
        var repeated = new EventList();

        var first = TestRun.Of(options, drawn);
        var second = TestRun.Of(options with { Seed = 0, Choices = first.Result.Choices }, repeated);

        Assert.NotEmpty(first.Result.Choices);
        Assert.Equal(drawn.Lines, repeated.Lines);
        Assert.Equal(0, second.Result.DefaultedChoices);
    }

    [Fact]
    public void A_missing_or_impossible_choice_takes_the_default_and_is_counted()
    {
        var options = TestRun.Options(Busy) with { IsChaos = true, Seed = 5 };
        var made = TestRun.Of(options).Result.Choices;

        var missing = TestRun.Of(options with { Choices = [] });
        var impossible = TestRun.Of(options with { Choices = [.. made.Select(c => c with { Chosen = 1000 })] });

        Assert.True(missing.Result.DefaultedChoices > 0);
        Assert.Equal(missing.Result.StateHash, impossible.Result.StateHash);
    }
}
