using System.Collections.Immutable;
using System.Globalization;
using GcReplay.Simulation.Chaos.Faults;
using GcReplay.Simulation.Collectors;
using GcReplay.Simulation.Hunting;
using GcReplay.Simulation.Recording;

namespace GcReplay.Benchmarks;

/// <summary>Prints how long a hunt with generated programs takes to find each fault that can be planted, at the newest revisions; and what
/// a hunt finds there when none is.</summary>
internal static class FaultTable
{
    /// <summary>A hunt that found nothing is given up after so much CPU time.</summary>
    private const double SecondsMax = 20;

    /// <param name="names">Of families; all when none is named.</param>
    public static void Print(TextWriter writer, string[] names)
    {
        writer.WriteLine("| family | fault | what the collector does then | runs | operations | CPU s | found by |");
        writer.WriteLine("|---|---|---|---|---|---|---|");
        foreach (var family in Families.All.Where(f => names.Length == 0 || names.Contains(f.Name)))
        {
            foreach (var fault in family.Faults)
            {
                writer.WriteLine(Row(family, fault));
                writer.Flush();
            }
        }
    }

    /// <summary>Hunts at the newest revisions, without a fault, and prints whatever is found.</summary>
    /// <param name="operations">So many for each family.</param>
    public static void PrintClean(TextWriter writer, long operations, string[] names)
    {
        writer.WriteLine("| family | runs | operations | events | operations/s of CPU | own faults of programs | found |");
        writer.WriteLine("|---|---|---|---|---|---|---|");
        foreach (var family in Families.All.Where(f => names.Length == 0 || names.Contains(f.Name)))
        {
            var campaign = new Campaign(new HuntTarget { Collector = family.Name }, []);
            var (tally, before) = (HuntTally.Empty, Environment.CpuUsage.TotalTime);
            for (var seed = 1UL; tally.Operations < operations; seed++)
                tally = tally.With(seed, campaign.Run(seed));
            var seconds = (Environment.CpuUsage.TotalTime - before).TotalSeconds;
            var found = tally.Failures.IsEmpty ? "nothing" : string.Join("; ", tally.Failures.Values.Select(g => $"{g.Signature.Replace("|", "/")} ({g.Hits}, seed {g.Seed})"));
            writer.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"| {family.Name}@{family.Revisions[^1]} | {tally.Runs:N0} | {tally.Operations:N0} | {tally.Events:N0} | {tally.Operations / seconds / 1000:0} k | {tally.OwnFaults} | {found} |"));
            writer.Flush();
        }
    }

    private static string Row(CollectorFamily family, PlantedFault fault)
    {
        var parameters = ImmutableSortedDictionary<string, string>.Empty.Add(RunParameters.Fault, fault.Name);
        var campaign = new Campaign(new HuntTarget { Collector = fault.CollectorOf(family.Name), Parameters = parameters }, []);
        var (runs, operations, before, by) = (0L, 0L, Environment.CpuUsage.TotalTime, "nothing");
        for (var seed = 1UL; by == "nothing" && Seconds() < SecondsMax; seed++)
        {
            var trial = campaign.Run(seed);
            runs++;
            operations += trial.Run.Operations;
            by = trial.Failure is { } failure ? $"{failure.Kind} {failure.Code}" : by;
        }

        return string.Create(CultureInfo.InvariantCulture, $"| {family.Name} | `{fault.Name}` | {fault.Summary} | {runs} | {operations} | {Seconds():0.0} | {by} |");

        double Seconds() => (Environment.CpuUsage.TotalTime - before).TotalSeconds;
    }
}
