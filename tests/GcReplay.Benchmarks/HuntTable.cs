using System.Diagnostics;
using System.Globalization;
using GcReplay.Simulation.Collectors;
using GcReplay.Simulation.Hunting;
using GcReplay.Simulation.Hunting.Shrinking;
using GcReplay.Simulation.Programs;

namespace GcReplay.Benchmarks;

/// <summary>Prints how long a hunt with generated programs takes to find each historical bug, from no knowledge: at the parent of every
/// fix, until a run fails whose program and choices pass at the fix; and what shrinking makes of it.</summary>
internal static class HuntTable
{
    private const int Threads = 2;

    /// <summary>A shrunk program of more is printed to standard error.</summary>
    private const int OperationsMax = 12;

    /// <summary>A hunt that found nothing is given up after so long.</summary>
    private static readonly TimeSpan HuntMax = TimeSpan.FromSeconds(60);

    private static readonly string[] Dangling = ["freed-named-by-live-link"];
    private static readonly string[] Lost = ["black-to-white", "live-object-freed", "use-after-free"];
    private static readonly string[] Cards = ["card-contents", "bad-address", "cards-list-without-has-cards"];

    /// <summary>Of another bug that most parents have, and that would stop runs before theirs shows: --ignore.</summary>
    private static readonly string[] Known =
        [.. from phase in (string[])["", "finalizing", "sweeping"] from type in (string[])["str", "leaf"] select $"violation marked-outside-marking | OperationEnd | {phase} |  | {type}"];

    /// <summary>Parents and fixes, and the checks that tell the bug. Parents have other bugs, too, whose runs may happen to pass at the fix:
    /// a run that another check stopped does not count. Not a32585dfef4, which mended what upstream's tests run over and not the collector.</summary>
    public static readonly (string Family, string Parent, string Fix, string[] Checks)[] Fixes =
    [
        ("cpython39", "7247407", "1a4d1c1", Dangling),
        ("cpython39", "1a4d1c1", "gh-92036", ["write", "read"]),
        ("cpython39", "gh-94673", "gh-116510", Dangling),
        ("incminimark", "1e26d9ba1c5", "78bbeb93471", Lost),
        ("incminimark", "236007f7e8f", "853ec5c72eb", ["black-to-white"]),
        ("incminimark", "965eccf1d00", "94529a6d2d0", Lost),
        ("incminimark", "7728007c6ad", "3fb1b086ef5", Cards),
        ("incminimark", "5e44493d73e", "345aaf9970e", [.. Lost, "prebuilt-flags-inconsistent"]),
        ("incminimark", "1f4640e5763", "2c891735f94", Lost),
        ("incminimark", "2e2f6a36754", "96a224bd967", ["visited-flag-unexpected", "marked-outside-marking"]),
    ];

    /// <param name="options"><c>--hunts N</c> (20 when left out), names of fixes; all when none is named.</param>
    public static void Print(TextWriter writer, string[] options)
    {
        var at = Array.IndexOf(options, "--hunts");
        var hunts = at < 0 ? 20 : int.Parse(options[at + 1], CultureInfo.InvariantCulture);
        string[] named = at < 0 ? options : [.. options[..at], .. options[(at + 2)..]];
        // Compiling our own code is not what is measured.
        WarmUp();
        writer.WriteLine("| parent | fix | hunts | found in, s: median | most | CPU s, median | runs, median | operations, median | found by | shrunk to operations: median | most | shrinking, s: median | most |");
        writer.WriteLine("|---|---|---|---|---|---|---|---|---|---|---|---|---|");
        foreach (var (family, parent, fix, checks) in Fixes.Where(f => named.Length == 0 || named.Contains(f.Fix)))
        {
            List<Found> found = [.. Enumerable.Range(1, hunts).Select(hunt => Hunt(family, parent, fix, checks, (ulong)hunt * 100_000_000))];
            writer.WriteLine(Row($"{family}@{parent}", fix, found));
            writer.Flush();
        }
    }

