using System.Collections.Immutable;
using System.Globalization;
using System.Text.RegularExpressions;
using GcReplay.Debugging;
using GcReplay.Debugging.Comparing;
using GcReplay.Debugging.Explaining;
using GcReplay.Debugging.Timelines;
using GcReplay.Heaps.Events;
using GcReplay.Simulation.Chaos.Faults;
using GcReplay.Simulation.Hunting;
using GcReplay.Simulation.Recording;
using GcReplay.Traces;
using GcReplay.Traces.Files;

namespace GcReplay.Benchmarks;

/// <summary>Prints how often <c>explain</c> ends at the cause in failures of the historical revisions themselves: runs that fail at the parent of a fix and
/// pass at the fix. Which event that is follows from runs alone: the fix is undone at the first K places that it concerns, and the smallest K with which
/// the same goes wrong with the same objects is the place that decided. Up to there the run with K fixes undone is that of the parent, word for word, or the find is not used.</summary>
internal static partial class HistoryTable
{
    /// <summary>Of one fix: so much CPU time for hunting at most.</summary>
    private const double SecondsMax = 60;

    /// <summary>Places of one run that a fix concerns: a run with more is not used.</summary>
    private const long PlacesMax = 400;

    /// <param name="options"><c>--finds N</c> of each fix (10 when left out), <c>--from SEED</c> to hunt from (1 when left out), <c>--keep FOLDER</c> for the
    /// traces whose chain ends elsewhere, names of fixes; all when none is named.</param>
    public static void Print(TextWriter writer, string[] options)
    {
        var finds = int.Parse(ExplainTable.Option(ref options, "--finds") ?? "10", CultureInfo.InvariantCulture);
        var folder = ExplainTable.Option(ref options, "--keep");
        var first = ulong.Parse(ExplainTable.Option(ref options, "--from") ?? "1", CultureInfo.InvariantCulture);
        writer.WriteLine("| parent | fix | finds | not comparable | ends where it was decided | or at the free of the struct | together | without reasons |");
        writer.WriteLine("|---|---|---|---|---|---|---|---|");
        var all = new List<Outcome>();
        foreach (var (family, parent, fix, checks) in HuntTable.Fixes.Where(f => options.Length == 0 || options.Contains(f.Fix)))
        {
            var (found, unused) = Explained(family, parent, fix, checks, finds, first, folder);
            all.AddRange(found);
            writer.WriteLine(Row($"{family}@{parent} | {fix} | {found.Count} | {unused}", found));
            writer.Flush();
        }

        writer.WriteLine(Row($"all | | {all.Count} | ", all));
        foreach (var miss in all.Where(o => !o.IsRight(o.With) || !o.IsRight(o.Without)))
            writer.WriteLine($"missed: {miss}");
    }

    private static string Row(string head, List<Outcome> found)
    {
        var (decided, free) = (found.Count(o => o.IsDecided(o.With)), found.Count(o => !o.IsDecided(o.With) && o.IsFree(o.With)));
        return string.Create(
            CultureInfo.InvariantCulture,
            $"| {head} | {decided} | {free} | {Share(found, o => o.IsRight(o.With))} | {Share(found, o => o.IsRight(o.Without))} |");
    }

    private static string Share(List<Outcome> found, Func<Outcome, bool> isRight) => found.Count == 0 ? "" : string.Create(
        CultureInfo.InvariantCulture, $"{found.Count(isRight)} ({100.0 * found.Count(isRight) / found.Count:0.0} %)");

    private static (List<Outcome> Found, int Unused) Explained(
        string family, string parent, string fix, string[] checks, int finds, ulong first, string? folder)
    {
        var campaign = new Campaign(new HuntTarget { Collector = $"{family}@{parent}" }, []);
        var (found, unused, before) = (new List<Outcome>(), 0, Environment.CpuUsage.TotalTime);
        for (var seed = first; found.Count < finds && (Environment.CpuUsage.TotalTime - before).TotalSeconds < SecondsMax; seed++)
        {
            if (campaign.Run(seed).Failure is null)
                continue;
            var options = campaign.Maker.Options(seed);
            if (Failure(options, campaign) is not { } failure || !checks.Contains(failure.Code))
                continue;
            var mended = options with { Collector = $"{family}@{fix}" };
            if (Failure(mended, campaign) is not null)
                continue;
            var trace = Recorded(options).Trace;
            if (Decided(mended, "undo-" + fix, campaign, trace, failure) is not { } decided)
            {
                unused++;
                continue;
            }

            var outcome = new Outcome(
                $"{family}@{parent}", seed, decided, StatementEnd(trace, decided), Explainer.Of(new Debugger(trace)), Explainer.Of(new Debugger(new WithoutReasons(trace))));
            found.Add(outcome);
            if (folder is not null && !(outcome.IsRight(outcome.With) && outcome.IsRight(outcome.Without)))
                ExplainTable.Keep(new PreparedRun(options, ""), Path.Combine(folder, $"{family}-{parent}-{seed}.gctrace"));
        }

        return (found, unused);
    }

