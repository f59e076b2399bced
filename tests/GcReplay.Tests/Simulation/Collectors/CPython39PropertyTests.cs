using System.Collections.Immutable;
using System.Globalization;
using CsCheck;
using GcReplay.Simulation.Recording;

namespace GcReplay.Tests.Simulation.Collectors;

/// <summary>Programs of all kinds against plain reachability: no live object is ever freed; what can not be reached is gone after a full
/// collection in which no script runs and nothing dies; counts are exact whenever nothing is under way; lists are well formed after every
/// event.</summary>
/// <remarks>Exceptions from the second: uncollectable objects (reachable from <c>gc.garbage</c>), cycles without tp_clear, and what opaque,
/// frozen and untracked objects, leaves, and objects of other interpreters hold. More programs than CsCheck's default: CsCheck_Iter=10000
/// in the environment.</remarks>
public sealed class CPython39PropertyTests
{
    private static readonly ImmutableArray<string> Healthy = ["shared-state", "1a4d1c1", "gh-92036", "gh-116510"];
    private static readonly ImmutableArray<string> WithDanglingHeads = ["7247407", "gh-94673"];

    /// <summary>Ends of a run that a program brings about itself.</summary>
    private static readonly ImmutableArray<string> OwnFaults = ["deadlock", "not-the-last-thread", "thread-still-has-a-frame", "frame-overflow"];

    /// <summary>Programs for each revision: few, for the sake of the suite's time.</summary>
    private static readonly long Iterations =
        long.Parse(Environment.GetEnvironmentVariable("CsCheck_Iter") ?? "15", NumberStyles.None, CultureInfo.InvariantCulture);

    public static TheoryData<string> HealthyRevisions => new(Healthy);

    public static TheoryData<string> AllRevisions => new(Healthy.Concat(WithDanglingHeads));

    [Theory]
    [MemberData(nameof(AllRevisions))]
    public void One_interpreter_frees_all_garbage_and_nothing_else(string revision) =>
        Sample(new Liveliness([], false, false, true, true), [revision]);

    [Theory]
    [MemberData(nameof(AllRevisions))]
    public void Threads_in_one_interpreter_free_all_garbage_and_nothing_else(string revision) =>
        Sample(new Liveliness([], true, false, true, true), [revision]);

    [Theory]
    [MemberData(nameof(AllRevisions))]
    public void A_program_that_untracks_gets_what_it_tracks_freed_and_nothing_else(string revision) =>
        Sample(new Liveliness([], true, true, true, false), [revision]);

    /// <summary>Not at every revision: functions (at 1a4d1c1 their deallocator finds them untracked, gh-92036), and frozen objects (before
    /// gh-116510 no fix looked at the permanent generation).</summary>
    [Theory]
    [MemberData(nameof(HealthyRevisions))]
    public void Interpreters_that_come_and_go_leave_no_live_object_freed(string revision) =>
        Sample(new Liveliness(["sub", "second"], true, false, revision is "shared-state" or "gh-116510", revision != "1a4d1c1"), [revision]);

    private static void Sample(Liveliness liveliness, ImmutableArray<string> revisions)
    {
        var runs = Gen.Select(LivelyPrograms.Of(liveliness), Gen.Int[0, revisions.Length - 1], Gen.ULong[0, 1 << 20], Gen.Int[0, 9]);
        var ends = new Dictionary<string, int>(StringComparer.Ordinal);
        var deaths = 0;
        runs.Sample((program, revision, seed, sanitized) =>
        {
            var watch = new HeapWatch(usesSanitizers: sanitized == 0);
            var options = new RunOptions
            {
                ProgramName = "lively.heap",
                ProgramText = program,
                Collector = "cpython39@" + revisions[revision],
                IsChaos = seed > 0,
                Seed = seed,
            };
            var result = new PreparedRun(options, "test").Execute(null, watch);
            Assert.Null(watch.Complaint);
            var isStopped = watch.CollectedBeforeClearing || watch.ThreadOutlivedInterpreter;
            if (!isStopped && result.Failure is { } failure)
                Assert.True(OwnFaults.Contains(failure.Code), failure.Message);
            if (!isStopped && result.Failure is null)
                Assert.True(watch.GarbageChecks > 0, "nobody looked for garbage");
            lock (ends)
            {
                var end = watch.ThreadOutlivedInterpreter ? "thread outlived interpreter" : watch.CollectedBeforeClearing ? "collected before clearing" : result.Failure?.Code ?? "ok";
                ends[end] = ends.GetValueOrDefault(end) + 1;
                deaths += watch.Deaths;
            }
        }, iter: Iterations);
        TestContext.Current.SendDiagnosticMessage($"{string.Join(", ", ends.Select(end => $"{end.Key}: {end.Value}"))}; deaths: {deaths}");
        Assert.True(ends.GetValueOrDefault("ok") > ends.Values.Sum() / 2, string.Join(", ", ends));
    }
}
