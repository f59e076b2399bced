using System.Collections.Immutable;
using System.Globalization;
using GcReplay.Debugging;
using GcReplay.Debugging.Explaining;
using GcReplay.Simulation.Chaos.Faults;
using GcReplay.Simulation.Collectors;
using GcReplay.Simulation.Hunting;
using GcReplay.Simulation.Recording;
using GcReplay.Traces.Files;

namespace GcReplay.Benchmarks;

/// <summary>Prints how often <c>explain</c> ends at the cause. Hunts find failures of a fault; it is then planted at a single occurrence that alone makes
/// the run fail, recorded without a word about it, and explained: with the collector's reasons, and without them.</summary>
internal static class ExplainTable
{
    /// <summary>Of one fault: so many runs of a hunt at most.</summary>
    private const int RunsMax = 3_000;

    /// <summary>Of one fault: so much CPU time for hunting at most.</summary>
    private const double SecondsMax = 15;

    /// <summary>Occurrences of one run that are tried.</summary>
    private const int OccurrencesMax = 60;

    /// <param name="options"><c>--finds N</c> of each fault (5 when left out), <c>--from SEED</c> to hunt from (1 when left out), <c>--keep FOLDER</c> for
    /// the traces that are explained wrongly, names of families and faults, or <c>gallery</c>. Run it at the root of the repository.</param>
    public static void Print(TextWriter writer, string[] options)
    {
        var finds = int.Parse(Option(ref options, "--finds") ?? "5", CultureInfo.InvariantCulture);
        var folder = Option(ref options, "--keep");
        var first = ulong.Parse(Option(ref options, "--from") ?? "1", CultureInfo.InvariantCulture);
        if (options.Length == 0 || options is ["gallery"])
            PrintGallery(writer);
        var all = new List<Outcome>();
        foreach (var family in Families.All)
        {
            foreach (var fault in family.Faults.Where(f => f.Unseen is null && (options.Length == 0 || options.Contains(family.Name) || options.Contains(f.Name))))
                all.AddRange(Explained(family, fault, finds, first, folder));
        }

        writer.WriteLine("| family | fault | finds | ends at the cause | without reasons |");
        writer.WriteLine("|---|---|---|---|---|");
        foreach (var group in all.GroupBy(o => (o.Family, o.Fault)))
            writer.WriteLine($"| {group.Key.Family} | `{group.Key.Fault}` | {group.Count()} | {group.Count(o => o.IsRight)} | {group.Count(o => o.IsRightWithout)} |");
        writer.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"| all | | {all.Count} | {all.Count(o => o.IsRight)} ({Percent(all, o => o.IsRight):0.0} %) | {all.Count(o => o.IsRightWithout)} ({Percent(all, o => o.IsRightWithout):0.0} %) |"));
        foreach (var miss in all.Where(o => !o.IsRight || !o.IsRightWithout))
            writer.WriteLine($"missed: {miss}");
    }

    private static void PrintGallery(TextWriter writer)
    {
        writer.WriteLine("| trace | cause, by hand | explained | without reasons |");
        writer.WriteLine("|---|---|---|---|");
        foreach (var row in GalleryCauses.Read("."))
        {
            using var trace = TraceReader.Open(row.Path);
            var with = Explainer.Of(new Debugger(trace)).Cause?.Event;
            var without = Explainer.Of(new Debugger(new WithoutReasons(trace))).Cause?.Event;
            writer.WriteLine($"| {row.Path} | {row.Cause} | {with}{(with == row.Cause ? "" : " (wrong)")} | {without}{(without == row.Cause ? "" : " (wrong)")} |");
        }
    }

    private static double Percent(List<Outcome> all, Func<Outcome, bool> isRight) => all.Count == 0 ? 0 : 100.0 * all.Count(isRight) / all.Count;

    public static string? Option(ref string[] options, string name)
    {
        var at = Array.IndexOf(options, name);
        if (at < 0)
            return null;
        var value = options[at + 1];
        options = [.. options[..at], .. options[(at + 2)..]];
        return value;
    }

    private static IEnumerable<Outcome> Explained(CollectorFamily family, PlantedFault fault, int finds, ulong first, string? folder)
    {
        var target = new HuntTarget
        {
            Collector = fault.CollectorOf(family.Name),
            Parameters = ImmutableSortedDictionary<string, string>.Empty.Add(RunParameters.Fault, fault.Name),
        };
        var campaign = new Campaign(target, []);
        var (before, found) = (Environment.CpuUsage.TotalTime, 0);
        for (var seed = first; seed < first + RunsMax && found < finds && (Environment.CpuUsage.TotalTime - before).TotalSeconds < SecondsMax; seed++)
        {
            if (campaign.Run(seed).Failure is null || Single(campaign, fault, seed) is not { } options)
                continue;
            found++;
            yield return Explain(family.Name, fault.Name, options, folder);
        }
    }

    /// <summary>The run of a seed with the fault at one occurrence that alone makes it fail; null when none of those tried does.</summary>
    private static RunOptions? Single(Campaign campaign, PlantedFault fault, ulong seed)
    {
        var options = campaign.Maker.Options(seed);
        var healthy = Try(At(0));
        var asked = healthy.Run.Fault!.Asked;
        if (healthy.Failure is not null || healthy.IsOwnFault)
            return null;
        for (var i = 0L; i < Math.Min(asked, OccurrencesMax); i++)
        {
            // Which comes first follows from the seed.
            var single = At(1 + ((long)seed * 7919 + i) % asked);
            if (Try(single).Failure is not null)
                return single;
        }

        return null;

        RunOptions At(long occurrence) =>
            options with { Parameters = options.Parameters.SetItem(RunParameters.Fault, new FaultSetting(fault.Name, occurrence).ToString()) };

        TrialResult Try(RunOptions run) => Trial.Run(new PreparedRun(run, ""), ImmutableHashSet<string>.Empty, campaign.Maker.Family.ProgramFaults);
    }

    private static Outcome Explain(string family, string fault, RunOptions options, string? folder)
    {
        var run = new PreparedRun(options with { HidesFault = true }, "");
        var trace = new MemoryTrace(run.Header);
        var result = run.Execute(trace);
        trace.Finish(result.ToOutcome(), result.Choices);
        var outcome = new Outcome(
            family, fault, options.Parameters[RunParameters.Fault], options.Seed, result.Fault!.FirstEvent, Explainer.Of(new Debugger(trace)),
            Explainer.Of(new Debugger(new WithoutReasons(trace))));
        if (folder is not null && !(outcome.IsRight && outcome.IsRightWithout))
            Keep(run, Path.Combine(folder, $"{family}-{outcome.Setting}-{options.Seed}.gctrace"));
        return outcome;
    }

    public static void Keep(PreparedRun run, string path)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        using var writer = new TraceWriter(path, run.Header);
        var result = run.Execute(writer);
        writer.Finish(result.ToOutcome(), result.Choices);
    }

    /// <param name="Struck">The event that was open when the fault struck: what it did or left out belongs to this one or to the next.</param>
    private sealed record Outcome(string Family, string Fault, string Setting, ulong Seed, long Struck, Explanation With, Explanation Without)
    {
        public bool IsRight => Ends(With);

        public bool IsRightWithout => Ends(Without);

        private bool Ends(Explanation explanation) => explanation.Cause is { } cause && cause.Event >= Struck && cause.Event <= Struck + 1;

        public override string ToString() =>
            $"{Family} {Setting} seed {Seed}: struck at {Struck}, explained {With.Cause?.Event}, without reasons {Without.Cause?.Event}, "
            + $"first corrupt {With.Corruption?.Event} {With.Corruption?.Code}, failure {With.Failure?.Event} {With.Failure?.Code}";
    }
}
