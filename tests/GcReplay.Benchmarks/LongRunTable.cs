using System.Collections.Immutable;
using System.Globalization;
using GcReplay.Debugging;
using GcReplay.Debugging.Explaining;
using GcReplay.Debugging.Provenance;
using GcReplay.Simulation.Chaos.Faults;
using GcReplay.Simulation.Collectors;
using GcReplay.Simulation.Recording;
using GcReplay.Traces.Files;

namespace GcReplay.Benchmarks;

/// <summary>Prints how often <c>explain</c> ends at the cause in long runs, where much was done with the same objects before a fault strikes once and
/// much comes behind it, and what it costs to check and explain a run that goes on for long with a corrupt heap.</summary>
internal static class LongRunTable
{
    /// <summary>Occurrences of one fault, evenly over the run.</summary>
    private const int Places = 4;

    private const string Program = """
        globals head fresh a b tmp
        thread main {
          head = new plain 2 "first"
          a = new plain 300 "a"
          b = new plain 300 "b"
          loop 1500 {
            loop 5 {
              fresh = new plain 2 "n"
              store fresh 1 head
              head = copy fresh
            }
            tmp = new plain 4 "t"
            store tmp 0 head
            store a 7 tmp
            store a 290 fresh
            arraycopy a 0 b 10 290
            store b 250 tmp
            clear a 7
            arraycopy b 100 a 50 150
            loop 10 {
              tmp = new plain 3 "garbage"
            }
          }
        }
        """;

    /// <param name="names">Of families; all when none is named.</param>
    public static void Print(TextWriter writer, string[] names)
    {
        writer.WriteLine("| family | events | went wrong | ends at the cause | check of the healthy run, s CPU | slowest check | slowest explain |");
        writer.WriteLine("|---|---|---|---|---|---|---|");
        var misses = new List<string>();
        foreach (var family in Families.All.Where(f => !f.Faults.IsEmpty && (names.Length == 0 || names.Contains(f.Name))))
        {
            var (healthy, _) = Recorded(family.Name, null);
            var (wrong, right, slowestCheck, slowestExplain) = (0, 0, 0.0, 0.0);
            foreach (var (fault, occurrence) in Strikes(family))
            {
                var (trace, result) = Recorded(fault.CollectorOf(family.Name), new FaultSetting(fault.Name, occurrence));
                slowestCheck = Math.Max(slowestCheck, Check(trace));
                var before = Environment.CpuUsage.TotalTime;
                if (Explainer.Of(new Debugger(trace)).Cause is not { } cause)
                    continue;
                slowestExplain = Math.Max(slowestExplain, (Environment.CpuUsage.TotalTime - before).TotalSeconds);
                wrong++;
                var struck = result.Fault!.FirstEvent;
                if (cause.Event == struck || cause.Event == struck + 1)
                    right++;
                else
                    misses.Add($"missed: {family.Name} {fault.Name}@{occurrence}: struck at {struck}, explained {cause.Event}");
            }

            writer.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"| {family.Name} | {healthy.EventCount} | {wrong} | {right} | {Check(healthy):0.0} | {slowestCheck:0.0} | {slowestExplain:0.0} |"));
            writer.Flush();
        }

        foreach (var miss in misses)
            writer.WriteLine(miss);
    }

    private static IEnumerable<(PlantedFault Fault, long Occurrence)> Strikes(CollectorFamily family)
    {
        foreach (var fault in family.Faults.Where(f => f.Unseen is null))
        {
            var asked = Recorded(fault.CollectorOf(family.Name), new FaultSetting(fault.Name, long.MaxValue)).Result.Fault!.Asked;
            for (var i = 1; i <= Math.Min(Places, asked); i++)
                yield return (fault, asked * i / (Places + 1) + 1);
        }
    }

    private static double Check(MemoryTrace trace)
    {
        var before = Environment.CpuUsage.TotalTime;
        new FirstCorruption(trace).Check(trace.EventCount);
        return (Environment.CpuUsage.TotalTime - before).TotalSeconds;
    }

    private static (MemoryTrace Trace, RunResult Result) Recorded(string collector, FaultSetting? fault)
    {
        var options = new RunOptions
        {
            ProgramName = "long.heap",
            ProgramText = Program,
            Collector = collector,
            HidesFault = true,
            Parameters = fault is null ? ImmutableSortedDictionary<string, string>.Empty : ImmutableSortedDictionary<string, string>.Empty.Add(RunParameters.Fault, fault.ToString()!),
        };
        var run = new PreparedRun(options, "");
        var trace = new MemoryTrace(run.Header);
        var result = run.Execute(trace);
        trace.Finish(result.ToOutcome(), result.Choices);
        return (trace, result);
    }
}