    /// <summary>The event that was open in the parent's run when it took, the last time that mattered, the way that the fix closed; null when the fix
    /// undone is not the parent's run.</summary>
    private static long? Decided(RunOptions mended, string fault, Campaign campaign, MemoryTrace parent, RunFailure failure)
    {
        var always = Recorded(With(null)).Result.Fault!;
        if (always.Asked > PlacesMax)
            return null;
        for (var k = 1; k <= always.Struck; k++)
        {
            if (Failure(With(k), campaign) is not { } found || !IsTheSame(found, failure))
                continue;
            var (trace, result) = Recorded(With(k));
            var struck = result.Fault!.LastEvent;
            return AreTheSame(trace, parent, struck) ? struck : null;
        }

        return null;

        RunOptions With(long? places) => mended with
        {
            Parameters = mended.Parameters.SetItem(RunParameters.Fault, new FaultSetting(fault, places, StrikesBefore: places is not null).ToString()),
        };
    }

    /// <summary>Whether two runs do the same, and write the same events, beyond one of them. The structs of two revisions may have other sizes.</summary>
    private static bool AreTheSame(MemoryTrace one, MemoryTrace other, long number)
    {
        var difference = new TraceComparison(one, other).Run().Difference;
        var (a, b) = (new BlockCache(one).EventAt(number), new BlockCache(other).EventAt(number));
        return a.Kind == b.Kind && a.Event.Site == b.Event.Site && (difference is null || IsLater(difference.First) && IsLater(difference.Second));

        bool IsLater(DifferingSide side) => side.Event == 0 || side.Event > number;
    }

    private static long StatementEnd(MemoryTrace trace, long number)
    {
        var timeline = new Timeline(trace);
        timeline.MoveTo(number);
        var begin = timeline.Shadow.OpenSpans(timeline.Thread).LastOrDefault(span => timeline.EventAt(span).Kind == EventKind.OperationBegin);
        while (number < trace.EventCount && !(timeline.EventAt(number) is { Kind: EventKind.OperationEnd } end && end.Event.A == (ulong)begin))
            number++;
        return number;
    }

    /// <summary>Whether the same goes wrong with the same objects. Structs of two revisions lie elsewhere, and a fix has events of its own.</summary>
    private static bool IsTheSame(RunFailure one, RunFailure other) =>
        one.Signature == other.Signature && Places().Replace(one.Message, "") == Places().Replace(other.Message, "");

    [GeneratedRegex("0x[0-9a-f]+|(offset|event) [0-9]+")]
    private static partial Regex Places();

    private static RunFailure? Failure(RunOptions options, Campaign campaign) =>
        Trial.Run(new PreparedRun(options, ""), ImmutableHashSet<string>.Empty, campaign.Maker.Family.ProgramFaults).Failure;

    private static (MemoryTrace Trace, RunResult Result) Recorded(RunOptions options)
    {
        var run = new PreparedRun(options, "");
        var trace = new MemoryTrace(run.Header);
        var result = run.Execute(trace);
        trace.Finish(result.ToOutcome(), result.Choices);
        return (trace, result);
    }

    /// <param name="Decided">The event that was open: what was done or left out belongs to this one or to the next.</param>
    /// <param name="StatementEnd">The last event of the statement that it belongs to.</param>
    private sealed record Outcome(string Parent, ulong Seed, long Decided, long StatementEnd, Explanation With, Explanation Without)
    {
        public bool IsRight(Explanation explanation) => IsDecided(explanation) || IsFree(explanation);

        public bool IsDecided(Explanation explanation) => explanation.Cause is { } cause && cause.Event >= Decided && cause.Event <= Decided + 1;

        /// <summary>Memory freed that a link still names: by the definition of the first corrupt event the free itself is the cause, and not what was
        /// left out before it.</summary>
        public bool IsFree(Explanation explanation) =>
            explanation is { Corruption: { Code: "freed-named-by-live-link" } corrupt, Cause: { } cause } && cause.Event == corrupt.Event && cause.Event >= Decided
            && cause.Event <= StatementEnd;

        public override string ToString() =>
            $"{Parent} seed {Seed}: decided at {Decided}, explained {With.Cause?.Event}, without reasons {Without.Cause?.Event}, "
            + $"first corrupt {With.Corruption?.Event} {With.Corruption?.Code}, failure {With.Failure?.Event} {With.Failure?.Code}";
    }
}