    private static string Row(string parent, string fix, List<Found> found)
    {
        var checks = found.GroupBy(f => f.By).OrderByDescending(g => g.Count()).Select(g => $"{g.Key} {g.Count()}");
        List<Found> shrunk = [.. found.Where(f => f.Shrunk > 0)];
        var small = shrunk.Count == 0 ? "||||" : string.Create(
            CultureInfo.InvariantCulture,
            $"| {Median(shrunk, f => f.Shrunk):0} | {shrunk.Max(f => f.Shrunk):0} | {Median(shrunk, f => f.ShrinkingSeconds):0.0} | {shrunk.Max(f => f.ShrinkingSeconds):0.0} |");
        return string.Create(
            CultureInfo.InvariantCulture,
            $"| {parent} | {fix} | {found.Count} | {Median(found, f => f.Seconds):0.0} | {found.Max(f => f.Seconds):0.0} | {Median(found, f => f.Cpu):0.0} | {Median(found, f => f.Runs):0} | {Median(found, f => f.Operations):0} | {string.Join(", ", checks)} {small}");
    }

    private static double Median(List<Found> found, Func<Found, double> of) => found.Select(of).Order().ElementAt(found.Count / 2);

    private static void WarmUp()
    {
        foreach (var family in new[] { "cpython39", "incminimark" })
        {
            var campaign = new Campaign(new HuntTarget { Collector = family }, []);
            for (var seed = 1UL; seed <= 400; seed++)
                campaign.Run(seed);
        }
    }

    private static Found Hunt(string family, string parent, string fix, string[] checks, ulong firstSeed)
    {
        var (watch, before) = (Stopwatch.StartNew(), Environment.CpuUsage.TotalTime);
        var (gate, next, runs, operations) = (new Lock(), firstSeed, 0L, 0L);
        Found? found = null;
        HashSet<string> ignored = checks.Contains("marked-outside-marking") ? [] : [.. Known];
        void Work()
        {
            var campaign = new Campaign(new HuntTarget { Collector = $"{family}@{parent}" }, ignored);
            var mended = FoundCollector.Of($"{family}@{fix}");
            while (Volatile.Read(ref found) is null && watch.Elapsed < HuntMax)
            {
                var seed = Interlocked.Increment(ref next);
                var trial = campaign.Run(seed);
                Interlocked.Increment(ref runs);
                Interlocked.Add(ref operations, trial.Run.Operations);
                if (trial.Failure is not { } failure || !checks.Contains(failure.Code))
                    continue;
                var again = Trial.Run(
                    campaign.Maker.Elsewhere(seed, mended, trial.Run.Choices), new HashSet<string>(), campaign.Maker.Family.ProgramFaults);
                if (again.Failure is not null)
                    continue;
                lock (gate)
                {
                    found ??= new Found(watch.Elapsed.TotalSeconds, (Environment.CpuUsage.TotalTime - before).TotalSeconds, runs, operations, failure.Code)
                    {
                        Case = ShrinkCase.Of(campaign.Maker.Options(seed) with { Choices = trial.Run.Choices }, FoundCollector.Of($"{family}@{parent}")),
                    };
                }
            }
        }

        var threads = Enumerable.Range(0, Threads).Select(_ => new Thread(Work)).ToList();
        threads.ForEach(thread => thread.Start());
        threads.ForEach(thread => thread.Join());
        return found is not null
            ? Shrink(found, FoundCollector.Of($"{family}@{parent}"), ignored)
            : new Found(watch.Elapsed.TotalSeconds, (Environment.CpuUsage.TotalTime - before).TotalSeconds, runs, operations, "nothing");
    }

    /// <summary>On one thread, after the hunt.</summary>
    private static Found Shrink(Found found, FoundCollector collector, IReadOnlySet<string> ignored)
    {
        var watch = Stopwatch.StartNew();
        var shrunk = Shrinker.Run(found.Case!, collector, null, CancellationToken.None, ignored);
        if (shrunk.Operations > OperationsMax)
            Console.Error.WriteLine($"{collector.Family.Name}@{collector.Revision}, {shrunk.Operations} operations:\n{HeapProgramPrinter.Print(shrunk.Best.Program)}");
        return found with { Shrunk = shrunk.Operations, ShrinkingSeconds = watch.Elapsed.TotalSeconds };
    }

    /// <param name="By">The check, assertion or kind of access.</param>
    private sealed record Found(double Seconds, double Cpu, double Runs, double Operations, string By)
    {
        /// <summary>The run that failed; null when none did.</summary>
        public ShrinkCase? Case { get; init; }

        /// <summary>Operations that the smallest run executes; 0 when there is none.</summary>
        public double Shrunk { get; init; }

        public double ShrinkingSeconds { get; init; }
    }
}
