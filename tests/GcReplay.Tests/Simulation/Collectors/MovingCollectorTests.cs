using System.Collections.Immutable;
using CsCheck;
using GcReplay.Heaps.Events;
using GcReplay.Heaps.Layouts;
using GcReplay.Heaps.Memory;
using GcReplay.Heaps.Views;
using GcReplay.Simulation.Recording;
using GcReplay.Tests.Contracts;
using GcReplay.Tests.Simulation.Programs.Importing;

namespace GcReplay.Tests.Simulation.Collectors;

/// <summary>Collectors that move objects, against plain reachability, and on recordings of real programs.</summary>
public sealed class MovingCollectorTests
{
    /// <summary>Each recording, with small and large nurseries and heaps.</summary>
    public static MatrixTheoryData<string, string> Recorded => new(
        Recordings.Names.Select(row => row.Data),
        [
            "semispace gc.space=512", "semispace gc.space=16384", "semispace gc.space=1000000",
            "generational gc.nursery=512 gc.threshold=512 gc.buffer=1", "generational gc.nursery=2048 gc.threshold=4096 gc.buffer=16",
            "generational gc.nursery=1000000", "generational gc.nursery=512 gc.threshold=1000000",
            "incminimark nursery_words=512 large_object_words=16 small_request_threshold_words=8 page_words=32 arena_words=256 min_heap_bytes=4096",
            "incminimark nursery_words=1024 large_object_words=64 card_page_indices=4 arena=simple", "incminimark nursery_words=1000000",
        ]);

    private static readonly Dictionary<string, Lazy<List<int>>> MarkSweepDeaths = Recordings.Names.ToDictionary(
        row => row.Data,
        row => new Lazy<List<int>>(
            () => [.. ImportedRun.Of(Recordings.Of(row.Data), "marksweep", automatic: true, atEnd: "atEnd: collect full").Deaths.Select(death => death.Object).Order()]));

    [Theory]
    [InlineData("semispace gc.space=512", 0)]
    [InlineData("generational gc.nursery=512 gc.threshold=64 gc.buffer=2", 1)]
    public void Deaths_agree_with_reachability(string collector, int fullGeneration)
    {
        var (deaths, moves, full) = (0, 0, 0);
        Gen.Select(SmallPrograms.Texts, Gen.ULong[0, 1000]).Sample(
            (text, seed) =>
            {
                var watch = new ReachabilityWatch((ulong)fullGeneration);
                new PreparedRun(Options(text, collector) with { IsChaos = seed > 0, Seed = seed }, "test").Execute(null, watch);
                Assert.Null(watch.Complaint);
                Interlocked.Add(ref deaths, watch.Deaths);
                Interlocked.Add(ref moves, watch.Moves);
                Interlocked.Add(ref full, watch.FullCollections);
            },
            iter: 60);

        Assert.All((int[])[deaths, moves, full], count => Assert.InRange(count, 20, int.MaxValue));
    }

    [Theory]
    [MemberData(nameof(Recorded))]
    public void A_recording_runs_clean_at_every_size(string recording, string collector)
    {
        var imported = Recordings.Of(recording);
        var words = collector.Split(' ');
        var run = ImportedRun.Of(imported, words[0], automatic: true, settings: words[1..], atEnd: "atEnd: collect full", checks: recording == "cpython313-rich");

        Assert.Null(run.Result.Failure);
        Assert.Empty(run.Violations);
        Assert.DoesNotContain(run.Deaths, death => death.Label != "atEnd" && Ordinal(death.Label) <= imported.Objects[death.Object - 1].ReachableUntil);
        Assert.Equal(MarkSweepDeaths[recording].Value, run.Deaths.Select(death => death.Object).Order());
    }

    [Fact]
    public void While_copying_an_object_is_white_until_it_moves_grey_until_it_is_scanned_then_black()
    {
        var colours = new ColoursOf(1);

        new PreparedRun(Options("globals a\nthread main {\na = new plain 1\nstore a 0 a\ncollect\n}", "semispace"), "test").Execute(null, colours);

        Assert.Equal([Colour.None, Colour.White, Colour.Grey, Colour.Black, Colour.None], colours.Seen);
    }

    [Fact]
    public void While_the_nursery_is_emptied_an_object_is_white_until_it_moves_grey_on_the_mark_stack_then_black()
    {
        var colours = new ColoursOf(1);

        new PreparedRun(Options("globals a\nthread main {\na = new plain 1\nstore a 0 a\ncollect minor\n}", "generational"), "test").Execute(null, colours);

        Assert.Equal([Colour.None, Colour.White, Colour.Black, Colour.Grey, Colour.Black, Colour.None], colours.Seen);
    }

    [Theory]
    [InlineData("store old 0 young", "barrier-records")]
    [InlineData("store young 0 old", "barrier-source-young")]
    [InlineData("store old 0 old", "barrier-target-old")]
    [InlineData("clear old 0", "barrier-target-old")]
    public void The_barrier_names_the_branch_it_took(string statement, string site)
    {
        var events = new EventList();

        var run = new PreparedRun(Options($"globals old young\nthread main {{\nold = new plain 1\ncollect minor\nyoung = new plain 1\n{statement}\n}}", "generational"), "test");
        run.Execute(events);

        var index = run.Header.Layout.Sites.IndexOf(run.Header.Layout.Sites.Single(s => s.Name == site));
        Assert.Single(events.Lines, line => line.StartsWith("Barrier", StringComparison.Ordinal) && line.Contains($"Site = {index},", StringComparison.Ordinal));
    }

    [Fact]
    public void A_full_store_buffer_is_drained_and_a_remembered_object_is_not_recorded_again()
    {
        var run = TestRun.Of(Options("""
            globals old young
            thread main {
              disable
              old = new plain 2 "old"
              collect minor
              young = new plain 0 "young"
              loop 5 { store old 0 young }
              store old 1 young
              drop young
              collect minor
            }
            """, "generational gc.buffer=2"), checks: true);

        Assert.Null(run.Result.Failure);
        Assert.Equal(["old", "young"], run.LiveNames);
        Assert.Equal(3, run.Kinds.Count(kind => kind == EventKind.Flag));
    }

    private static RunOptions Options(string program, string collector)
    {
        var words = collector.Split(' ');
        return TestRun.Options(program, words[0]) with
        {
            Parameters = words[1..].Select(word => word.Split('=')).ToImmutableSortedDictionary(pair => pair[0], pair => pair[1], StringComparer.Ordinal),
        };
    }

    private static int Ordinal(string label) => int.Parse(label["main/".Length..]);

    /// <summary>The colours that an object has one after the other.</summary>
    private sealed class ColoursOf(ulong number) : IRunObserver
    {
        private HeapView view = null!;

        public List<Colour> Seen { get; } = [];

        public void Start(AddressSpace space, Shadow shadow, Layout layout) => view = new HeapView(space, shadow, layout);

        public bool AfterEvent(long at, in Event e)
        {
            if (view.Object(number) is { } o && (Seen.Count == 0 || Seen[^1] != o.Colour))
                Seen.Add(o.Colour);
            return true;
        }
    }
}
