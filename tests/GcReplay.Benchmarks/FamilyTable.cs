using System.Text.Json.Nodes;
using GcReplay.Simulation.Collectors;
using GcReplay.Simulation.Conformance;
using GcReplay.Simulation.Recording;
using GcReplay.Traces;

namespace GcReplay.Benchmarks;

/// <summary>Prints how many operations a second each family of collectors does: unrecorded, recorded, and with every sanitizer; on its
/// conformance programs, with 10,000 and with 1,000,000 live objects.</summary>
/// <remarks>CPU time of all threads; medians of <see cref="Runs"/> runs, but one run with the million. The conformance programs are short:
/// they run <see cref="WarmUps"/> times before, or compiling our own code would be what is measured.</remarks>
internal sealed class FamilyTable
{
    private const int Runs = 3;
    private const int WarmUps = 15;

    /// <summary>A run is stopped after so long, and what it did by then counts.</summary>
    private static readonly TimeSpan RunMax = TimeSpan.FromSeconds(60);

    /// <summary>What RPython's own simulation of incminimark does: TARGETS.</summary>
    private static readonly (double Low, double High) Rpython = (113, 657);

    private readonly string path;

    private FamilyTable(string path) => this.path = path;

    /// <param name="options"><c>--json</c>, names of families; all when none is named.</param>
    public static void Print(TextWriter writer, string[] options)
    {
        string[] named = [.. options.Where(o => !o.StartsWith('-'))];
        var folder = Directory.CreateTempSubdirectory("gcreplay-benchmark-");
        try
        {
            var table = new FamilyTable(Path.Combine(folder.FullName, "a.gctrace"));
            var rows = Families.All.Select(f => f.Name).Where(f => named.Length == 0 || named.Contains(f)).SelectMany(table.Rows).ToList();
            if (options.Contains("--json"))
                writer.WriteLine(new JsonArray([.. rows.Select(r => (JsonNode)r.ToJson())]).ToJsonString(new() { WriteIndented = true }));
            else
                Figures.PrintRows(writer, rows);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private IEnumerable<Figures> Rows(string family)
    {
        var data = Path.Combine(AppContext.BaseDirectory, "conformance", family);
        if (Directory.Exists(data))
        {
            List<RunOptions> programs = [.. ConformanceFiles.Read([data]).Select(ConformanceRun.OptionsOf)];
            yield return Row(family, $"{programs.Count} conformance programs", WarmUps, Runs, () => programs.Select(p => new PreparedRun(p, "benchmark")));
        }

        var small = LargeHeap.Workload(family, 10_000, 20_000);
        yield return Row(family, "10,000 objects", 1, Runs, () => [small.Run]);
        var large = LargeHeap.Workload(family, 1_000_000, 100_000);
        yield return Row(family, "1,000,000 objects", 0, 1, () => [large.Run]);
    }

    /// <param name="prepare">Makes the runs afresh: what that costs is part of the figure.</param>
    private Figures Row(string family, string workload, int warmUps, int runs, Func<IEnumerable<PreparedRun>> prepare)
    {
        var figures = new Figures($"{family}, {workload}");
        var plain = Measure(warmUps, runs, prepare, (run, end) => run.Execute(cancellation: end));
        var recorded = Measure(warmUps, runs, prepare, Record);
        var asked = Measure(warmUps, runs, prepare, (run, end) => run.Execute(observer: new Checks(), cancellation: end));
        figures.Add("operations", $"{plain.Operations:N0}", plain.Operations);
        Add(figures, "unrecorded", plain, "");
        Add(figures, "recorded", recorded, "");
        Add(figures, "with every sanitizer", asked, "≥ 500 k");
        figures.Add("sanitizers ÷ unrecorded", $"{plain.Speed / asked.Speed:0.00}", plain.Speed / asked.Speed);
        var (low, high) = (asked.Speed / Rpython.High, asked.Speed / Rpython.Low);
        figures.Add("sanitizers ÷ RPython", family == "incminimark" ? $"{low:N0} to {high:N0}" : "", low, "≥ 1,000");
        return figures;
    }

    private RunResult Record(PreparedRun run, CancellationToken end) => FirstTable.Record(run, path, end);

    private static void Add(Figures figures, string what, Speeds speeds, string target)
    {
        var part = speeds.IsStopped ? $" (first {speeds.Operations:N0})" : "";
        figures.Add(what, FirstTable.Speed(speeds.Operations, speeds.Seconds) + part, speeds.Speed, target);
    }

    private static Speeds Measure(int warmUps, int runs, Func<IEnumerable<PreparedRun>> prepare, Func<PreparedRun, CancellationToken, RunResult> execute)
    {
        var (operations, isStopped) = (0L, false);
        for (var i = 0; i < warmUps; i++)
            All();
        var cost = Cost.Median(runs, All);
        return new Speeds(operations, cost.Cpu, isStopped);

        void All()
        {
            (operations, isStopped) = (0, false);
            using var end = new CancellationTokenSource(RunMax);
            foreach (var run in prepare())
            {
                var result = execute(run, end.Token);
                operations += result.Operations;
                isStopped |= result.Status == RunStatus.Cancelled;
            }
        }
    }

    private sealed record Speeds(long Operations, double Seconds, bool IsStopped)
    {
        public double Speed => Operations / Seconds;
    }
}
