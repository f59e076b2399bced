using System.Collections.Immutable;
using System.Globalization;
using CsCheck;
using GcReplay.Simulation.Recording;
using GcReplay.Tests.Contracts;

namespace GcReplay.Tests.Simulation.Collectors.Incminimark;

/// <summary>Programs with everything the collector has, against plain reachability and its own consistency checks. More of them than
/// CsCheck's default: CsCheck_Iter=10000 in the environment.</summary>
public sealed class IncminimarkPropertyTests
{
    private static readonly long Iterations =
        long.Parse(Environment.GetEnvironmentVariable("CsCheck_Iter") ?? "60", NumberStyles.None, CultureInfo.InvariantCulture);

    [Fact]
    public void No_live_object_is_freed_and_a_full_collection_leaves_no_garbage()
    {
        var (deaths, moves, full, ok, all) = (0, 0, 0, 0, 0);
        Gen.Select(IncminimarkPrograms.Texts, IncminimarkPrograms.Settings, Gen.ULong[0, 1000]).Sample(
            (text, settings, seed) =>
            {
                var watch = new IncminimarkWatch();
                var run = new PreparedRun(Options(text, settings, seed), "test");
                watch.Follow(run);
                var result = run.Execute(null, watch);
                Assert.Null(watch.Complaint);
                if (result.Failure is { } failure)
                    Assert.True(failure.Code == "nursery-exhausted-by-pins", failure.Message);
                Interlocked.Add(ref deaths, watch.Deaths);
                Interlocked.Add(ref moves, watch.Moves);
                Interlocked.Add(ref full, watch.FullCollections);
                Interlocked.Add(ref ok, result.Failure is null ? 1 : 0);
                Interlocked.Increment(ref all);
            },
            iter: Iterations);

        Assert.All((int[])[deaths, moves, full], count => Assert.InRange(count, 20, int.MaxValue));
        Assert.True(ok > all / 2, $"{ok} of {all} programs ran to their end");
    }

    [Fact]
    public void A_run_that_forgets_everything_but_its_words_goes_on_the_same_way() =>
        Gen.Select(IncminimarkPrograms.Texts, IncminimarkPrograms.Settings, Gen.ULong[0, 1000]).Sample(
            (text, settings, seed) =>
            {
                var run = new PreparedRun(Options(text, settings, seed), "test");
                var remembers = run.Execute();
                var forgets = run.Execute(forgets: true);
                Assert.Equal((remembers.Events, remembers.StateHash), (forgets.Events, forgets.StateHash));
            },
            iter: Math.Max(5, Iterations / 6));

    private static RunOptions Options(string text, string[] settings, ulong seed) => TestRun.Options(text, "incminimark") with
    {
        IsChaos = seed > 0,
        Seed = seed,
        Parameters = settings.Select(pair => pair.Split('=')).ToImmutableSortedDictionary(pair => pair[0], pair => pair[1], StringComparer.Ordinal),
    };
}
